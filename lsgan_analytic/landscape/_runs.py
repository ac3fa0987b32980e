"""The runs behind basins: one from every start, what is noted on the way, and how it ended."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .._describe import describe, Description
from .._period import half_of, periods
from .._recurrence import bump
from .._types import Players, Scalar
from ..game import AbstractGame
from ..outcome import norm, Outcome
from ..parameters import dtype_of, indices
from ..restriction import Restriction
from ..trajectory import play, Progress
from ..updates.base import AbstractRule
from ._distance import distance_to_data
from .surface import placed

Distance = Callable[[Players], Scalar]
RECORDED = 4096  # points at the end of a run by which a cycle is known, at most


class _Watched(eqx.Module):
    """A run, and what was noted of it on the way."""

    run: Progress
    at: Int[Array, ""]
    settled: Int[Array, ""]
    closest: Scalar
    closest_step: Int[Array, ""]
    recorded: Float[Array, "r n"]  # the last points, that of step k in row (k - 1) mod r
    tolerance: Scalar
    distance: Distance = eqx.field(static=True)

    @classmethod
    def begin(cls, run: Progress, tolerance: Scalar, distance: Distance, record: int) -> Self:
        zero, far = jnp.asarray(0), jnp.full_like(distance(run.players), jnp.inf)
        recorded = jnp.zeros((record, len(run.positions)), dtype_of(run.players))
        return cls(run, zero, zero, far, zero, recorded, tolerance, distance)

    def noted(self, game: AbstractGame) -> Self:
        """With the present point taken into account."""
        # the field is that of a gradient step to come: compiled, it is computed once
        here = self.run.on(game)
        resting = norm(here.field(here.point)) <= self.tolerance
        settled = jnp.where(resting, self.settled, self.at + 1)
        distance = self.distance(self.run.players)
        closer = distance < self.closest
        closest = jnp.where(closer | jnp.isnan(distance), distance, self.closest)
        step = jnp.where(closer, self.at, self.closest_step)
        return replace(self, settled=settled, closest=closest, closest_step=step)

    def advance(self, game: AbstractGame, rule: AbstractRule) -> Self:
        run, recorded = self.run.advance(game, rule), self.recorded
        if len(recorded):
            recorded = recorded.at[self.at % len(recorded)].set(run.on(game).point)
        return replace(self.noted(game), run=run, recorded=recorded, at=self.at + 1)

    @property
    def last(self) -> Float[Array, "r n"]:
        """The recorded points in their order."""
        return jnp.roll(self.recorded, -self.at, axis=0) if len(self.recorded) else self.recorded


class Call(eqx.Module):
    """What all runs share, and one of them."""

    game: AbstractGame
    rule: AbstractRule
    players: Players
    axes: list[Array]  # not a dict of them: JAX would sort it
    tolerance: Scalar
    distance: Distance | None
    names: tuple[str, ...] = eqx.field(static=True)  # of the axes
    steps: int = eqx.field(static=True)
    positions: tuple[int, ...] = eqx.field(static=True)

    def described(self) -> Description:
        """What two calls must share to have the same ends: the numbers, and what a run computes."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return describe(lambda **given: Call(**given).end(jnp.asarray(0)), parts, {"jax": jax.__version__})

    def end(self, start: Array) -> dict[str, Any]:
        """What ``Basins`` holds of the run from one start, by name, and the points it is judged by."""
        far = self.distance or distance_to_data(self.game)
        places = np.asarray(indices(self.players, self.names, "grid"))
        begin = Restriction(self.game, placed(self.players, places, self.axes, start), self.positions)
        run = Progress.begin(self.rule, begin)
        tolerance = self.tolerance.astype(dtype_of(self.players))
        watched = _Watched.begin(run, tolerance, far, min(half_of(self.steps + 1), RECORDED))
        watched, _ = play(lambda _: self.game, self.rule, watched, 1, self.steps, keep=lambda _: None)
        watched, end = watched.noted(self.game), watched.run
        outcome, evidence = end.judged(self.game, self.rule, self.tolerance)
        rested = (watched.settled <= self.steps) & (end.steps_taken == self.steps)
        return {
            "players": end.players,
            "outcome": outcome,
            "evidence": evidence,
            "steps_taken": end.steps_taken,
            "settled": jnp.where(rested, watched.settled, -1),
            "distance": far(end.players),
            "closest": watched.closest,
            "closest_step": watched.closest_step,
            "centre": end.on(self.game).point,
            "recorded": watched.last,
        }


@eqx.filter_jit
def _judged(call: Call, starts: Array | np.ndarray) -> dict[str, Any]:
    return jax.vmap(call.end)(jnp.asarray(starts))


def ends(call: Call, starts: np.ndarray) -> dict[str, Any]:
    """What ``Basins`` holds of all these runs; those on a cycle are told from those that are still moving.

    On the host, where only the latter are looked at.
    """
    found = dict(_judged(call, starts))
    recorded, centre = np.asarray(found.pop("recorded")), np.array(found["centre"])
    moving = np.asarray(found["outcome"] == Outcome.moving)
    period, size = periods(recorded, moving), np.zeros(len(centre), centre.dtype)
    for run in np.flatnonzero(~np.isnan(period)):
        weights = bump(len(recorded[run]))[:, None]
        centre[run] = np.sum(weights * recorded[run], axis=0)
        size[run] = np.sqrt(np.sum(weights * (recorded[run] - centre[run]) ** 2))
    outcome = jax.vmap(lambda no_period, outcome: Outcome.where(no_period, outcome, Outcome.cycle))(
        jnp.isnan(period), found["outcome"]
    )
    return found | {"outcome": outcome, "period": period, "centre": centre, "size": size}
