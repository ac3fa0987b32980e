"""The Laplace law."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import finite, positive
from .._types import Scalar, Values, Vector
from .base import AbstractDensity
from .exponential import BULK, REACH


class Laplace(AbstractDensity):
    """p(x) = e^{-|x - loc|/scale} / (2 scale) (per unit x): two exponentials back to back.

    Args:
        loc: a finite number; scale: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Laplace(loc=1.0, scale=2.0).pdf(1.0))
    0.25
    """

    loc: Scalar = eqx.field(default=0.0, converter=finite("loc"))
    scale: Scalar = eqx.field(default=1.0, converter=positive("scale"))

    def sample(self, key: Array, n: int) -> Values:
        return self.loc + self.scale * jax.random.laplace(key, (n,), self.scale.dtype)

    def edges(self) -> Vector:
        return jnp.asarray([-REACH, 0, REACH], self.scale.dtype)  # a kink of the density at 0

    def bulk(self) -> Vector:
        return jnp.asarray([-BULK, 0, BULK], self.scale.dtype)

    def point(self, t: Values) -> Values:
        # like t |t| far out, and smooth at 0, where kinks of integrands may be too
        return self.loc + self.scale * (t * jnp.sqrt(1 + t * t))

    def mass(self, t: Values) -> Values:
        root = jnp.sqrt(1 + t * t)
        return 0.5 * jnp.exp(-jnp.abs(t) * root) * (1 + 2 * t * t) / root

    def coordinate(self, x: Values) -> Values:
        off = (x - self.loc) / self.scale
        return off * jnp.sqrt(2 / (1 + jnp.sqrt(1 + 4 * off * off)))

    def cdf(self, x: Values) -> Values:
        return jax.scipy.stats.laplace.cdf(jnp.asarray(x), self.loc, self.scale)

    def quantile(self, q: Values) -> Values:
        q = jnp.asarray(q)
        low = jnp.log(2 * jnp.minimum(q, 0.5))
        return self.loc + self.scale * jnp.where(q < 0.5, low, -jnp.log(2 * (1 - jnp.maximum(q, 0.5))))

    def log_pdf(self, x: Values) -> Values:
        return jax.scipy.stats.laplace.logpdf(jnp.asarray(x), self.loc, self.scale)
