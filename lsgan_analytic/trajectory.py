"""The only loop over training steps."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, runtime_checkable, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer
from jaxtyping import Float, Int, PyTree

from ._checks import checked_int, floating, positive_number
from ._period import recurrent_period
from ._types import Disc, Flag, Gen, Players, Scalar, ScalarLike
from .game import AbstractGame
from .outcome import classify_outcome, Evidence, evidence, norm, Outcome
from .parameters import checked_players, Names, vector
from .restriction import restrict, Restriction
from .updates.base import AbstractRule, advance, checked_rule


class Path(eqx.Module, Generic[Disc, Gen]):
    """One run: T = steps + 1 points, the start and every step after it.

    Attributes:
        players: the parameters, each with a leading axis of length T.
        cost_terms: (T, 2), J1 and J2 at the same points.
        field_norm: (T,), the size of the field over the free parameters.
        outcome: how it ended, an ``Outcome``; evidence: the numbers behind it.
        steps_taken: the number of valid steps; later points repeat the last valid one.
        period: of a run that ends on a cycle, the steps after which it comes back; else NaN. Its multipliers
            are those of ``cycle``.
    """

    players: Players[Disc, Gen]
    cost_terms: Float[Array, "T 2"]
    field_norm: Float[Array, " T"]
    outcome: Outcome
    evidence: Evidence
    steps_taken: Int[Array, ""]
    period: Scalar

    @property
    def cost(self) -> Float[Array, " T"]:
        """J = J1 + J2 at every point."""
        return self.cost_terms.sum(axis=-1)


def finite(players: Players) -> Flag:
    """Whether all parameters are."""
    return jnp.all(jnp.isfinite(vector(players)))


def trajectory(
    game: AbstractGame,
    rule: AbstractRule,
    players: Players[Disc, Gen],
    steps: int,
    free: Names = None,
    tolerance: ScalarLike = 1e-2,
) -> Path[Disc, Gen]:
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
        says so in ``outcome``. *Plateau* and *point* are statements at the last step, at this tolerance: a
        flat stretch that ends much later cannot be told from one that does not. *Cycle* is one of the last
        half of the path: its two quarters have the same mean and size to 1e-3 of the size, hold four periods
        or more each, and come back to where the run ends. A spiral is none unless its size changes by less
        than 0.4 % in the time of the run. Use ``jax.vmap`` over
        ``players`` for many runs.

    Raises:
        ValueError: steps < 1 or not as many as the rule has step sizes for, unknown names in ``free``,
            tolerance <= 0, a start of several players.
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
    steps = checked_int(steps, "steps")
    checked_rule(rule).check(steps)
    tolerance = positive_number("tolerance")(tolerance)
    run = _play(restrict(game, checked_start(players), free), rule, steps, tolerance)
    return with_cycle(run, run.players)


def checked_start(players: Players) -> Players:
    """The players as arrays; their parameters must be finite."""
    players = jax.tree.map(lambda value: floating(value, "players"), checked_players(players))
    start = vector(players)
    if isinstance(start, Tracer):
        return eqx.error_if(players, ~finite(players), "players: expected a finite start")
    if not bool(finite(players)):
        raise ValueError(f"players: expected a finite start, got {start}")
    return players


class Progress(eqx.Module):
    """What is carried from step to step of a run."""

    players: Players
    state: PyTree
    outcome: Outcome
    steps_taken: Int[Array, ""]
    positions: tuple[int, ...] = eqx.field(static=True)

    @classmethod
    def begin(cls, rule: AbstractRule, start: Restriction) -> Self:
        """A run before its first step, over the free parameters of ``start``."""
        state = rule.init(start.reduce(start.players))
        return cls(start.players, state, Outcome.moving, jnp.asarray(0), start.positions)

    def on(self, game: AbstractGame) -> Restriction:
        """``game`` over the free parameters, where the run is now."""
        return Restriction(game, self.players, self.positions)

    def advance(self, game: AbstractGame, rule: AbstractRule) -> Self:
        """One step; a run that overflows or leaves a domain stays at its last valid point for good."""
        here = self.on(game)
        reduced, state = advance(here, rule, here.reduce(self.players), self.state)
        moved = here.whole(reduced)
        sound, inside = finite(moved), game.in_domain(moved)
        running = self.outcome == Outcome.moving
        stop = Outcome.where(sound, Outcome.left_domain, Outcome.overflowed)
        outcome = Outcome.where(running & ~(sound & inside), stop, self.outcome)
        valid = running & sound & inside
        players = jax.tree.map(lambda new, old: jnp.where(valid, new, old), moved, self.players)
        taken = self.steps_taken + valid.astype(self.steps_taken.dtype)
        return type(self)(players, state, outcome, taken, self.positions)

    def judged(self, game: AbstractGame, rule: AbstractRule, tolerance: Scalar) -> tuple[Outcome, Evidence]:
        """The outcome at the end, and its evidence on ``game``."""
        found = evidence(self.on(game), rule, self.state, self.steps_taken)
        verdict = classify_outcome(found, self.players, tolerance)
        return Outcome.where(self.outcome == Outcome.moving, verdict, self.outcome), found


@runtime_checkable
class Advancing(Protocol):
    """A run, with whatever is carried along with it."""

    def advance(self, game: AbstractGame, rule: AbstractRule) -> Self: ...


Run = TypeVar("Run", bound=Advancing)


def play(
    game_at: Callable[[Int[Array, ""]], AbstractGame],
    rule: AbstractRule,
    now: Run,
    blocks: int,
    save_every: int = 1,
    first: int | Int[Array, ""] = 0,
    keep: Callable[[Any], Any] = lambda now: now.players,
) -> tuple[Run, Any]:
    """``blocks`` times ``save_every`` steps, step k on ``game_at(k)``, k counted from block ``first``.

    Returns the run at the end and ``keep(run)``, its players, at the end of every block.
    """

    def save(now: Run, block: Int[Array, ""]) -> tuple[Run, Any]:
        def one(now: Run, k: Int[Array, ""]) -> tuple[Run, None]:
            return now.advance(game_at(k), rule), None

        now, _ = jax.lax.scan(one, now, block * save_every + jnp.arange(save_every))
        return now, keep(now)

    return jax.lax.scan(save, now, jnp.asarray(first) + jnp.arange(blocks))


@eqx.filter_jit
def _play(start: Restriction, rule: AbstractRule, steps: int, tolerance: Scalar) -> Path:
    game = start.game
    end, later = play(lambda _: game, rule, Progress.begin(rule, start), steps)
    points = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start.players, later)

    def costs_and_norm(players: Players) -> tuple[Array, Array]:
        here = Restriction(game, players, start.positions)
        return jnp.stack(game.cost_terms(players)), norm(here.field(here.point))

    terms, norms = jax.vmap(costs_and_norm)(points)
    outcome, found = end.judged(game, rule, tolerance)
    return Path(points, terms, norms, outcome, found, end.steps_taken, jnp.full_like(norms[0], jnp.nan))


def with_cycle(run: Any, players: Players, spacing: Scalar | float = 1.0) -> Any:
    """``run``, a path or flow of points ``spacing`` apart, with outcome and period of one on a cycle."""
    path = jnp.concatenate([leaf.reshape(leaf.shape[0], -1) for leaf in jax.tree.leaves(players)], axis=1)
    period = recurrent_period(path, run.outcome == Outcome.moving)
    outcome = Outcome.where(jnp.isnan(period), run.outcome, Outcome.cycle)
    return eqx.tree_at(lambda path: (path.outcome, path.period), run, (outcome, period * spacing))
