"""Quantiles of laws that have a cdf and no formula for its inverse."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from jax import Array

from .._types import FloatLike, Values

if TYPE_CHECKING:
    from .base import AbstractLaw

_HALVINGS = 64


def bisect(below: Callable[[Values], Values], low: Values, high: Values) -> Values:
    """Where ``below`` changes from True to False between ``low`` and ``high``, elementwise; no derivative."""

    def halve(_: Array, ends: tuple[Values, Values]) -> tuple[Values, Values]:
        low, high = ends
        middle = 0.5 * (low + high)
        left = below(middle)
        return jnp.where(left, middle, low), jnp.where(left, high, middle)

    ends = jax.lax.stop_gradient((low, high))
    return jax.lax.stop_gradient(jax.lax.fori_loop(0, _HALVINGS, halve, ends)[1])


def with_slope(law: "AbstractLaw", x: Values, q: Values) -> Values:
    """``x``, with the first derivatives of the quantile of ``law`` at q: d x = (d q - d cdf)/pdf."""
    x = jax.lax.stop_gradient(x)
    slope = jax.lax.stop_gradient(law.pdf(x))
    gap = q - law.cdf(x)
    change = (gap - jax.lax.stop_gradient(gap)) / jnp.where(slope > 0, slope, 1)
    return x + jnp.where(slope > 0, change, 0)


def quantile(law: "AbstractLaw", q: FloatLike, low: Values, high: Values) -> Values:
    """The quantile of a law from its cdf, when it lies between ``low`` and ``high``."""
    q = jnp.asarray(q)
    x = bisect(lambda x: law.cdf(x) < q, jnp.broadcast_to(low, q.shape), jnp.broadcast_to(high, q.shape))
    return with_slope(law, x, q)
