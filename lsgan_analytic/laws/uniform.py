"""The uniform law."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from .._checks import finite
from .._types import Scalar, Values, Vector
from .base import AbstractDensity


class Uniform(AbstractDensity):
    """p(x) = 1/(high - low) on low <= x <= high (per unit x).

    Args:
        low, high: finite numbers, low < high; ValueError otherwise (RuntimeError where traced).

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Uniform(low=-1.0, high=3.0).cdf(0.0))
    0.25
    """

    low: Scalar
    high: Scalar

    def __init__(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0):
        self.low, self.high = finite("low")(low), finite("high")(high)
        message, wrong = "high: expected a number above low", (self.high <= self.low).any()
        if isinstance(wrong, Tracer):
            self.high = eqx.error_if(self.high, wrong, message)
        elif wrong:
            raise ValueError(f"{message} = {self.low}, got {self.high}")

    def _width(self) -> Scalar:
        return self.high - self.low

    def sample(self, key: Array, n: int) -> Values:
        return self.point(jax.random.uniform(key, (n,), self.low.dtype))

    def edges(self) -> Vector:
        return jnp.asarray([0, 1], self.low.dtype)

    def point(self, t: Values) -> Values:
        return self.low + self._width() * t

    def mass(self, t: Values) -> Values:
        return jnp.ones_like(t)

    def coordinate(self, x: Values) -> Values:
        return (x - self.low) / self._width()

    def cdf(self, x: Values) -> Values:
        return jax.scipy.stats.uniform.cdf(jnp.asarray(x), self.low, self._width())

    def quantile(self, q: Values) -> Values:
        return self.point(jnp.asarray(q))

    def log_pdf(self, x: Values) -> Values:
        inside = (x >= self.low) & (x <= self.high)
        return jnp.where(inside, -jnp.log(self._width()), -jnp.inf)
