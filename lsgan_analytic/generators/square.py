"""The square-law generator."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite, same_shape
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractLineGenerator


class Square(AbstractLineGenerator):
    """G(z) = g z^2 + h. On a Rayleigh latent law this is h + g Exp(1), for any real g.

    Args:
        g: gain, h: shift; finite numbers, ValueError otherwise
            (RuntimeError where traced). Integers take the default float dtype, float32 and float64 stay;
            TypeError for other dtypes.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Square(g=1.5, h=-2.0)(2.0))
    4.0
    """

    g: Parameter = eqx.field(converter=finite("g"))
    h: Parameter = eqx.field(converter=finite("h"))

    def __check_init__(self):
        same_shape(g=self.g, h=self.h)

    def __call__(self, z: FloatLike) -> Values:
        return self.g * jnp.square(z) + self.h

    def preimages(self, x: Vector) -> Vector:
        square = (x - self.h) / self.g
        root = jnp.sqrt(jnp.where(square > 0, square, 1))  # has a derivative everywhere
        z = jnp.where(square > 0, root, jnp.where(square == 0, 0, jnp.nan))
        return jnp.concatenate([-z, z])

    def critical_points(self) -> Vector:
        return jnp.zeros((1,), self.g.dtype)
