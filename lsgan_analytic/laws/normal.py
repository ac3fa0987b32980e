"""The normal law."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite, positive
from .._types import Parameter, Scalar
from .transformed import AbstractLocationScale, Standard

STANDARD = Standard(
    breakpoints=(-12, 12),  # 4e-33 of the mass is beyond
    effective_support=(-9, 9),
    chart_density=jax.scipy.stats.norm.pdf,
    log_pdf=jax.scipy.stats.norm.logpdf,
    cdf=jax.scipy.stats.norm.cdf,
    survival=lambda s: jax.scipy.stats.norm.cdf(-s),
    upper_quantile=lambda q: -jax.scipy.special.ndtri(q),
    quantile=jax.scipy.special.ndtri,  # norm.ppf is float64 always
    sample=jax.random.normal,
)


class Normal(AbstractLocationScale):
    """p(x) = e^{-((x - mean)/std)^2/2} / (std sqrt(2 pi)) (per unit x).

    Args:
        mean: a finite number; std: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Normal(mean=1.0, std=2.0).cdf(1.0))
    0.5
    """

    mean: Parameter = eqx.field(default=0.0, converter=finite("mean"))
    std: Parameter = eqx.field(default=1.0, converter=positive("std"))

    def standard(self) -> Standard:
        return STANDARD

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return self.mean, self.std

    def widened(self, std: Scalar) -> "Normal":
        return eqx.tree_at(lambda wide: wide.std, self, jnp.hypot(self.std, std))
