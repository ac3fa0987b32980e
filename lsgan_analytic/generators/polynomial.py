"""Polynomials."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite
from .._polynomial import real_roots
from .._types import FloatLike, Values, Vector
from .base import AbstractLineGenerator


class Polynomial(AbstractLineGenerator):
    """G(z) = sum_k coefficients_k z^k, lowest power first.

    Args:
        coefficients: a vector of at least two finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Polynomial(coefficients=[1.0, 0.0, 2.0])(3.0))
    19.0
    """

    coefficients: Vector = eqx.field(converter=lambda value: finite("coefficients")(value))

    def __check_init__(self):
        if self.coefficients.ndim != 1 or self.coefficients.size < 2:
            raise ValueError(
                f"coefficients: expected a vector of at least 2, got shape {self.coefficients.shape}"
            )

    def __call__(self, z: FloatLike) -> Values:
        return jnp.polyval(self.coefficients[::-1], jnp.asarray(z))

    def preimages(self, x: Vector) -> Vector:
        """The real roots of G(z) - x: eigenvalues of the companion matrix, polished by Newton's method."""
        c = jax.lax.stop_gradient(self.coefficients)
        size = jnp.max(jnp.abs(c))
        tiny = jnp.finfo(c.dtype).eps * jnp.where(size > 0, size, 1)
        top = jnp.where(jnp.abs(c[-1]) > tiny, c[-1], tiny)  # a lower degree: its last root is far away
        slope = jnp.arange(1, c.size, dtype=c.dtype) * c[1:]

        def roots(level: Values) -> Vector:
            low = c.at[0].add(-level)[:-1] / top
            matrix = jnp.eye(c.size - 1, k=-1, dtype=c.dtype).at[:, -1].set(-low)
            every = jnp.linalg.eigvals(jnp.where(jnp.isfinite(level), matrix, 0))
            z = every.real
            for _ in range(2):
                move = (jnp.polyval(c[::-1], z) - level) / jnp.polyval(slope[::-1], z)
                z = z - jnp.where(jnp.abs(move) < 1e-3 * (1 + jnp.abs(z)), move, 0)
            near = jnp.sqrt(jnp.finfo(c.dtype).eps) * (1 + jnp.abs(z))
            return jnp.where((jnp.abs(every.imag) <= near) & jnp.isfinite(level), z, jnp.nan)

        return jax.vmap(roots)(jax.lax.stop_gradient(x)).ravel()

    def critical_points(self) -> Vector:
        c = jax.lax.stop_gradient(self.coefficients)
        return real_roots(jnp.arange(1, c.size, dtype=c.dtype) * c[1:])
