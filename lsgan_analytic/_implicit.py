"""Derivatives of roots that were found without any, and values that have no second derivatives."""

from collections.abc import Callable
from typing import NoReturn

import jax
import jax.numpy as jnp
from jax import Array

from ._types import Values


def differentiable_roots(equation: Callable[[Values], Values], roots: Values, inside: Array) -> Values:
    """``roots`` with their derivatives, of all orders, in what ``equation`` (elementwise, 0) closes over.

    By the implicit function theorem, dx = -d equation / equation'(x); 0 where that slope is 0 or not finite.
    Roots that are NaN or infinite stay so, without derivatives; ``inside`` is a point where ``equation`` is
    finite, looked at in their place.
    """
    roots = jax.lax.stop_gradient(roots)
    known = jnp.isfinite(roots)
    start = jnp.where(known, roots, jax.lax.stop_gradient(inside).astype(roots.dtype))

    def divide(linear: Callable[[Values], Values], change: Values) -> Values:
        slope = linear(jnp.ones_like(change))
        regular = jnp.isfinite(slope) & (slope != 0)
        return jnp.where(regular, change / jnp.where(regular, slope, 1), 0)

    x = jax.lax.custom_root(equation, start, lambda _, found: found, divide)
    return jnp.where(known, x, roots)


def first_order(values: Values, message: str) -> Values:
    """``values``, which have first derivatives; ValueError (when traced) for second ones."""

    @jax.custom_jvp
    def one(x: Values) -> Values:
        return jnp.ones_like(x)

    @one.defjvp
    def _refuse(primals: tuple[Values], tangents: tuple[Values]) -> NoReturn:
        raise ValueError(message)

    @jax.custom_jvp
    def identity(x: Values) -> Values:
        return x

    @identity.defjvp
    def _once(primals: tuple[Values], tangents: tuple[Values]) -> tuple[Values, Values]:
        return primals[0], one(primals[0]) * tangents[0]

    return identity(values)
