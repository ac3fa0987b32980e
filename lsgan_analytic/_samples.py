"""What a sample is, distances between many points a few rows at a time, and the k-th of them."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import PyTree

from ._checks import finite, Numbers

_BLOCK = 2**18  # distances at once: they stay in a core's cache, and 10^4 x 10^4 in little memory


def as_sample(value: Numbers, name: str) -> Array:
    """``value`` as points (n, d), those of the line as (n, 1); ValueError for no points and other shapes."""
    points = finite(name)(value)
    if points.ndim not in (1, 2) or points.size == 0:
        raise ValueError(f"{name}: expected points of shape (n,) or (n, d), n >= 1, got shape {points.shape}")
    return points.reshape(points.shape[0], -1)


def alike(one: Numbers, other: Numbers, names: tuple[str, str]) -> tuple[Array, Array]:
    """Two samples of one dimension and dtype; ValueError otherwise."""
    first, second = as_sample(one, names[0]), as_sample(other, names[1])
    if first.shape[1] != second.shape[1] or first.dtype != second.dtype:
        raise ValueError(
            f"{', '.join(names)}: expected points of one dimension and dtype, got "
            f"{first.dtype.name}{first.shape} and {second.dtype.name}{second.shape}"
        )
    return first, second


def by_rows(
    function: Callable, points: Array | np.ndarray, others: Array | np.ndarray, *values: Array | np.ndarray
) -> PyTree:
    """``function(squared distances of one of points to all others, its entry of each of values)`` for all.

    Distances from differences, not from |x|^2 - 2 x.y + |y|^2, which cancels.
    """

    def row(args: tuple[Array, ...]) -> PyTree:
        point, *rest = args
        squares = [jnp.square(x - others[:, axis]) for axis, x in enumerate(point)]
        return function(sum(squares[1:], squares[0]), *rest)

    rows = max(1, min(points.shape[0], _BLOCK // others.shape[0]))
    return jax.lax.map(row, (points, *values), batch_size=rows)


def kth(squares: Array, k: int) -> Array:
    """The k-th entry in order, counted from 0; k passes are much faster here than sorting or top_k."""

    def further(_, at: Array) -> Array:
        beyond = jnp.min(jnp.where(squares > at, squares, jnp.inf))
        return jnp.where(jnp.sum(squares <= at) > k, at, beyond)

    return jax.lax.fori_loop(0, k, further, jnp.min(squares))
