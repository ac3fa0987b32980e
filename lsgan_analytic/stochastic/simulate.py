"""Stochastic training: the same update rule, played on sampled games."""

import os
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import checked_int, positive_number, typed_key
from .._types import Disc, Gen, Players, ScalarLike
from ..game import Game
from ..outcome import Evidence, Outcome
from ..parameters import indices, Names, parameter_names, vector
from ..trajectory import checked_start, Progress
from ..updates.base import AbstractRule, checked_rule
from . import checkpoint as checkpoints
from ._engine import begin, classify_outcome, Common, identify, joined, kept, Plan, restore, run_chunks
from ._sampling import checked_protocol, pair, Protocol, Samples
from .devices import Devices, gathered, mesh_of, padded, replicated, spread
from .ensemble import Ensemble
from .summary import AbstractReducer, checked_levels, Statistics, Summary, WholePaths

TILE = 20


def simulate(
    game: Game,
    rule: AbstractRule,
    players: Players[Disc, Gen],
    *,
    key: Array,
    runs: int,
    samples: Samples,
    steps: int,
    protocol: Protocol = "fixed",
    free: Names = None,
    save_every: int = 1,
    tile: int | None = None,
    devices: Devices = None,
    checkpoint: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    tolerance: ScalarLike = 1e-2,
) -> Ensemble[Disc, Gen]:
    """Play ``rule`` on games drawn from ``game``: R = runs independent runs from one start.

    Args:
        game: the exact game; its laws are what is sampled.
        rule: an update rule.
        players: the common start.
        key: a JAX random key, typed or raw. Run r uses ``fold_in(key, r)``: its result does not depend on
            how many runs there are.
        runs: number of runs.
        samples: points per sample of each law; a pair (data, latent) for different numbers.
        steps: number of steps; a multiple of ``save_every``.
        protocol: "fixed": each run draws one data set and one latent set and descends on those (what
            Pulford & Kondrashov did). "fresh": a new sample at every step (stochastic gradient descent).
        free: names of the parameters that move (None: all).
        save_every: keep every so many steps: T = 1 + steps / save_every points.
        tile: runs computed side by side (default 20): it bounds the memory. A run has the same bits in
            every ensemble of the same tile, on any number of devices and processes. Its evidence, computed
            once at the end, had the same bits too where it was tried, but by 4e-15 (relative) in one case.
        devices: a device, several, or a mesh with the one axis "runs"; None: the first local one. With
            several processes (``jax.distributed``) give ``jax.devices()``: each gets the whole result.
        checkpoint: file (.npz) written about every twentieth of the way.
        resume: checkpoint of this same simulation to go on from, to the same bits: the same numbers, the
            same computation (functions and optimisers are compared by what they compute, not by their
            names), version of JAX and platform. A rule that calls back to Python cannot be compared and is
            refused.
        tolerance: as for ``trajectory``; the outcome of a run is judged on its own sample ("fixed") or on
            the exact game ("fresh").

    Returns:
        An ``Ensemble``. A run that overflows or leaves a domain is recorded and stops alone.

    Raises:
        ValueError: counts < 1, steps no multiple of save_every, tile > runs, an unknown protocol, unknown
            names in ``free``, a start that is not finite, a tolerance that is no number > 0, devices that
            are none or given twice, a checkpoint of another simulation (naming the difference: its numbers,
            and what a step computes) or one that cannot be compared. TypeError: not a key.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"))
    >>> runs.players.disc.b.shape, runs.values.shape
    ((4, 11), (4, 11, 2))
    """
    plan = _plan(game, rule, players, runs, samples, steps, protocol, free, save_every, tile)
    paths, last, outcome, seen = _simulate(
        game, rule, players, key, plan, WholePaths(), devices, checkpoint, resume, tolerance
    )
    paths = jax.tree.map(jnp.asarray, paths)
    return Ensemble(paths, plan.times, outcome, seen, last.steps_taken, plan.names)


