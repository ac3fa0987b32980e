"""The exponential law, and its image under an affine map of either sign."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import finite, positive
from .._types import Scalar, Values, Vector
from .base import AbstractDensity

BULK = 6.4  # in sqrt(s): e^{-6.4^2} = 2e-18
REACH = 8.6  # in sqrt(s): e^{-8.6^2} = 7e-33; where D is 1e-9 in the bulk, its tail carries E[D^2]


def unit_mass(t: Values) -> Values:
    """The density of t = sqrt(s), s ~ Exp(1). The root spaces nodes closely near s = 0."""
    return 2 * t * jnp.exp(-t * t)


class Exponential(AbstractDensity):
    """p(x) = rate e^{-rate x} on x >= 0 (per unit x); mean 1/rate. The paper's data law, rate = c.

    Args:
        rate: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Exponential(rate=0.5).cdf(2.0))  # doctest: +ELLIPSIS
    0.632...
    """

    rate: Scalar = eqx.field(converter=positive("rate"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def sample(self, key: Array, n: int) -> Values:
        return jax.random.exponential(key, (n,), self.rate.dtype) / self.rate

    def edges(self) -> Vector:
        return jnp.asarray([0, REACH], self.rate.dtype)

    def bulk(self) -> Vector:
        return jnp.asarray([0, BULK], self.rate.dtype)

    def point(self, t: Values) -> Values:
        return t * t / self.rate

    def mass(self, t: Values) -> Values:
        return unit_mass(t)

    def coordinate(self, x: Values) -> Values:
        return jnp.sqrt(x * self.rate)

    def cdf(self, x: Values) -> Values:
        return -jnp.expm1(-self.rate * jnp.maximum(jnp.asarray(x), 0))

    def quantile(self, q: Values) -> Values:
        return -jnp.log1p(-jnp.asarray(q)) / self.rate

    def log_pdf(self, x: Values) -> Values:
        return jnp.where(
            jnp.asarray(x) < 0, -jnp.inf, jnp.log(self.rate) - self.rate * jnp.maximum(jnp.asarray(x), 0)
        )


class ShiftedExponential(AbstractDensity):
    """The law of loc + scale E with E ~ Exp(1), for any real scale: what the square-law generator makes.

    Density e^{-(x - loc)/scale}/|scale| (per unit x) where (x - loc)/scale >= 0; at scale = 0 the point
    mass at loc, which has no density (``log_pdf`` is NaN there) but every expectation.

    Args:
        loc, scale: finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.ShiftedExponential(loc=1.0, scale=-2.0).quantile(1.0))
    1.0
    """

    loc: Scalar = eqx.field(converter=finite("loc"))
    scale: Scalar = eqx.field(converter=finite("scale"))

    def sample(self, key: Array, n: int) -> Values:
        return self.loc + self.scale * jax.random.exponential(key, (n,), self.scale.dtype)

    def edges(self) -> Vector:
        return jnp.asarray([0, REACH], self.scale.dtype)

    def bulk(self) -> Vector:
        return jnp.asarray([0, BULK], self.scale.dtype)

    def point(self, t: Values) -> Values:
        return self.loc + self.scale * (t * t)

    def mass(self, t: Values) -> Values:
        return unit_mass(t)

    def coordinate(self, x: Values) -> Values:
        return jnp.sqrt((x - self.loc) / self.scale)

    def cdf(self, x: Values) -> Values:
        s = (jnp.asarray(x) - self.loc) / self.scale
        above = jnp.exp(-jnp.maximum(s, 0))
        step = jnp.where(jnp.asarray(x) >= self.loc, 1.0, 0.0)
        return jnp.where(self.scale > 0, 1 - above, jnp.where(self.scale < 0, above, step))

    def quantile(self, q: Values) -> Values:
        q = jnp.asarray(q)
        s = jnp.where(self.scale < 0, -jnp.log(q), -jnp.log1p(-q))
        return jnp.where(self.scale == 0, self.loc, self.loc + self.scale * s)

    def log_pdf(self, x: Values) -> Values:
        s = (jnp.asarray(x) - self.loc) / self.scale
        return jnp.where(s < 0, -jnp.inf, -s - jnp.log(jnp.abs(self.scale)))
