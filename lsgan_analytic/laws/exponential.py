"""The exponential law, and its image under an affine map of either sign."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite, positive
from .._types import Flag, FloatLike, Parameter, Values
from .transformed import AbstractRate, AbstractTransformed, Standard

BULK = 6.4  # in sqrt(s): e^{-6.4^2} = 2e-18
REACH = 8.6  # in sqrt(s): e^{-8.6^2} = 7e-33; where D is 1e-9 for most of the mass, its tail carries E[D^2]

STANDARD = Standard(
    breakpoints=(0, REACH),
    effective_support=(0, BULK),
    support=(0, jnp.inf),
    from_chart=lambda t: t * t,  # spaces nodes closely near s = 0
    to_chart=jnp.sqrt,
    chart_density=lambda t: 2 * t * jnp.exp(-t * t),
    log_pdf=lambda s: -s,
    cdf=lambda s: -jnp.expm1(-s),
    survival=lambda s: jnp.exp(-s),
    quantile=lambda q: -jnp.log1p(-q),
    upper_quantile=lambda q: -jnp.log(q),
    sample=jax.random.exponential,
)


class Exponential(AbstractRate):
    """p(x) = rate e^{-rate x} on x >= 0 (per unit x); mean 1/rate. The paper's data law, rate = c.

    Args:
        rate: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Exponential(rate=0.5).cdf(2.0))  # doctest: +ELLIPSIS
    0.632...
    """

    rate: Parameter = eqx.field(converter=positive("rate"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def standard(self) -> Standard:
        return STANDARD


class ShiftedExponential(AbstractTransformed):
    """The law of loc + scale E with E ~ Exp(1), for any real scale: what the square-law generator makes.

    Density e^{-(x - loc)/scale}/|scale| (per unit x) where (x - loc)/scale >= 0; at scale = 0 the point
    mass at loc, which has no density (``log_pdf`` is NaN there) but every expectation.

    Args:
        loc, scale: finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.ShiftedExponential(loc=1.0, scale=-2.0).quantile(1.0))
    1.0
    """

    loc: Parameter = eqx.field(converter=finite("loc"))
    scale: Parameter = eqx.field(converter=finite("scale"))

    def standard(self) -> Standard:
        return STANDARD

    def forward(self, s: Values) -> Values:
        return self.loc + self.scale * s

    def inverse(self, x: Values) -> Values:
        return (x - self.loc) / self.scale

    def log_slope(self, s: Values) -> Values:
        return jnp.log(jnp.abs(self.scale))

    def falls(self) -> Flag:
        return self.scale < 0

    def cdf(self, x: FloatLike) -> Values:
        step = jnp.where(jnp.asarray(x) >= self.loc, 1.0, 0.0)
        return jnp.where(self.scale == 0, step, super().cdf(x))

    def quantile(self, q: FloatLike) -> Values:
        return jnp.where(self.scale == 0, self.loc, super().quantile(q))
