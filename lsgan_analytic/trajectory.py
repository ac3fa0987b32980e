"""The only loop over training steps."""

import functools
from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike
from jaxtyping import Float, Int, PyTree

from ._checks import count, positive
from ._types import Flag, Players, Scalar
from .game import field, Game, HasObjectives, project
from .outcome import Evidence, evidence, growth_ahead, judge, norm, Outcome
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


def in_domain(players: Players) -> Flag:
    """Whether both players say so; a player that says nothing is defined everywhere."""
    disc, gen = players.disc, players.gen
    disc = disc.given(gen) if hasattr(disc, "given") else disc  # what answers has its answer's domain
    parts = [part.in_domain() for part in (disc, gen) if hasattr(part, "in_domain")]  # pyright: ignore
    return functools.reduce(jnp.logical_and, parts, jnp.asarray(True))


def finite(players: Players) -> Flag:
    """Whether all parameters are."""
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
        says so in ``outcome``. *Plateau* and *point* are statements at the last step, at this tolerance: a
        flat stretch that ends much later cannot be told from one that does not. Use ``jax.vmap`` over
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
    if not isinstance(rule, AbstractRule):
        raise ValueError(f"rule: expected an update rule, e.g. Simultaneous(step=0.4), got {rule!r}")
    steps, positions = count(steps, "steps"), indices(players, free)
    rule.check(steps)
    tolerance = positive("tolerance")(tolerance)
    return _play(game, rule, checked_start(players), steps, positions, tolerance)


def checked_start(players: Players) -> Players:
    """The players, whose parameters must be finite."""
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

    @classmethod
    def begin(cls, rule: AbstractRule, players: Players) -> Self:
        """A run before its first step."""
        return cls(players, rule.init(players), Outcome.moving, jnp.asarray(0))

    def advance(self, game: HasObjectives, rule: AbstractRule) -> Self:
        """One step; a run that overflows or leaves a domain stays at its last valid point for good."""
        there, state = rule.step(game, self.players, self.state)
        there = project(game, there)
        sound, inside = finite(there), in_domain(there)
        running = self.outcome == Outcome.moving
        stop = Outcome.where(sound, Outcome.left_domain, Outcome.overflowed)
        outcome = Outcome.where(running & ~(sound & inside), stop, self.outcome)
        valid = running & sound & inside
        here = jax.tree.map(lambda new, old: jnp.where(valid, new, old), there, self.players)
        taken = self.steps_taken + valid.astype(self.steps_taken.dtype)
        return type(self)(here, state, outcome, taken)

    def judged(
        self, game: HasObjectives, rule: AbstractRule, positions: tuple[int, ...], tolerance: Scalar
    ) -> tuple[Outcome, Evidence]:
        """The outcome at the end, and its evidence on ``game``."""
        seen = evidence(game, rule, self.players, self.state, positions, self.steps_taken)
        growth = growth_ahead(game, rule, self.players, self.state, self.steps_taken, seen.growth)
        seen = eqx.tree_at(lambda own: own.growth, seen, growth)
        verdict = judge(seen, self.players, tolerance)
        return Outcome.where(self.outcome == Outcome.moving, verdict, self.outcome), seen


class Advancing(Protocol):
    """A run, with whatever is carried along with it."""

    def advance(self, game: HasObjectives, rule: AbstractRule) -> Self: ...


Run = TypeVar("Run", bound=Advancing)


def play(
    game_at: Callable[[Int[Array, ""]], HasObjectives],
    rule: AbstractRule,
    now: Run,
    blocks: int,
    save_every: int = 1,
    first: ArrayLike = 0,
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
def _play(
    game: Game,
    rule: AbstractRule,
    players: Players,
    steps: int,
    positions: tuple[int, ...],
    tolerance: Scalar,
) -> Path:
    held = HeldGame(game, positions)
    end, later = play(lambda _: held, rule, Progress.begin(rule, players), steps)
    points = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), players, later)

    def look(own: Players) -> tuple[Array, Array]:
        return jnp.stack(game.cost_terms(own)), norm(vector(field(held, own)))

    terms, norms = jax.vmap(look)(points)
    outcome, seen = end.judged(held, rule, positions, tolerance)
    return Path(points, terms, norms, outcome, seen, end.steps_taken)
