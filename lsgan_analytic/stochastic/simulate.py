"""Stochastic training: the same update rule, played on sampled games."""

import dataclasses
import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from .._checks import count, positive
from .._types import Players
from ..game import Game
from ..parameters import indices, Names, parameter_names
from ..trajectory import checked_start
from ..updates.base import AbstractRule
from . import checkpoint as checkpoints
from ._engine import begin, Common, go_on, judge, Plan, restore
from ._sampling import checked_protocol, pair, Protocol, Samples, typed_key
from .devices import Devices, gathered, mesh_of, padded, replicated, spread
from .ensemble import Ensemble

TILE = 20


def simulate(
    game: Game,
    rule: AbstractRule,
    players: Players,
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
    tolerance: ArrayLike = 1e-2,
) -> Ensemble:
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
            every ensemble of the same tile, on any number of devices and processes.
        devices: devices, or a mesh with the one axis "runs"; None: the first local device. With several
            processes (``jax.distributed``) give ``jax.devices()``: each gets the whole result.
        checkpoint: file (.npz) written about every twentieth of the way.
        resume: checkpoint of this same simulation to go on from, to the same bits.
        tolerance: as for ``trajectory``; the outcome of a run is judged on its own sample ("fixed") or on
            the exact game ("fresh").

    Returns:
        An ``Ensemble``. A run that overflows or leaves a domain is recorded and stops alone.

    Raises:
        ValueError: counts < 1, steps no multiple of save_every, tile > runs, an unknown protocol, unknown
            names in ``free``, a start that is not finite, devices that are none, a checkpoint of another
            simulation (naming the difference). TypeError: not a key.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"))
    >>> runs.players.disc.b.shape, runs.values.shape
    ((4, 11), (4, 11, 2))
    """
    plan = _plan(players, runs, samples, steps, protocol, free, save_every, tile)
    mesh, typed = mesh_of(devices), typed_key(key)
    config = {
        "game": checkpoints.describe(game),
        "rule": checkpoints.describe(rule),
        "players": checkpoints.describe(players),
        "key": f"{jax.random.key_impl(typed)} {np.asarray(jax.random.key_data(typed)).tolist()}",
        **{name: str(value) for name, value in dataclasses.asdict(plan).items()},
    }
    common = Common(
        *replicated((game, rule, checked_start(players), jax.random.key_data(typed), jnp.asarray(0)), mesh),
        implementation=str(jax.random.key_impl(typed)),
    )
    ids = spread(np.arange(padded(plan.runs, plan.tile, mesh), dtype=np.uint32), mesh)
    now = begin(common, ids, plan, mesh)
    saved = [gathered(jax.tree.map(lambda x: x[:, None], now.players))]
    done = 0
    if resume is not None:
        now, saved, done = restore(checkpoints.read(resume, config), now, saved[0], plan, mesh)
    now, saved = go_on(common, ids, now, saved, done, plan, mesh, config, checkpoint)
    outcome, seen = gathered(
        judge(common, ids, now, replicated(positive("tolerance")(tolerance), mesh), plan, mesh)
    )

    def whole(values: Any) -> Any:
        return jax.tree.map(lambda x: jnp.asarray(x[: plan.runs]), values)

    paths = jax.tree.map(lambda *parts: np.concatenate(parts, axis=1), *saved)
    names = tuple(parameter_names(players)[i] for i in plan.positions)
    times = jnp.arange(0, plan.steps + 1, plan.save_every)
    return Ensemble(whole(paths), times, whole(outcome), whole(seen), whole(gathered(now.steps_taken)), names)


def _plan(players, runs, samples, steps, protocol, free, save_every, tile) -> Plan:
    runs, steps, save_every = count(runs, "runs"), count(steps, "steps"), count(save_every, "save_every")
    if steps % save_every:
        raise ValueError(f"steps: expected a multiple of save_every={save_every}, got {steps}")
    if tile is not None and count(tile, "tile") > runs:
        raise ValueError(f"tile: expected at most runs={runs}, got {tile}")
    positions = indices(players, free)
    return Plan(runs, pair(samples), steps, save_every, checked_protocol(protocol), positions, tile or TILE)
