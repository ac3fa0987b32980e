"""Stochastic training: the same update rule, played on sampled games."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import positive_number, typed_key
from .._types import Disc, Gen, Players, ScalarLike
from ..game import Game
from ..outcome import Evidence, Outcome
from ..parameters import Names, vector
from ..trajectory import checked_start, Progress
from ..updates.base import AbstractRule
from . import checkpoint as checkpoints
from ._engine import (
    begin,
    classify_outcome,
    Common,
    identify,
    joined,
    kept,
    not_judged,
    Plan,
    restore,
    run_chunks,
)
from ._on_nodes import NodeCount
from ._sampling import AbstractSampler, Protocol, Samples
from ._setup import plan_of, RUNS, sampler_of
from .devices import Devices, gathered, mesh_of, padded, replicated, spread
from .ensemble import Ensemble
from .origin import origin_of
from .summary import AbstractReducer, checked_levels, Statistics, Summary, WholePaths


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
    nodes: NodeCount = None,
    first_run: int = 0,
    save_every: int = 1,
    tile: int | None = None,
    devices: Devices = None,
    checkpoint: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    tolerance: ScalarLike | None = 1e-2,
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
        nodes: None: points are drawn. An integer N, at least 2: the counts of the points on about N nodes of
            each law are drawn in their place. What this costs does not depend on ``samples``, up to 2^53,
            and the runs have the law of runs on points up to the error of a Gauss rule: ``NodeCheck`` has
            the proof. The error is compared with the sampling noise along the exact path (``runs.nodes``).
            Above a hundredth of it there is a UserWarning, above 0.3 a ValueError. "auto": as many as it
            takes to be below a hundredth. For games that see samples through averages of smooth functions.
        first_run: run r of these is run first_run + r of the ensemble of this key, to the same bits (to
            rounding where a part is a single tile): parts of a large ensemble, which ``concat`` joins.
        save_every: keep every so many steps: T = 1 + steps / save_every points.
        tile: runs computed side by side: it bounds the memory. None: 20 on a CPU, elsewhere 1024, or as many
            as have 2^23 points of a law. Of the last tile all runs are computed. A run has the same bits in
            every ensemble of the same tile, on any number of devices and processes; in one of a single tile
            the compiled program is another, and a run may differ by rounding. Its evidence, computed once at
            the end, had the same bits too where it was tried, but by 4e-15 (relative) in one case.
        devices: a device, several, or a mesh with the one axis "runs"; None: the first local one. With
            several processes (``jax.distributed``) give ``jax.devices()``: each gets the whole result.
        checkpoint: file (.npz) written about every twentieth of the way.
        resume: checkpoint of this same simulation to go on from, to the same bits: the same numbers, the
            same computation (functions and optimisers are compared by what they compute, not by their
            names), version of JAX and platform. A rule that calls back to Python cannot be compared and is
            refused. Where there is no such file yet the simulation begins at the start.
        tolerance: as for ``trajectory``; the outcome of a run is judged on its own sample ("fixed") or on
            the exact game ("fresh"). None: not judged, and the evidence is NaN: of networks the exact game
            can cost more than all the steps (a second for a run of a pair with 16 units each).

    Returns:
        An ``Ensemble``. A run that overflows or leaves a domain is recorded and stops alone. One that ends
        on a cycle is *moving*: the outcome is judged at the end, for ``save_every`` may leave out what
        would show a cycle, and with fresh samples there is none. ``trajectory`` on the game of its sample
        tells.

    Raises:
        ValueError: counts < 1, steps no multiple of save_every, an unknown protocol, unknown
            names in ``free``, a start that is not finite, a tolerance that is no number > 0, devices that
            are none or given twice, a checkpoint of another simulation (naming the difference: its numbers,
            and what a step computes) or one that cannot be compared; nodes that are fewer than 2 or far too
            few, of a law that is a sample, or for a game that jumps; runs beyond 2^32. TypeError: not a key.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"))
    >>> runs.players.disc.b.shape, runs.values.shape
    ((4, 11), (4, 11, 2))
    """
    plan = plan_of(
        game, rule, players, runs, first_run, samples, steps, protocol, free, nodes, save_every, tile, devices
    )
    sampler, plan, check = sampler_of(game, rule, players, plan, nodes)
    paths, last, outcome, seen = _simulate(
        game, rule, players, key, plan, sampler, WholePaths(), devices, checkpoint, resume, tolerance
    )
    paths = jax.tree.map(jnp.asarray, paths)
    origin = origin_of(game, rule, checked_start(players), typed_key(key), plan)
    return Ensemble(paths, plan.times, outcome, seen, last.steps_taken, plan.names, check, origin)


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
    nodes: NodeCount = None,
    first_run: int = 0,
    save_every: int = 1,
    tile: int | None = None,
    devices: Devices = None,
    checkpoint: str | os.PathLike | None = None,
    resume: str | os.PathLike | None = None,
    tolerance: ScalarLike | None = 1e-2,
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
    plan = plan_of(
        game, rule, players, runs, first_run, samples, steps, protocol, free, nodes, save_every, tile, devices
    )
    reducer = Statistics(plan.positions, checked_levels(quantiles))
    sampler, plan, check = sampler_of(game, rule, players, plan, nodes)
    statistics, last, outcome, seen = _simulate(
        game, rule, players, key, plan, sampler, reducer, devices, checkpoint, resume, tolerance
    )
    mean, covariance, levels = map(jnp.asarray, statistics)
    ends = jax.vmap(vector)(last.players)[:, np.asarray(plan.positions)]
    taken = last.steps_taken
    return Summary(
        mean,
        covariance,
        levels,
        ends,
        plan.times,
        outcome,
        seen,
        taken,
        reducer.levels,
        plan.names,
        check,
        origin_of(game, rule, checked_start(players), typed_key(key), plan),
    )


