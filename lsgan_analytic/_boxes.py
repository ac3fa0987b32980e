"""Corners of boxes of parameters, and ranges over them."""

import itertools

import jax.numpy as jnp
import numpy as np
from jax import Array


def corners(low: Array, high: Array) -> Array:
    """All 2^n corners of boxes (..., n): shape (2^n, ..., n)."""
    n = low.shape[-1]
    ends = np.asarray(list(itertools.product((False, True), repeat=n)))
    ends = ends.reshape((2**n, *(1,) * (low.ndim - 1), n))
    return jnp.where(ends, high[None], low[None])


def corner_vectors(flat: Array, positions: tuple[int, ...], low: Array, high: Array) -> Array:
    """``flat`` (p,) with its entries at ``positions`` set to every corner of boxes (m, n): (2^n, m, p)."""
    points = corners(low, high)
    full = jnp.broadcast_to(flat, (*points.shape[:-1], flat.size))
    return full.at[..., np.asarray(positions)].set(points)


def ranges(values: Array) -> tuple[Array, Array]:
    """The least and the greatest over the first axis."""
    return jnp.min(values, axis=0), jnp.max(values, axis=0)
