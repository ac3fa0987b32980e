"""Whether an integral diverges: at an end of a support, or in a tail."""

from collections.abc import Callable

import jax.numpy as jnp

from .._quadrature import composite
from .._types import Flag, Scalar, Values, Vector

_A_SHARE = 4  # panels an octave


def at_marks(log_integrand: Callable[[Values], Values], marks: Vector) -> Flag:
    """Whether e^{log_integrand} grows like 1/|x - mark| or faster at one of the marks, from either side.

    At distance h its log is c - alpha log h + slope h + O(h^2), where the slope may be steep: the log of a
    narrow density far out. Three distances tell alpha from the slope. Where rounding blurs the log nothing
    is said: it is below -1e12 there.
    """
    if not marks.size:
        return jnp.asarray(False)
    eps = float(jnp.finfo(marks.dtype).eps)
    centers = jnp.concatenate([marks, marks])
    scale = _local_scale(marks)
    sided = jnp.concatenate([-scale, scale])
    points = jnp.stack([centers + sided * eps**power for power in (0.5, 0.625, 0.75)])
    h = jnp.abs(points - centers[None])  # as rounded
    logs = log_integrand(points.ravel()).reshape(points.shape)  # infinite, NaN: no mass there
    first, second = logs[1] - logs[0], logs[2] - logs[1]
    bend = (h[0] - h[1]) / jnp.where(h[1] > h[2], h[1] - h[2], 1)  # how much of the slope is in each
    rise = bend * second - first
    octaves = bend * jnp.log(h[1] / h[2]) - jnp.log(h[0] / h[1])
    sharp = jnp.isfinite(rise) & (h[2] > 0) & (eps * jnp.max(jnp.abs(logs), axis=0) < 1e-4)
    return jnp.any(sharp & (rise >= 0.99 * octaves))


def _local_scale(marks: Vector) -> Vector:
    """Of each mark its own size or, larger, the distance to the next mark: what power laws are seen below."""
    off = jnp.abs(marks[:, None] - marks[None])
    apart = off > 8 * jnp.finfo(marks.dtype).eps * jnp.abs(marks)[:, None]
    nearest = jnp.min(jnp.where(apart, off, jnp.inf), axis=1)
    return jnp.maximum(jnp.abs(marks), jnp.where(jnp.isfinite(nearest), nearest, 1))


def tails(log_integrand: Callable[[Values], Values], low: Scalar, high: Scalar) -> Scalar:
    """The integral of e^{log_integrand} below ``low`` and above ``high``; inf where it does not converge.

    Panels grow geometrically; the integral is inf if its last octave still counts. Farther out rounding
    would decide: the logs of normal densities cancel to 1 there.
    """
    limits = jnp.finfo(low.dtype)
    octaves = 24 if limits.bits == 64 else 10
    exponents = jnp.arange(octaves * _A_SHARE + 1, dtype=low.dtype) / _A_SHARE
    off, weights = composite((high - low) / 16 * (jnp.exp2(exponents) - 1), 20)
    x = jnp.stack([low - off, high + off])
    masses = jnp.sum(jnp.exp(log_integrand(x)) * weights[None], axis=0)
    total = jnp.sum(masses)
    last = jnp.sum(masses[-20 * _A_SHARE :])
    return jnp.where((last > limits.eps * total) | ~jnp.isfinite(total), jnp.inf, total)
