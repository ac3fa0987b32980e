"""Sums of numbers of either sign that are known by their logarithms."""

import jax.numpy as jnp
from jax import Array


def log_abs_sum(logs: Array, weights: Array) -> tuple[Array, Array]:
    """(log|s|, sign of s) for s = sum of weights e^logs over all axes but the last, shapes (n,).

    Summed relative to the largest term: s itself may underflow. -inf and 0 where the terms cancel exactly.
    """
    present = jnp.where(weights == 0, -jnp.inf, logs + jnp.log(jnp.abs(weights)))
    axes = tuple(range(present.ndim - 1))
    top = jnp.max(present, axis=axes, keepdims=True)
    safe = jnp.where(jnp.isfinite(top), top, 0)
    total = jnp.sum(jnp.sign(weights) * jnp.exp(present - safe), axis=axes)
    return safe.reshape(-1) + jnp.log(jnp.abs(total)), jnp.sign(total)
