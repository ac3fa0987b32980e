"""Where training ends, from every start on a grid."""

from collections.abc import Mapping
from typing import Any, Generic

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from .._checks import checked_int, Numbers, positive_number
from .._describe import Description
from .._threads import each_part
from .._types import Disc, Gen, Players, ScalarLike, Vector
from ..game import AbstractGame, checked_game
from ..outcome import Evidence, Outcome
from ..parameters import indices, Names
from ..updates.base import AbstractRule, checked_rule
from ._runs import Call, Distance, ends as _ends
from .surface import axis_values


class Basins(eqx.Module, Generic[Disc, Gen]):
    """The ends of all runs; every array leads with the axes of ``grid``, (n, m) for two names.

    Attributes:
        grid: the names and values of the starts.
        players: the end points; outcome, evidence: how each run ended, and the numbers behind it.
        steps_taken: valid steps; fewer than ``steps`` where a run was stopped.
        settled: the first step after which the field stayed at or below the tolerance (0: from the start);
            -1 where it is above at the end and where the run was stopped.
        distance: that of the end point; closest: the least along the path (start and end included);
            closest_step: the step at which it was.
        period: of a run that ends on a cycle, the steps after which it comes back; else NaN.
        centre: (..., n), the free parameters at the end, of a run on a cycle their mean over it; size: the
            root mean square of the distances from it, 0 unless on a cycle.
        finished: False for starts an interruption left out: there numbers are NaN, steps -1.
        setting: what the call was, as JSON: its numbers, and digests of what a run computes.
    """

    grid: dict[str, Vector]
    players: Players[Disc, Gen]
    outcome: Outcome
    evidence: Evidence
    steps_taken: Int[Array, "..."]
    settled: Int[Array, "..."]
    distance: Float[Array, "..."]
    closest: Float[Array, "..."]
    closest_step: Int[Array, "..."]
    period: Float[Array, "..."]
    centre: Float[Array, "... n"]
    size: Float[Array, "..."]
    finished: Bool[np.ndarray, "..."]
    setting: str = eqx.field(static=True)


def checked_basins(found: Basins) -> Basins:
    """``found``; ValueError if it is not what ``basins`` gives."""
    if not isinstance(found, Basins):
        raise ValueError(f"found: expected what lsgan.basins gives, got {found!r}")
    return found


def basins(
    game: AbstractGame,
    rule: AbstractRule,
    players: Players[Disc, Gen],
    grid: Mapping[str, Numbers],
    steps: int,
    free: Names = None,
    tolerance: ScalarLike = 1e-2,
    distance: Distance | None = None,
    chunk: int = 256,
    resume: Basins | None = None,
) -> Basins[Disc, Gen]:
    """Play ``rule`` from every start on a grid; keep the end of every run and what it came past.

    Args:
        game, rule, players, steps, free, tolerance: as for ``trajectory``; ``players`` give the parameters
            that ``grid`` does not.
        grid: parameter name -> values (a vector). The results have one axis each, in this order.
        distance: of players from the goal, a function of one pair; None: the Wasserstein-1 distance between
            the data and the law of G(z), both on the line (units of x); NaN for a game without laws.
        chunk: starts played at a time on each core: it bounds the memory, whatever the size of the grid.
        resume: an interrupted result of the same call; only the starts it lacks are played.

    Returns:
        ``Basins``. No path is stored, but for its end while it is played: *cycle* is the statement of
        ``trajectory``, of the last half of a run or of its last 4096 steps if these are fewer. An
        interruption (Ctrl-C) warns and returns what is finished. Progress is shown if stderr is a terminal.
        float32 players take about a third of the time.

    Raises:
        ValueError: bad names or values, as for ``trajectory`` and ``surface``; chunk < 1; a ``resume`` of
            another setting.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> starts = {"b": [-3.0, 0.0], "h": [-2.0, 1.0, 4.0]}
    >>> found = lsgan.basins(game, lsgan.Simultaneous(step=0.4), players, starts, steps=249, free=("b", "h"))
    >>> found.outcome == lsgan.Outcome.plateau
    Array([[ True,  True,  True],
           [ True,  True,  True]], dtype=bool)
    """
    checked_game(game)
    checked_rule(rule)
    positions, _ = indices(players, free), indices(players, tuple(grid), "grid")
    steps, chunk = checked_int(steps, "steps"), checked_int(chunk, "chunk")
    rule.check(steps)
    axes, limit = axis_values(grid, "grid"), positive_number("tolerance")(tolerance)
    call = Call(game, rule, players, axes, limit, distance, tuple(grid), steps, positions)
    setting = call.described()
    if resume is not None and (
        difference := Description.from_json(resume.setting).difference(setting, "earlier result")
    ):
        raise ValueError(f"resume: is of another setting: {difference}")
    shape = tuple(axis.size for axis in axes)
    todo = np.arange(np.prod(shape)) if resume is None else np.flatnonzero(~resume.finished)
    width = min(chunk, max(todo.size, 1))

    def ends(part: np.ndarray) -> Any:
        starts = np.resize(part, width)  # the last chunk is filled up, so that nothing is compiled twice
        found = _ends(call, starts)
        return jax.tree.map(lambda leaf: np.asarray(leaf)[: part.size], found)

    parts = [todo[i : i + width] for i in range(0, todo.size, width)]
    found = each_part(ends, parts, todo.size)
    if not found:
        if resume is None:
            raise KeyboardInterrupt
        return resume
    return Basins(
        dict(zip(grid, axes, strict=True)), **_assembled(shape, found, resume), setting=setting.to_json()
    )


def _assembled(
    shape: tuple[int, ...], found: list[tuple[np.ndarray, Any]], before: Basins | None
) -> dict[str, Any]:
    """All chunks in their places, on what there was before or on blanks."""
    places = np.concatenate([part for part, _ in found])
    names = found[0][1]

    def whole(old: Array | None, *new: np.ndarray) -> Array:
        parts = np.concatenate(new)
        blank = np.nan if parts.dtype.kind == "f" else -1
        full = np.full((*shape, *parts.shape[1:]), blank, parts.dtype) if old is None else np.array(old)
        full.reshape(-1, *parts.shape[1:])[places] = parts
        return jnp.asarray(full)

    finished = np.zeros(shape, bool) if before is None else before.finished.copy()
    finished.ravel()[places] = True
    old = {
        name: jax.tree.map(lambda _: None, part) if before is None else getattr(before, name)
        for name, part in names.items()
    }
    ends = jax.tree.map(whole, old, *(ends for _, ends in found), is_leaf=lambda leaf: leaf is None)
    return {**ends, "finished": finished}
