"""The Rayleigh law."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._checks import positive
from .._types import Parameter, Scalar
from . import exponential
from .transformed import AbstractLocationScale, Standard

_ROOT = float(np.sqrt(2))

STANDARD = Standard(  # s = sqrt(2 e), e ~ Exp(1), in the chart t = sqrt(e) of the exponential law
    breakpoints=exponential.STANDARD.breakpoints,
    effective_support=exponential.STANDARD.effective_support,
    support=(0, jnp.inf),
    from_chart=lambda t: _ROOT * t,
    to_chart=lambda s: s * float(np.sqrt(0.5)),
    chart_density=exponential.STANDARD.chart_density,
    log_pdf=lambda s: jnp.log(s) - 0.5 * s * s,
    cdf=lambda s: -jnp.expm1(-0.5 * s * s),
    survival=lambda s: jnp.exp(-0.5 * s * s),
    quantile=lambda q: jnp.sqrt(-2 * jnp.log1p(-q)),
    upper_quantile=lambda q: jnp.sqrt(-2 * jnp.log(q)),
    sample=lambda *key: jnp.sqrt(2 * jax.random.exponential(*key)),
)


class Rayleigh(AbstractLocationScale):
    """p(z) = (z/scale^2) e^{-z^2/(2 scale^2)} on z >= 0 (per unit z). The paper's latent law.

    With the default scale sqrt(1/2) the density is 2z e^{-z^2} and z^2 ~ Exp(1).

    Args:
        scale: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Rayleigh().pdf(1.0))  # 2/e  # doctest: +ELLIPSIS
    0.7357...
    """

    scale: Parameter = eqx.field(default=float(np.sqrt(0.5)), converter=positive("scale"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def standard(self) -> Standard:
        return STANDARD

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return jnp.zeros_like(self.scale), self.scale
