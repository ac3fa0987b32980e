"""Breakpoints in an array of fixed size."""

import equinox as eqx
import jax
import jax.numpy as jnp

from ._types import Breakpoints


def fitting(points: Breakpoints, most: int | None, name: str) -> Breakpoints:
    """The points that are finite, NaN for the rest, in an array of at most ``most``; all where that is None.

    RuntimeError (of ``equinox.error_if``), which begins with ``name``, where there are more. They keep their
    order and their derivatives.
    """
    if most is None or points.shape[0] <= most:
        return points
    finite = jnp.isfinite(jax.lax.stop_gradient(points))
    (at,) = jnp.nonzero(finite, size=most, fill_value=points.shape[0])
    padded = jnp.concatenate([points, jnp.full((1,), jnp.nan, points.dtype)])
    message = f"{name}: has more breakpoints than its max_breakpoints = {most}; expected a larger number"
    return eqx.error_if(padded[at], jnp.sum(finite) > most, message)
