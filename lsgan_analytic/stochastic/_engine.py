"""The machine room of ``simulate``: what one device does with a run, and the host's loop over chunks."""

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh

from .._types import Players
from ..game import Game
from ..outcome import Evidence, Outcome
from ..parameters import HeldGame
from ..trajectory import play, Progress
from ..updates.base import AbstractRule
from . import checkpoint as checkpoints
from ._sampling import Protocol, sampled
from .devices import gathered, over_runs, replicated, spread

_CHUNKS = 20  # how often a watched or checkpointed simulation comes up for air


@dataclasses.dataclass(frozen=True)
class Plan:
    """The static part of a simulation."""

    runs: int
    samples: tuple[int, int]
    steps: int
    save_every: int
    protocol: Protocol
    positions: tuple[int, ...]
    tile: int

    @property
    def blocks(self) -> int:
        """Saved points after the start."""
        return self.steps // self.save_every


class Common(eqx.Module):
    """What all runs share."""

    game: Game
    rule: AbstractRule
    players: Players
    key: Array  # raw data: typed keys do not cross processes
    first: Array
    implementation: str = eqx.field(static=True)

    def own_key(self, run: Array) -> Array:
        """The key of one run, whatever the number of runs."""
        return jax.random.fold_in(jax.random.wrap_key_data(self.key, impl=self.implementation), run)


@eqx.filter_jit
def begin(common: Common, ids: Array, plan: Plan, mesh: Mesh) -> Progress:
    return over_runs(lambda shared, _: Progress.begin(shared.rule, shared.players), mesh, plan.tile)(
        common, ids
    )


@eqx.filter_jit
def _advance(
    common: Common, ids: Array, now: Progress, blocks: int, plan: Plan, mesh: Mesh
) -> tuple[Progress, Players]:
    """``blocks`` blocks more, of every run."""

    def one(shared: Common, own: tuple[Array, Progress]) -> tuple[Progress, Players]:
        run, now = own
        key = shared.own_key(run)
        if plan.protocol == "fixed":
            always = HeldGame(sampled(shared.game, key, plan.samples), plan.positions)

            def game_at(k: Array) -> HeldGame:
                return always
        else:

            def game_at(k: Array) -> HeldGame:
                return HeldGame(
                    sampled(shared.game, jax.random.fold_in(key, k), plan.samples), plan.positions
                )

        return play(game_at, shared.rule, now, blocks, plan.save_every, shared.first)

    return over_runs(one, mesh, plan.tile)(common, (ids, now))


@eqx.filter_jit
def judge(
    common: Common, ids: Array, now: Progress, tolerance: Array, plan: Plan, mesh: Mesh
) -> tuple[Outcome, Evidence]:
    """Each run on its own sample ("fixed") or on the exact game ("fresh")."""

    def one(shared: tuple[Common, Array], own: tuple[Array, Progress]) -> tuple[Outcome, Evidence]:
        (common, tolerance), (run, now) = shared, own
        game = common.game
        if plan.protocol == "fixed":
            game = sampled(game, common.own_key(run), plan.samples)
        return now.judged(HeldGame(game, plan.positions), common.rule, plan.positions, tolerance)

    return over_runs(one, mesh, plan.tile)((common, tolerance), (ids, now))


def go_on(
    common: Common,
    ids: Array,
    now: Progress,
    saved: list[Players],
    done: int,
    plan: Plan,
    mesh: Mesh,
    config: dict[str, str],
    checkpoint: str | os.PathLike | None,
) -> tuple[Progress, list[Players]]:
    """The host's loop: a chunk of blocks, progress, a checkpoint, and again. Chunks do not change a bit."""
    from tqdm import tqdm

    watched = sys.stderr.isatty() and jax.process_index() == 0
    chunk = -(-plan.blocks // _CHUNKS) if watched or checkpoint is not None else plan.blocks
    bar = tqdm(total=plan.steps, initial=done * plan.save_every, disable=not watched, unit="step")
    with bar:
        while done < plan.blocks:
            blocks = min(chunk, plan.blocks - done)
            common = eqx.tree_at(lambda own: own.first, common, replicated(jnp.asarray(done), mesh))
            now, later = _advance(common, ids, now, blocks, plan, mesh)
            saved = [*saved, gathered(later)]
            done += blocks
            bar.update(blocks * plan.save_every)
            if checkpoint is not None:
                state = gathered(now)
                if jax.process_index() == 0:
                    checkpoints.write(Path(checkpoint), config, _stored(state, saved, done))
    return now, saved


def _stored(now: Progress, saved: Sequence[Players], done: int) -> dict[str, np.ndarray]:
    paths = jax.tree.map(lambda *parts: np.concatenate(parts, axis=1), *saved)
    arrays = {f"now{i}": leaf for i, leaf in enumerate(jax.tree.leaves(now))}
    arrays |= {f"saved{i}": leaf for i, leaf in enumerate(jax.tree.leaves(paths))}
    return arrays | {"done": np.asarray(done)}


def restore(
    arrays: dict[str, np.ndarray], now: Progress, saved: Players, plan: Plan, mesh: Mesh
) -> tuple[Progress, list[Players], int]:
    """Progress, paths and blocks done. The checkpoint may come from another number of devices."""
    total = jax.tree.leaves(now)[0].shape[0]

    def fitted(value: np.ndarray) -> np.ndarray:
        """Padding runs are nobody's: repeat the last to fill up, or cut."""
        index = np.minimum(np.arange(total), plan.runs - 1)
        return value[index]

    leaves, structure = jax.tree.flatten(now)
    state = [fitted(arrays[f"now{i}"]) for i in range(len(leaves))]
    paths, form = jax.tree.flatten(saved)
    kept = [fitted(arrays[f"saved{i}"]) for i in range(len(paths))]
    return (
        spread(jax.tree.unflatten(structure, state), mesh),
        [jax.tree.unflatten(form, kept)],
        int(arrays["done"]),
    )
