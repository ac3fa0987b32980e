"""The Wasserstein-1 distance of an exponential and a shifted exponential law, in closed form."""

import jax
import jax.numpy as jnp

from ..._types import Scalar

_TRIPS = 4  # of Newton's method: one more than is needed for 1e-9


def exponentials(mean: Scalar, loc: Scalar, scale: Scalar) -> Scalar:
    """W1(mean E, loc + scale E), E ~ Exp(1), for any real scale: E of the distance of equal ranks."""
    falls = scale < 0
    opposite = _opposite(mean, loc, jnp.where(falls, -scale, 1))
    return jnp.where(falls, opposite, _alike(mean, loc, scale))


def _alike(mean: Scalar, loc: Scalar, scale: Scalar) -> Scalar:
    """E|loc + (scale - mean) E|."""
    slope = scale - mean
    crosses = loc * slope < 0
    at = jnp.where(crosses, -loc / jnp.where(crosses, slope, 1), 0)
    return jnp.where(crosses, jnp.abs(slope) * (at - 1 + 2 * jnp.exp(-at)), jnp.abs(slope + loc))


def _opposite(mean: Scalar, loc: Scalar, size: Scalar) -> Scalar:
    """int_0^1 |f|, f(r) = loc + size log r + mean log(1 - r), which is concave: no root or two."""
    share = size / (size + mean)
    top = (size + mean) * (share * jnp.log(share) + (1 - share) * jnp.log1p(-share))
    roots = loc + top > 0
    safe = jnp.where(roots, loc, 1 - top)  # any with roots
    ends = (_left_root(size, mean, safe, top), _left_root(mean, size, safe, top))
    # by parts: int_0^r f = r f(r) - size r - mean (r + log(1 - r)), and f = 0 at the roots
    low, high = jnp.exp(ends[0]), -jnp.expm1(ends[1])
    inside = -size * (high - low) - mean * (high - low + ends[1] - jnp.log1p(-low))
    return size + mean - loc + jnp.where(roots, 2 * inside, 0)


def _left_root(size: Scalar, mean: Scalar, loc: Scalar, top: Scalar) -> Scalar:
    """log r at the lower root, by Newton's method: in log r, f is concave and rises to it.

    From the larger of two guesses, the root of f's asymptote (never too far) and that of the parabola at
    its top. No derivatives: those of the integral between the roots do not need them.
    """
    size, mean, loc, height = jax.lax.stop_gradient((size, mean, loc, loc + top))
    width = jnp.sqrt(2 * height * mean / (size * (size + mean)))
    t = jnp.maximum(-loc / size, jnp.log(size / (size + mean)) - width)
    for _ in range(_TRIPS):
        down = jnp.expm1(t)
        value = loc + size * t + mean * jnp.log(-down)
        t = t - value / (size + mean * (1 + down) / down)
    return t