def _simulate(
    game: Game,
    rule: AbstractRule,
    players: Players,
    key: Array,
    plan: Plan,
    sampler: AbstractSampler,
    reducer: AbstractReducer,
    devices: Devices,
    checkpoint: str | os.PathLike | None,
    resume: str | os.PathLike | None,
    tolerance: ScalarLike | None,
) -> tuple[Any, Progress, Outcome, Evidence]:
    """What was kept, and per run its end, outcome and evidence."""
    limit = None if tolerance is None else positive_number("tolerance")(tolerance)
    mesh, typed = mesh_of(devices), typed_key(key)
    common = Common(
        game,
        rule,
        checked_start(players),
        sampler,
        jax.random.key_data(typed),
        jnp.asarray(0),
        implementation=str(jax.random.key_impl(typed)),
    )
    asked = checkpoint is not None or resume is not None
    identity = identify(common, plan, reducer) if asked else None
    common = replicated(common, mesh)
    first = plan.first_run - plan.before
    ids = first + np.arange(padded(plan.before + plan.runs, plan.tile, mesh), dtype=np.int64)
    ids = spread((ids % RUNS).astype(np.uint32), mesh)
    now = begin(common, ids, plan.program, mesh)
    saved = [kept(jax.tree.map(lambda x: x[:, None], now.players), reducer, plan)]
    done = 0
    if resume is not None and identity is not None and Path(resume).exists():
        now, saved, done = restore(checkpoints.read(resume, identity), now, saved[0], plan, mesh)
    now, saved = run_chunks(common, ids, now, saved, done, plan, mesh, reducer, identity, checkpoint)
    outcome, seen = not_judged(now)
    if limit is not None:
        outcome, seen = classify_outcome(common, ids, now, replicated(limit, mesh), plan.program, mesh)
    last = jax.tree.map(jnp.asarray, plan.own(gathered((now, outcome, seen))))
    return joined(saved, reducer), *last
