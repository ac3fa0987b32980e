"""Points, maps and lines of the plane.

A line {x : n . x = c} is a row (n1, n2, c). Discriminators on the plane name the lines about which they
change quickly as discriminators on the line name points: ``breakpoints`` of shape (k, 3) in place of (k,).
"""

import jax.numpy as jnp
from jax import Array

from ._types import Breakpoints, Lines, Scalar, Values, Vector


def dot(normal: Vector, x: Values) -> Values:
    """normal . x for x of shape (..., 2); multiply and sum, no matrix unit."""
    return normal[0] * x[..., 0] + normal[1] * x[..., 1]


def affine(matrix: Array, shift: Vector, x: Values) -> Values:
    """matrix x + shift for x of shape (..., 2)."""
    return jnp.stack([dot(matrix[row], x) + shift[row] for row in range(2)], axis=-1)


def lines(normal: Vector, offsets: Vector) -> Lines:
    """The lines normal . x = offset, one for every offset: (k, 3)."""
    normals = jnp.broadcast_to(normal[None], (offsets.shape[0], 2))
    return jnp.concatenate([normals, offsets[:, None]], axis=1)


def pull_back(rows: Lines, matrix: Array, shift: Vector) -> Lines:
    """The lines of all z with matrix z + shift on one of ``rows``."""
    normals = rows[:, :2]
    offsets = rows[:, 2] - dot(shift, normals)
    return jnp.stack([dot(matrix[:, 0], normals), dot(matrix[:, 1], normals), offsets], axis=1)


def quotient(above: Array, below: Array) -> Array:
    """above/below, NaN without derivatives where ``below`` is 0."""
    regular = below != 0
    return jnp.where(regular, above / jnp.where(regular, below, 1), jnp.nan)


def unit(vector: Vector) -> tuple[Vector, Scalar]:
    """(vector / |vector|, |vector|); ((1, 0), 0) for 0."""
    size = jnp.hypot(vector[0], vector[1])
    nonzero = size > 0
    ahead = jnp.asarray([1, 0], vector.dtype)
    return jnp.where(nonzero, vector / jnp.where(nonzero, size, 1), ahead), size


def as_lines(breakpoints: Breakpoints) -> Lines:
    """``breakpoints`` of a discriminator on the plane; ValueError for those of one on the line."""
    if breakpoints.size == 0:
        return jnp.zeros((0, 3), breakpoints.dtype)
    if breakpoints.ndim != 2:
        raise ValueError(
            f"disc: judges points of the line, the law is on the plane (breakpoints {breakpoints.shape})"
        )
    return breakpoints


def as_points(breakpoints: Breakpoints) -> Vector:
    """``breakpoints`` of a discriminator on the line; ValueError for those of one on the plane."""
    if breakpoints.size == 0:
        return breakpoints.reshape(0)
    if breakpoints.ndim != 1:
        raise ValueError(
            f"disc: judges points of the plane, the law is on the line (breakpoints {breakpoints.shape})"
        )
    return breakpoints
