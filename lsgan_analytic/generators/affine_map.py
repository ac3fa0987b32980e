"""The affine map of the plane."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

from .._checks import finite
from .._plane import affine, as_lines, pull_back
from .._types import Numbers, Values, Vector
from .base import AbstractPlaneGenerator


class AffineMap(AbstractPlaneGenerator):
    """G(z) = matrix z + shift, from the plane to the plane.

    Args:
        matrix: (2, 2), any, singular too (identity by default); shift: (2,). Finite numbers, ValueError
            otherwise.

    >>> import lsgan_analytic as lsgan
    >>> gen = lsgan.AffineMap(matrix=[[1.0, 0.0], [2.0, 1.0]], shift=[0.0, -1.0])
    >>> [float(v) for v in gen([3.0, 1.0])]
    [3.0, 6.0]
    """

    matrix: Float[Array, "2 2"] = eqx.field(default=((1.0, 0.0), (0.0, 1.0)), converter=finite("matrix"))
    shift: Vector = eqx.field(default=(0.0, 0.0), converter=finite("shift"))

    def __check_init__(self):
        if self.matrix.shape != (2, 2) or self.shift.shape != (2,):
            shapes = f"{self.matrix.shape} and {self.shift.shape}"
            raise ValueError(f"matrix, shift: expected shapes (2, 2) and (2,), got {shapes}")

    def __call__(self, z: Numbers) -> Values:
        return affine(self.matrix, self.shift, jnp.asarray(z))

    def preimages(self, x: Array) -> Array:
        return pull_back(as_lines(x), self.matrix, self.shift)