def simulate_summary(
    game: Game,
    rule: AbstractRule,
    players: Players,
    *,
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    key: Array,
    runs: int,
    samples: Samples,
    steps: int,
    protocol: Protocol = "fixed",
    free: Names = None,
    save_every: int = 1,
    tile: int | None = None,
    devices: Devices = None,
    checkpoint: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    tolerance: ScalarLike = 1e-2,
) -> Summary:
    """``simulate`` for ensembles too big to keep: statistics over the runs instead of their paths.

    The runs are those of ``simulate`` with the same arguments. Memory does not grow with ``steps``, but
    for the statistics themselves: they are exact, taken chunk by chunk over all runs.

    Args:
        quantiles: levels in [0, 1], ValueError otherwise. All others as for ``simulate``.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> summary = lsgan.simulate_summary(game, lsgan.Simultaneous(step=0.4), players, quantiles=(0.1, 0.9),
    ...                                  key=jax.random.key(0), runs=4, samples=100, steps=10)
    >>> summary.mean.shape, summary.quantiles.shape, summary.ends.shape
    ((11, 4), (11, 2, 4), (4, 4))
    """
    plan = _plan(game, rule, players, runs, samples, steps, protocol, free, save_every, tile)
    reducer = Statistics(plan.positions, checked_levels(quantiles))
    statistics, last, outcome, seen = _simulate(
        game, rule, players, key, plan, reducer, devices, checkpoint, resume, tolerance
    )
    mean, covariance, levels = map(jnp.asarray, statistics)
    ends = jax.vmap(vector)(last.players)[:, np.asarray(plan.positions)]
    taken = last.steps_taken
    return Summary(
        mean, covariance, levels, ends, plan.times, outcome, seen, taken, reducer.levels, plan.names
    )


def _simulate(
    game: Game,
    rule: AbstractRule,
    players: Players,
    key: Array,
    plan: Plan,
    reducer: AbstractReducer,
    devices: Devices,
    checkpoint: str | os.PathLike | None,
    resume: str | os.PathLike | None,
    tolerance: ScalarLike,
) -> tuple[Any, Progress, Outcome, Evidence]:
    """What was kept, and per run its end, outcome and evidence."""
    rule.check(plan.steps)
    limit = positive_number("tolerance")(tolerance)
    mesh, typed = mesh_of(devices), typed_key(key)
    common = Common(
        game,
        rule,
        checked_start(players),
        jax.random.key_data(typed),
        jnp.asarray(0),
        implementation=str(jax.random.key_impl(typed)),
    )
    asked = checkpoint is not None or resume is not None
    identity = identify(common, plan, reducer) if asked else None
    common = replicated(common, mesh)
    ids = spread(np.arange(padded(plan.runs, plan.tile, mesh), dtype=np.uint32), mesh)
    now = begin(common, ids, plan, mesh)
    saved = [kept(jax.tree.map(lambda x: x[:, None], now.players), reducer, plan)]
    done = 0
    if resume is not None and identity is not None:
        now, saved, done = restore(checkpoints.read(resume, identity), now, saved[0], plan, mesh)
    now, saved = run_chunks(common, ids, now, saved, done, plan, mesh, reducer, identity, checkpoint)
    outcome, seen = classify_outcome(common, ids, now, replicated(limit, mesh), plan, mesh)
    last = jax.tree.map(lambda x: jnp.asarray(x[: plan.runs]), gathered((now, outcome, seen)))
    return joined(saved, reducer), *last


def _plan(game, rule, players, runs, samples, steps, protocol, free, save_every, tile) -> Plan:
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a lsgan.Game, whose laws can be sampled, got {game!r}")
    checked_rule(rule)
    runs, steps, save_every = (
        checked_int(runs, "runs"),
        checked_int(steps, "steps"),
        checked_int(save_every, "save_every"),
    )
    if steps % save_every:
        raise ValueError(f"steps: expected a multiple of save_every={save_every}, got {steps}")
    if tile is not None and checked_int(tile, "tile") > runs:
        raise ValueError(f"tile: expected at most runs={runs}, got {tile}")
    positions = indices(checked_start(players), free)
    every = parameter_names(players)
    names = tuple(every[i] for i in positions)
    checked = checked_protocol(protocol)
    return Plan(runs, pair(samples), steps, save_every, checked, positions, names, tile or TILE)
