"""Where a network of piecewise-linear units on the line has its kinks, and where it takes a value."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from .._plane import quotient
from .._types import Values, Vector


def unit_kinks(weights: Vector, biases: Vector) -> Vector:
    """The roots -b/w of the preactivations w x + b of the first layer, NaN where w = 0."""
    return quotient(-biases, weights)


def ordered(kinks: Vector) -> Vector:
    """The kinks, increasing, without derivatives; those that are NaN are replaced by the largest (or 0)."""
    kinks = jax.lax.stop_gradient(kinks)
    finite = jnp.isfinite(kinks)
    last = jnp.max(jnp.where(finite, kinks, -jnp.inf))
    return jnp.sort(jnp.where(finite, kinks, jnp.where(jnp.isfinite(last), last, 0)))


def layer_roots(first: tuple[Vector, Vector], second: tuple[Array, Vector], negative_slope: float) -> Vector:
    """All roots of the preactivations of the second layer, with derivatives: (n1 + 1, n2), flat.

    Each is affine between neighbouring kinks of the first layer, u = alpha x + beta, and has a root there
    where it changes its sign from one to the other: the ratio -beta/alpha, whose derivative is plain.
    """
    (w, b), (matrix, offsets) = first, second
    knots = ordered(unit_kinks(w, b))
    ends = _with_ends(knots)
    middles = 0.5 * (ends[:-1] + ends[1:])
    # (n1, pieces): which units of the first layer are on
    on = jax.lax.stop_gradient(w[:, None] * middles[None] + b[:, None]) > 0
    gain = jnp.where(on, 1, negative_slope).astype(w.dtype)
    alpha = jnp.matmul(matrix, gain * w[:, None], precision="highest")
    beta = jnp.matmul(matrix, gain * b[:, None], precision="highest") + offsets[:, None]

    def preactivation(x: Vector) -> Array:
        inner = w[:, None] * x[None] + b[:, None]
        inner = jnp.where(inner > 0, inner, negative_slope * inner)
        return jnp.matmul(matrix, inner, precision="highest") + offsets[:, None]

    heights = jax.lax.stop_gradient(preactivation(knots))
    left, right = jax.lax.stop_gradient((alpha[:, :1], alpha[:, -1:]))
    # far out the sign is that of the slope, or of the height where there is none
    before = jnp.where(left != 0, left < 0, heights[:, :1] > 0)
    after = jnp.where(right != 0, right > 0, heights[:, -1:] > 0)
    above = jnp.concatenate([before, heights > 0, after], axis=1)
    changes = above[:, 1:] != above[:, :-1]
    roots = quotient(-beta, jnp.where(changes, alpha, 0))
    low = jnp.concatenate([jnp.full((1,), -jnp.inf, knots.dtype), knots])[None]
    high = jnp.concatenate([knots, jnp.full((1,), jnp.inf, knots.dtype)])[None]
    here = jax.lax.stop_gradient(roots)
    return (roots + (jnp.clip(here, low, high) - here)).ravel()


def _with_ends(knots: Vector) -> Vector:
    """``knots``, a point before the first and one after the last."""
    reach = 1 + knots[-1] - knots[0]
    return jnp.concatenate([knots[:1] - reach, knots, knots[-1:] + reach])


def solutions(function: Callable[[Values], Values], kinks: Vector, levels: Vector) -> Vector:
    """All x with function(x) = level, for a ``function`` that is linear between ``kinks``.

    (levels, pieces), flat, without derivatives; NaN for the pieces that do not reach the level.
    """
    knots, levels = ordered(kinks), jax.lax.stop_gradient(levels)
    ends = _with_ends(knots)
    heights = jax.lax.stop_gradient(function(ends))
    first, last = heights[0] - heights[1], heights[-1] - heights[-2]
    above = heights[None, 1:-1] > levels[:, None]
    before = jnp.where(first != 0, first > 0, above[:, 0])[:, None]
    after = jnp.where(last != 0, last > 0, above[:, -1])[:, None]
    above = jnp.concatenate([before, above, after], axis=1)
    changes = above[:, 1:] != above[:, :-1]
    rise = jnp.diff(heights)
    slope = quotient(jnp.diff(ends), rise)  # dx/dy
    # from the nearer end of a piece: the other may be far away
    near = jnp.abs(levels[:, None] - heights[None, :-1]) < jnp.abs(levels[:, None] - heights[None, 1:])
    at = jnp.where(near, ends[None, :-1], ends[None, 1:])
    height = jnp.where(near, heights[None, :-1], heights[None, 1:])
    x = at + (levels[:, None] - height) * slope[None]
    low = jnp.concatenate([jnp.full((1,), -jnp.inf, knots.dtype), knots])[None]
    high = jnp.concatenate([knots, jnp.full((1,), jnp.inf, knots.dtype)])[None]
    return jnp.where(changes, jnp.clip(x, low, high), jnp.nan).ravel()
