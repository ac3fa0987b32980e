"""Motions evaluated at many points, along their orbits, and what neighbours of a cycle do."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._recurrence import bump
from .._types import Vector
from ._loops import Loop
from ._motion import Motion

_ALONG, _WARM = 3000, 500  # steps on a circle: those whose growth counts, those before
_RK_STEPS = 4096
_AT_ONCE = 128


@eqx.filter_jit
def _batch(motion: Motion, points: Array) -> tuple[Array, Array]:
    one = lambda x: motion(x, 0.0)  # noqa: E731
    return jax.vmap(one)(points), jax.vmap(jax.jacfwd(one))(points)


def batch(motion: Motion, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and Jacobians at the rows of ``points``; so many at a time that one program serves all."""
    dtype = motion.start.dtype
    values, jacobians = [], []
    for first in range(0, len(points), _AT_ONCE):
        rows = np.arange(first, first + _AT_ONCE).clip(max=len(points) - 1)
        found = _batch(motion, jnp.asarray(points[rows], dtype))
        values.append(np.asarray(found[0], float))
        jacobians.append(np.asarray(found[1], float))
    return np.concatenate(values)[: len(points)], np.concatenate(jacobians)[: len(points)]


@eqx.filter_jit
def _around(motion: Motion, x: Vector, k: Array) -> tuple[Vector, Array]:
    def once(_: Array, carry: tuple[Vector, Array]) -> tuple[Vector, Array]:
        x, product = carry
        step = lambda x: motion(x, 0.0)  # noqa: E731
        return step(x), jnp.matmul(jax.jacfwd(step)(x), product, precision="highest")

    return jax.lax.fori_loop(0, k, once, (x, jnp.eye(x.size, dtype=x.dtype)))


def around(motion: Motion, x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The point k steps after x, and its derivative."""
    found = _around(motion, jnp.asarray(x, motion.start.dtype), jnp.asarray(k))
    return np.asarray(found[0], float), np.asarray(found[1], float)


def periodic_point(motion: Motion, x: np.ndarray, k: int, tolerance: float) -> np.ndarray | None:
    """The point near x that k steps bring back, by Newton's method; None if it is not found."""
    for _ in range(30):
        after, slope = around(motion, x, k)
        if not (np.isfinite(after).all() and np.isfinite(slope).all()):
            return None
        change = np.linalg.lstsq(slope - np.eye(len(x)), x - after)[0]
        x = x + change
        if np.linalg.norm(change) <= tolerance * (1 + np.linalg.norm(x)):
            return x
    return None


def orbit(motion: Motion, x: np.ndarray, k: int) -> np.ndarray:
    """x and the k - 1 points after it."""
    points = [x]
    for _ in range(k - 1):
        points.append(around(motion, points[-1], 1)[0])
    return np.stack(points)


def circle_multipliers(motion: Motion, loop: Loop) -> np.ndarray:
    """By how much a step stretches neighbours of an invariant circle, in the mean; the largest first.

    exp of the Lyapunov exponents on it: QR of the Jacobians along the rotation.
    """
    phases = loop.angle * np.arange(_WARM + _ALONG)
    _, jacobians = batch(motion, loop.at(phases))
    frame, logs = np.eye(loop.points.shape[1]), []
    with np.errstate(divide="ignore"):
        for jacobian in jacobians:
            frame, triangle = np.linalg.qr(jacobian @ frame)
            logs.append(np.log(np.abs(np.diag(triangle))))
    return np.sort(np.exp(bump(_ALONG) @ np.stack(logs[_WARM:])))[::-1]


@eqx.filter_jit
def _monodromy(motion: Motion, x: Vector, period: Array) -> tuple[Vector, Array]:
    h = period / _RK_STEPS

    def slopes(carry: tuple[Vector, Array]) -> tuple[Vector, Array]:
        x, matrix = carry
        velocity = lambda x: motion(x, 0.0)  # noqa: E731
        return velocity(x), jnp.matmul(jax.jacfwd(velocity)(x), matrix, precision="highest")

    def ahead(carry, slope, share):
        return jax.tree.map(lambda a, b: a + share * b, carry, slope)

    def step(carry, _):
        one = slopes(carry)
        two = slopes(ahead(carry, one, h / 2))
        three = slopes(ahead(carry, two, h / 2))
        four = slopes(ahead(carry, three, h))
        mean = jax.tree.map(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, one, two, three, four)
        return ahead(carry, mean, h), None

    return jax.lax.scan(step, (x, jnp.eye(x.size, dtype=x.dtype)), length=_RK_STEPS)[0]


def floquet_multipliers(motion: Motion, loop: Loop) -> np.ndarray:
    """The eigenvalues of the derivative of the flow over one period; the largest first."""
    x = jnp.asarray(loop.points[0], motion.start.dtype)
    _, matrix = _monodromy(motion, x, jnp.asarray(2 * np.pi / loop.angle, x.dtype))
    return by_size(np.linalg.eigvals(np.asarray(matrix, float)))


def by_size(values: np.ndarray) -> np.ndarray:
    """The largest modulus first."""
    return values[np.argsort(-np.abs(values), kind="stable")].astype(complex)
