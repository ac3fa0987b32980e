"""The quadratic critic."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractCritic


class Quadratic(AbstractCritic):
    """D(x) = w x^2, a critic: its score is its value.

    With G(z) = scale z it is the smallest game of Nagarajan & Kolter, "Gradient descent GAN optimization is
    locally stable", NeurIPS 2017.

    Args:
        w: curvature (per squared unit x), a finite number; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Quadratic(w=0.5)(3.0))
    4.5
    """

    w: Parameter = eqx.field(converter=finite("w"))

    def __call__(self, x: FloatLike) -> Values:
        return self.w * jnp.square(x)

    def crossings(self, level: float) -> Vector:
        x = jnp.sqrt(level / self.w)
        return jnp.stack([-x, x])
