"""The normal law."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import finite, positive
from .._types import Scalar, Values, Vector
from .base import AbstractDensity

_BULK = 9.0  # standard deviations: 1e-19 of the mass is beyond
_REACH = 12.0  # standard deviations: 4e-33 of the mass is beyond


class Normal(AbstractDensity):
    """p(x) = e^{-((x - mean)/std)^2/2} / (std sqrt(2 pi)) (per unit x).

    Args:
        mean: a finite number; std: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Normal(mean=1.0, std=2.0).cdf(1.0))
    0.5
    """

    mean: Scalar = eqx.field(default=0.0, converter=finite("mean"))
    std: Scalar = eqx.field(default=1.0, converter=positive("std"))

    def sample(self, key: Array, n: int) -> Values:
        return self.mean + self.std * jax.random.normal(key, (n,), self.std.dtype)

    def edges(self) -> Vector:
        return jnp.asarray([-_REACH, _REACH], self.std.dtype)

    def bulk(self) -> Vector:
        return jnp.asarray([-_BULK, _BULK], self.std.dtype)

    def point(self, t: Values) -> Values:
        return self.mean + self.std * t

    def mass(self, t: Values) -> Values:
        return jax.scipy.stats.norm.pdf(t)

    def coordinate(self, x: Values) -> Values:
        return (x - self.mean) / self.std

    def cdf(self, x: Values) -> Values:
        return jax.scipy.stats.norm.cdf(self.coordinate(jnp.asarray(x)))

    def quantile(self, q: Values) -> Values:
        return self.point(jax.scipy.special.ndtri(jnp.asarray(q)))  # norm.ppf is float64 always

    def log_pdf(self, x: Values) -> Values:
        return jax.scipy.stats.norm.logpdf(self.coordinate(jnp.asarray(x))) - jnp.log(self.std)
