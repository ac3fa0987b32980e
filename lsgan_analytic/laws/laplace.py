"""The Laplace law."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite, positive
from .._types import Parameter, Scalar, Values
from .exponential import BULK, REACH
from .transformed import AbstractLocationScale, Standard


def _cdf(s: Values) -> Values:
    # of the branch that is not taken the exponential would overflow, and its derivative be NaN
    return jnp.where(s < 0, 0.5 * jnp.exp(jnp.minimum(s, 0)), 1 - 0.5 * jnp.exp(-jnp.maximum(s, 0)))


def _quantile(q: Values) -> Values:
    return jnp.where(q < 0.5, jnp.log(2 * jnp.minimum(q, 0.5)), -jnp.log(2 * (1 - jnp.maximum(q, 0.5))))


STANDARD = Standard(
    breakpoints=(-REACH, 0, REACH),  # a kink of the density at 0
    effective_support=(-BULK, 0, BULK),
    # like t |t| far out, and smooth at 0, where kinks of integrands may be too
    from_chart=lambda t: t * jnp.sqrt(1 + t * t),
    to_chart=lambda s: s * jnp.sqrt(2 / (1 + jnp.sqrt(1 + 4 * s * s))),
    chart_density=lambda t: (
        0.5 * jnp.exp(-jnp.abs(t) * jnp.sqrt(1 + t * t)) * (1 + 2 * t * t) / jnp.sqrt(1 + t * t)
    ),
    log_pdf=jax.scipy.stats.laplace.logpdf,
    cdf=_cdf,
    survival=lambda s: _cdf(-s),
    quantile=_quantile,
    upper_quantile=lambda q: -_quantile(q),
    sample=jax.random.laplace,
)


class Laplace(AbstractLocationScale):
    """p(x) = e^{-|x - loc|/scale} / (2 scale) (per unit x): two exponentials back to back.

    Args:
        loc: a finite number; scale: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Laplace(loc=1.0, scale=2.0).pdf(1.0))
    0.25
    """

    loc: Parameter = eqx.field(default=0.0, converter=finite("loc"))
    scale: Parameter = eqx.field(default=1.0, converter=positive("scale"))

    def standard(self) -> Standard:
        return STANDARD

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return self.loc, self.scale
