"""Newton's method with damping, for systems that may be rank-deficient or not square."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from .._types import Flag, Scalar

_LONGEST = 0.3  # a step, in unit coordinates: far extrapolation is worth nothing


class Solved(NamedTuple):
    """The last point, residual and Jacobian; the length of the last Newton step."""

    point: Array
    residual: Array
    slope: Array
    step: Scalar


class _State(NamedTuple):
    candidate: Array
    point: Array
    residual: Array
    slope: Array
    damping: Scalar
    step: Scalar
    count: Array


def rank_tolerance(dtype: jnp.dtype) -> float:
    """Singular values below this share of the largest count as zero: 1.4e-6, 2.5e-3 in float32."""
    return float(jnp.finfo(dtype).eps) ** 0.375


def newton_step(residual: Array, slope: Array, damping: Scalar) -> Array:
    """-(J^T J + damping |J|^2)^-1 J^T f through the singular values of J; shortest for damping -> 0."""
    scale = jnp.max(jnp.abs(slope))
    unit = jnp.where(scale > 0, scale, 1)
    u, s, vt = jnp.linalg.svd(slope / unit, full_matrices=False)
    weights = s / (jnp.square(s) + damping * jnp.square(s[0]) + jnp.finfo(s.dtype).tiny)
    return -vt.T @ (weights * (u.T @ (residual / unit)))


def solve(system: Callable[[Array], Array], start: Array, iterations: int) -> Solved:
    """A zero of ``system`` from ``start`` (Levenberg-Marquardt; quadratic near a simple root).

    The damping falls by 10 after a step that lowers |f| and grows by 10 after one that does not, which is
    not taken (NaN is not lower). Ends when a step is of rounding size, or after ``iterations``.
    """
    eps = jnp.finfo(start.dtype).eps

    def residual_and_jacobian(point: Array) -> tuple[Array, Array]:
        slope, residual = jax.jacfwd(lambda x: (system(x),) * 2, has_aux=True)(point)
        return residual, slope

    def going(state: _State) -> Flag:
        return (state.count <= iterations) & (state.step > 4 * eps)

    def advance(state: _State) -> _State:
        residual, slope = residual_and_jacobian(state.candidate)
        lower = (jnp.linalg.norm(residual) < jnp.linalg.norm(state.residual)) | (state.count == 0)
        damping = jnp.where(lower, jnp.maximum(state.damping / 10, eps), jnp.minimum(state.damping * 10, 1e8))
        point, residual, slope = jax.tree.map(
            lambda new, old: jnp.where(lower, new, old),
            (state.candidate, residual, slope),
            (state.point, state.residual, state.slope),
        )
        move = newton_step(residual, slope, damping)
        length = jnp.linalg.norm(move)
        move = move * jnp.minimum(1, _LONGEST / jnp.maximum(length, eps))
        # nearly undamped and no lower: rounding is all that is left
        done = ~lower & (length < jnp.sqrt(eps)) & (damping < 1e-3)
        return _State(
            point + move, point, residual, slope, damping, jnp.where(done, 0, length), state.count + 1
        )

    # the loop begins with the start itself: the residual is compiled once
    shapes = jax.eval_shape(residual_and_jacobian, start)
    residual, slope = (jnp.zeros(part.shape, part.dtype) for part in shapes)
    one = jnp.asarray(1, start.dtype)
    first = _State(start, start, residual, slope, 1e-3 * one, one, jnp.asarray(0))
    end = jax.lax.while_loop(going, advance, first)
    move = newton_step(end.residual, end.slope, jnp.asarray(rank_tolerance(start.dtype) ** 2, start.dtype))
    return Solved(end.point, end.residual, end.slope, jnp.linalg.norm(move))
