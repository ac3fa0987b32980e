"""The critical value of a parameter as a differentiable function of all others."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import PyTree

from .._checks import checked_float
from .._types import Players, Scalar, Vector
from ..game import AbstractGame
from ..parameters import checked_players, dtype_of, indices, Names
from ..trajectory import checked_start
from ..updates.base import AbstractRule
from ._conditions import checked_kind, equations
from ._curve import Interval
from ._motion import Motion
from .border import BorderKind, interval

#: (p, others) -> a game (its flow), or (game, rule)
FamilyOfSystems = Callable[[Any, Any], AbstractGame | tuple[AbstractGame, AbstractRule]]
_TRIPS = 60


class _With(eqx.Module):
    """The system at fixed other parameters; compiled once for all their values."""

    system: FamilyOfSystems
    others: PyTree

    def __call__(self, p: Any) -> AbstractGame | tuple[AbstractGame, AbstractRule]:
        return self.system(p, self.others)


def critical_parameter(
    system: FamilyOfSystems,
    players: Players,
    kind: BorderKind,
    start: float,
    others: PyTree,
    free: Names = None,
    p_range: Interval | None = None,
) -> Scalar:
    """The value p of a parameter at which a kind of stability ends, differentiable in all other parameters.

    With x the equilibrium and H(x, p; theta) = 0 the equations of ``continue_border`` (n for x, one for the
    border), the implicit function theorem gives

        d(x, p)/d theta = -(dH/d(x, p))^-1 dH/d theta,

    of every order, in either mode. Newton's method begins at ``players`` and ``start``; under ``jax.vmap``
    over ``others`` it is played side by side.

    Args:
        system: (p, theta) -> game (its flow), or -> (game, rule). It is compiled once: what may change is
            in p and theta.
        players: near the equilibrium at the border.
        kind: "fold", "flip" or "neimark_sacker" of a rule; "fold" or "hopf" of a flow.
        start: near p.
        others: theta, a number, an array or a pytree of them.
        free: names of the parameters that move (None: all).
        p_range: (low, high), which Newton's method does not leave: where ``system`` exists (None: anywhere).

    Returns:
        p, a scalar; NaN where Newton's method ends on none within 60 trips. Of a Neimark-Sacker border the
        critical pair may be real (mu, 1/mu), as in ``Border``.

    Raises:
        ValueError: a kind that the motion does not have; a rule whose step changes with its number (when
            traced a RuntimeError); ``others`` without a number; bad arguments as for ``continue_border``.

    >>> import jax
    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> def system(step, strength):
    ...     game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    ...     return game, lsgan.Simultaneous(step)
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> def border(strength):  # 4 strength
    ...     return lsgan.critical_parameter(
    ...         system, players, "neimark_sacker", 1.0, strength, free=("w", "shift"))
    >>> round(float(border(0.3)), 6), round(float(jax.grad(border)(0.3)), 6)
    (1.2, 4.0)
    """
    if not callable(system):
        raise ValueError(f"system: expected a function (p, others) that makes a game, got {system!r}")
    positions = indices(checked_players(players), free)
    low, high = (-jnp.inf, jnp.inf) if p_range is None else interval(p_range, "p_range")
    players, begin = checked_start(players), checked_float(start, "start", low, high)
    others = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype_of(players)), others)
    if not jax.tree.leaves(others):
        raise ValueError(f"others: expected a number, an array or a pytree of them, got {others!r}")
    motion = Motion.of(_With(system, others), players, positions, begin)
    p = jnp.asarray([begin, low, high], dtype_of(players))
    return _root(motion, checked_kind(kind, motion), p)[-1]


@eqx.filter_jit
def _root(motion: Motion, kind: str, p: Array) -> Vector:
    """(x, p); NaN where it is not found. ``p``: the first, the smallest and the largest."""

    def residual(where: Vector) -> Vector:
        return equations(motion, kind, where[:-1], where[-1])

    def tangent(linear: Callable[[Vector], Vector], right: Vector) -> Vector:
        return jnp.linalg.solve(jax.jacfwd(linear)(right), right)

    start = jnp.append(motion.start, p[0])
    solve = lambda residual, start: _newton(residual, start, p[1], p[2])  # noqa: E731
    where, found = jax.lax.custom_root(residual, start, solve, tangent, has_aux=True)
    return jnp.where(found > 0, where, jnp.nan)


def _newton(
    residual: Callable[[Vector], Vector], start: Vector, low: Array, high: Array
) -> tuple[Vector, Scalar]:
    """(the last finite point, 1 if it is a root, else 0): a flag would have no tangent."""
    tolerance = jnp.finfo(start.dtype).eps ** 0.75

    def close(change: Scalar, where: Vector) -> Array:
        return change <= tolerance * (1 + jnp.linalg.norm(where))

    def unfinished(carry: tuple[Vector, Scalar, Array]) -> Array:
        where, change, trips = carry
        return (trips < _TRIPS) & ~close(change, where) & ~jnp.isnan(change)

    def trip(carry: tuple[Vector, Scalar, Array]) -> tuple[Vector, Scalar, Array]:
        where, _, trips = carry
        change = jnp.linalg.solve(jax.jacfwd(residual)(where), -residual(where))
        sound = jnp.all(jnp.isfinite(change))
        after = where + change
        after = after.at[-1].set(jnp.clip(after[-1], low, high))
        size = jnp.where(sound, jnp.linalg.norm(change), jnp.nan)
        return jnp.where(sound, after, where), size, trips + 1

    first = (start, jnp.full_like(start[0], jnp.inf), jnp.asarray(0))
    where, change, _ = jax.lax.while_loop(unfinished, trip, first)
    return where, close(change, where).astype(where.dtype)
