"""A polynomial curve in the plane."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

from .._checks import finite
from .._plane import as_lines
from .._polynomial import real_roots
from .._types import FloatLike, Values, Vector
from .base import AbstractGenerator


class Curve(AbstractGenerator):
    """G(z) = sum_k coefficients[:, k] z^k, a curve in the plane: the law of G(z) has no density.

    Args:
        coefficients: (2, k) with k >= 1, row i the polynomial of x_i, the constant first; finite numbers,
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> parabola = lsgan.Curve(coefficients=[[0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])  # (z, z^2 - 1)
    >>> [float(v) for v in parabola(2.0)]
    [2.0, 3.0]
    """

    coefficients: Float[Array, "2 k"] = eqx.field(converter=finite("coefficients"))

    def __check_init__(self):
        shape = self.coefficients.shape
        if len(shape) != 2 or shape[0] != 2 or shape[1] < 1:
            raise ValueError(f"coefficients: expected shape (2, k), k >= 1, got {shape}")

    def __call__(self, z: FloatLike) -> Values:
        z = jnp.asarray(z)
        rows = []
        for row in self.coefficients:
            value = jnp.full_like(z, 0) + row[-1]
            for coefficient in row[-2::-1] if row.size > 1 else ():
                value = value * z + coefficient
            rows.append(value)
        return jnp.stack(rows, axis=-1)

    def preimages(self, x: Array) -> Vector:
        """All z where the curve crosses one of the lines ``x``."""
        rows = jax.lax.stop_gradient(as_lines(x))
        c = jax.lax.stop_gradient(self.coefficients)
        along = rows[:, 0, None] * c[None, 0] + rows[:, 1, None] * c[None, 1]
        return jax.vmap(real_roots)(along.at[:, 0].add(-rows[:, 2])).ravel()
