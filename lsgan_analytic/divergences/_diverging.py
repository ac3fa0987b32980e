"""Whether an integral diverges: at an end of a support, or in a tail."""

from collections.abc import Callable

import jax.numpy as jnp

from .._quadrature import composite
from .._types import Flag, Scalar, Values, Vector

_A_SHARE = 4  # panels an octave


def at_marks(log_integrand: Callable[[Values], Values], marks: Vector) -> Flag:
    """Whether e^{log_integrand} grows like 1/|x - mark| or faster at one of the marks, from either side."""
    if not marks.size:
        return jnp.asarray(False)
    eps = float(jnp.finfo(marks.dtype).eps)
    scale = jnp.maximum(jnp.max(marks) - jnp.min(marks), jnp.abs(marks))
    far, near = (jnp.concatenate([marks - scale * h, marks + scale * h]) for h in (eps**0.5, eps**0.75))
    centers = jnp.concatenate([marks, marks])
    rise = log_integrand(near) - log_integrand(far)  # NaN, and so no rise, where there is no mass
    octaves = jnp.log(jnp.abs(far - centers)) - jnp.log(jnp.abs(near - centers))
    return jnp.any(jnp.where(jnp.isfinite(rise), rise, 0) >= 0.99 * octaves)


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
