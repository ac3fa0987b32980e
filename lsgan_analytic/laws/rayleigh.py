"""The Rayleigh law."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import positive
from .._types import Scalar, Values, Vector
from .base import AbstractDensity
from .exponential import BULK, REACH, unit_mass


class Rayleigh(AbstractDensity):
    """p(z) = (z/scale^2) e^{-z^2/(2 scale^2)} on z >= 0 (per unit z). The paper's latent law.

    With the default scale sqrt(1/2) the density is 2z e^{-z^2} and z^2 ~ Exp(1).

    Args:
        scale: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Rayleigh().pdf(1.0))  # 2/e  # doctest: +ELLIPSIS
    0.7357...
    """

    scale: Scalar = eqx.field(default=float(np.sqrt(0.5)), converter=positive("scale"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def sample(self, key: Array, n: int) -> Values:
        return self.scale * jnp.sqrt(2 * jax.random.exponential(key, (n,), self.scale.dtype))

    def edges(self) -> Vector:
        return jnp.asarray([0, REACH], self.scale.dtype)

    def bulk(self) -> Vector:
        return jnp.asarray([0, BULK], self.scale.dtype)

    def point(self, t: Values) -> Values:
        return self.scale * (float(np.sqrt(2)) * t)

    def mass(self, t: Values) -> Values:
        return unit_mass(t)

    def coordinate(self, x: Values) -> Values:
        return x / self.scale * float(np.sqrt(0.5))

    def cdf(self, x: Values) -> Values:
        return -jnp.expm1(-0.5 * (jnp.maximum(jnp.asarray(x), 0) / self.scale) ** 2)

    def quantile(self, q: Values) -> Values:
        return self.scale * jnp.sqrt(-2 * jnp.log1p(-jnp.asarray(q)))

    def log_pdf(self, x: Values) -> Values:
        r = jnp.asarray(x) / self.scale
        inside = jnp.where(r > 0, r, 1)
        return jnp.where(r > 0, jnp.log(inside) - jnp.log(self.scale) - 0.5 * inside * inside, -jnp.inf)
