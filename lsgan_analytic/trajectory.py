"""The only loop over training steps."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike
from jaxtyping import Float, Int

from ._checks import count, positive
from ._types import Flag, Players, Scalar
from .game import field, Game
from .outcome import Evidence, evidence, judge, Outcome
from .parameters import HeldGame, indices, Names, vector
from .updates.base import AbstractRule


class Path(eqx.Module):
    """One run: T = steps + 1 points, the start and every step after it.

    Attributes:
        players: the parameters, each with a leading axis of length T.
        cost_terms: (T, 2), J1 and J2 at the same points.
        field_norm: (T,), the size of the field over the free parameters.
        outcome: how it ended, an ``Outcome``; evidence: the numbers behind it.
        steps_taken: the number of valid steps; later points repeat the last valid one.
    """

    players: Players
    cost_terms: Float[Array, "T 2"]
    field_norm: Float[Array, " T"]
    outcome: Outcome
    evidence: Evidence
    steps_taken: Int[Array, ""]

    @property
    def cost(self) -> Float[Array, " T"]:
        """J = J1 + J2 at every point."""
        return self.cost_terms.sum(axis=-1)


def _in_domain(players: Players) -> Flag:
    """Whether both players say so; a player that says nothing is defined everywhere."""
    parts = [part.in_domain() for part in (players.disc, players.gen) if hasattr(part, "in_domain")]  # pyright: ignore
    return functools.reduce(jnp.logical_and, parts, jnp.asarray(True))


def _finite(players: Players) -> Flag:
    return jnp.all(jnp.isfinite(vector(players)))


def trajectory(
    game: Game,
    rule: AbstractRule,
    players: Players,
    steps: int,
    free: Names = None,
    tolerance: ArrayLike = 1e-2,
) -> Path:
    """Play ``rule`` for ``steps`` steps and say how it ended.

    Args:
        game: exact or sampled.
        rule: an update rule.
        players: the start.
        steps: number of steps, >= 1; the path has steps + 1 points.
        free: names of the parameters that move (None: all); see ``parameter_names``.
        tolerance: the field counts as gone when its norm over the free parameters is at most this.

    Returns:
        A ``Path``. A run that overflows or leaves a part's domain stops at its last valid point and
        says so in ``outcome``. Use ``jax.vmap`` over ``players`` for many runs.

    Raises:
        ValueError: steps < 1, unknown names in ``free``, tolerance <= 0, a start of several players.
        ValueError (RuntimeError when traced): a start that is not finite.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.4), players, steps=249)
    >>> path.players.disc.b.shape, round(float(path.cost[-1]), 5)
    ((250,), 0.99831)
    >>> bool(path.outcome == lsgan.Outcome.plateau)
    True
    """
    steps, positions = count(steps, "steps"), indices(players, free)
    tolerance = positive("tolerance")(tolerance)
    start = vector(players)
    if isinstance(start, Tracer):
        players = eqx.error_if(players, ~_finite(players), "players: expected a finite start")
    elif not bool(_finite(players)):
        raise ValueError(f"players: expected a finite start, got {start}")
    return _play(game, rule, players, steps, positions, tolerance)


@eqx.filter_jit
def _play(
    game: Game,
    rule: AbstractRule,
    players: Players,
    steps: int,
    positions: tuple[int, ...],
    tolerance: Scalar,
) -> Path:
    held = HeldGame(game, positions)

    def advance(carry, _):
        here, state, outcome, taken = carry
        there, state = rule.step(held, here, state)
        finite, inside = _finite(there), _in_domain(there)
        stop = Outcome.where(finite, Outcome.left_domain, Outcome.overflowed)
        running = outcome == Outcome.moving
        outcome = Outcome.where(running & ~(finite & inside), stop, outcome)
        valid = running & finite & inside
        here = jax.tree.map(lambda new, old: jnp.where(valid, new, old), there, here)
        return (here, state, outcome, taken + valid.astype(taken.dtype)), here

    begin = (players, rule.init(players), Outcome.moving, jnp.asarray(0))
    (last, _, outcome, taken), rest = jax.lax.scan(advance, begin, length=steps)
    points = jax.tree.map(lambda first, later: jnp.concatenate([first[None], later]), players, rest)

    def look(own: Players) -> tuple[Array, Array]:
        norm = jnp.linalg.norm(vector(field(held, own)))
        return jnp.stack(game.cost_terms(own)), norm

    terms, norms = jax.vmap(look)(points)
    seen = evidence(held, last, positions)
    outcome = Outcome.where(outcome == Outcome.moving, judge(seen, tolerance), outcome)
    return Path(points, terms, norms, outcome, seen, taken)
