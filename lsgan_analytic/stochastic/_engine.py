"""The machine room of ``simulate``: what one device does with a run, and the host's loop over chunks."""

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Mesh

from .._describe import describe, Description
from .._types import Players
from ..game import Game
from ..outcome import Evidence, FEW, Outcome
from ..parameters import vector
from ..restriction import Restriction
from ..trajectory import play, Progress
from ..updates.base import AbstractRule
from . import checkpoint as checkpoints
from ._sampling import AbstractSampler, Protocol
from .devices import gathered, mesh_of, over_runs, replicated, spread
from .summary import AbstractReducer

_CHUNKS = 20  # how often a watched or checkpointed simulation comes up for air
_AT_ONCE = 2**25  # numbers brought to the host in one chunk
_JUDGED = 20  # runs of many parameters that are judged side by side


@dataclasses.dataclass(frozen=True)
class Program:
    """The part of a plan that is compiled in."""

    save_every: int
    protocol: Protocol
    positions: tuple[int, ...]
    tile: int


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is to be simulated."""

    runs: int
    first_run: int
    samples: tuple[int, int]
    nodes: tuple[int, int] | None  # None: points
    steps: int
    save_every: int
    protocol: Protocol
    positions: tuple[int, ...]
    names: tuple[str, ...]
    tile: int

    @property
    def program(self) -> Program:
        """What the compiled programs depend on: other numbers compile nothing anew."""
        return Program(self.save_every, self.protocol, self.positions, self.tile)

    @property
    def before(self) -> int:
        """Runs computed and left out, so that each run has its place in a tile whatever the first one is."""
        return self.first_run % self.tile

    def own(self, values: Any) -> Any:
        """Of arrays over all that is computed, the runs that were asked for."""
        return jax.tree.map(lambda x: x[self.before : self.before + self.runs], values)

    @property
    def blocks(self) -> int:
        """Saved points after the start."""
        return self.steps // self.save_every

    @property
    def times(self) -> Array:
        """The steps after which points are saved."""
        return jnp.arange(0, self.steps + 1, self.save_every)


class Common(eqx.Module):
    """What all runs share."""

    game: Game
    rule: AbstractRule
    players: Players
    sampler: AbstractSampler
    key: Array  # raw data: typed keys do not cross processes
    first: Array
    implementation: str = eqx.field(static=True)

    def own_key(self, run: Array) -> Array:
        """The key of one run, whatever the number of runs."""
        return jax.random.fold_in(jax.random.wrap_key_data(self.key, impl=self.implementation), run)


@eqx.filter_jit
def begin(common: Common, ids: Array, plan: Program, mesh: Mesh) -> Progress:
    def one(shared: Common, _: Array) -> Progress:
        return Progress.begin(shared.rule, Restriction(shared.game, shared.players, plan.positions))

    return over_runs(one, mesh, plan.tile)(common, ids)


@eqx.filter_jit
def _advance(
    common: Common, ids: Array, now: Progress, blocks: int, plan: Program, mesh: Mesh
) -> tuple[Progress, Players]:
    """``blocks`` blocks more, of every run."""

    def one(shared: Common, own: tuple[Array, Progress]) -> tuple[Progress, Players]:
        run, now = own
        key = shared.own_key(run)
        draw = shared.sampler.draw
        fixed = draw(shared.game, key) if plan.protocol == "fixed" else None

        def game_at(k: Array) -> Game:
            drawn = draw(shared.game, jax.random.fold_in(key, k)) if fixed is None else fixed
            return shared.sampler.play_on(shared.game, drawn)

        return play(game_at, shared.rule, now, blocks, plan.save_every, shared.first)

    return over_runs(one, mesh, plan.tile)(common, (ids, now))


@eqx.filter_jit
def classify_outcome(
    common: Common, ids: Array, now: Progress, tolerance: Array, plan: Program, mesh: Mesh
) -> tuple[Outcome, Evidence]:
    """Each run on its own sample ("fixed") or on the exact game ("fresh")."""

    def one(shared: tuple[Common, Array], own: tuple[Array, Progress]) -> tuple[Outcome, Evidence]:
        (common, tolerance), (run, now) = shared, own
        game = common.game
        if plan.protocol == "fixed":
            game = common.sampler.play_on(game, common.sampler.draw(game, common.own_key(run)))
        return now.judged(game, common.rule, tolerance)

    tile = plan.tile
    if len(plan.positions) > FEW:  # the exact game of networks takes megabytes a run
        tile = max(part for part in range(1, _JUDGED + 1) if tile % part == 0)
    return over_runs(one, mesh, tile)((common, tolerance), (ids, now))


def not_judged(now: Progress) -> tuple[Outcome, Evidence]:
    """What is known of runs without asking how they ended: which of them were stopped."""

    def one(now: Progress) -> tuple[Outcome, Evidence]:
        unknown = jnp.full_like(vector(now.players), jnp.nan, shape=())
        ended = Outcome.where(now.outcome == Outcome.moving, Outcome.not_judged, now.outcome)
        return ended, Evidence(unknown, unknown, unknown, unknown)

    return jax.vmap(one)(now)


def identify(common: Common, plan: Plan, reducer: AbstractReducer) -> Description:
    """What two simulations must share to have the same paths: the numbers, and what a step computes."""
    mesh, ids = mesh_of(None), jnp.arange(plan.tile, dtype=jnp.uint32)

    def step(game: Game, rule: AbstractRule, players: Players, key: Array) -> Any:
        own = Common(game, rule, players, common.sampler, key, jnp.asarray(0), common.implementation)
        return _advance(own, ids, begin(own, ids, plan.program, mesh), 1, plan.program, mesh)

    arguments = {"game": common.game, "rule": common.rule, "players": common.players, "key": common.key}
    versions = {"jax": jax.__version__, "platform": jax.default_backend()}
    settings = {"generator of keys": common.implementation, "reducer": reducer, **versions}
    return describe(step, arguments, {**dataclasses.asdict(plan), **settings})


def run_chunks(
    common: Common,
    ids: Array,
    now: Progress,
    saved: list[Any],
    done: int,
    plan: Plan,
    mesh: Mesh,
    reducer: AbstractReducer,
    identity: Description | None,
    checkpoint: str | os.PathLike | None,
) -> tuple[Progress, list[Any]]:
    """The host's loop: a chunk of blocks, progress, a checkpoint, and again. Chunks do not change a bit."""
    from tqdm import tqdm

    watched = sys.stderr.isatty() and jax.process_index() == 0
    chunk = -(-plan.blocks // _CHUNKS) if watched or checkpoint is not None else plan.blocks
    one = sum(leaf.size for leaf in jax.tree.leaves(now.players))
    # of one block the compiler makes another program, with other bits: two at least, if there are two
    chunk = max(2, min(chunk, _AT_ONCE // one))
    bar = tqdm(total=plan.steps, initial=done * plan.save_every, disable=not watched, unit="step", leave=None)
    with bar:
        while done < plan.blocks:
            left = plan.blocks - done
            blocks = left if left <= chunk + 1 else chunk
            common = eqx.tree_at(lambda own: own.first, common, replicated(jnp.asarray(done), mesh))
            now, later = _advance(common, ids, now, blocks, plan.program, mesh)
            saved = [*saved, kept(later, reducer, plan)]
            done += blocks
            bar.update(blocks * plan.save_every)
            if checkpoint is not None and identity is not None:
                state = gathered(now)
                if jax.process_index() == 0:
                    arrays = _stored(state, joined(saved, reducer), done)
                    checkpoints.write(Path(checkpoint), identity, arrays)
    return now, saved


def kept(players: Players, reducer: AbstractReducer, plan: Plan) -> Any:
    """What stays of these points of all runs, on the host."""
    return reducer.take(plan.own(gathered(players)))


def joined(saved: Sequence[Any], reducer: AbstractReducer) -> Any:
    """All that was kept, in one."""
    return jax.tree.map(lambda *parts: np.concatenate(parts, axis=reducer.axis), *saved)


def _stored(now: Progress, saved: Any, done: int) -> dict[str, np.ndarray]:
    arrays = {f"now{i}": leaf for i, leaf in enumerate(jax.tree.leaves(now))}
    arrays |= {f"saved{i}": leaf for i, leaf in enumerate(jax.tree.leaves(saved))}
    return arrays | {"done": np.asarray(done)}


def restore(
    arrays: dict[str, np.ndarray], now: Progress, saved: Any, plan: Plan, mesh: Mesh
) -> tuple[Progress, list[Any], int]:
    """Progress, what was kept and blocks done. The checkpoint may come from another number of devices."""
    leaves, structure = jax.tree.flatten(now)
    form = jax.tree.structure(saved)
    names = {"done", *(f"now{i}" for i in range(len(leaves))), *(f"saved{i}" for i in range(form.num_leaves))}
    if names != set(arrays):
        raise ValueError(f"resume: expected arrays {sorted(names)} in the checkpoint, got {sorted(arrays)}")
    # padding runs are nobody's: repeat the last to fill up, or cut
    index = np.minimum(np.arange(leaves[0].shape[0]), plan.before + plan.runs - 1)
    state = [arrays[f"now{i}"][index] for i in range(len(leaves))]
    before = [arrays[f"saved{i}"] for i in range(form.num_leaves)]
    for have, want in zip(state, leaves, strict=True):
        if (have.shape, have.dtype) != (want.shape, want.dtype):
            found = f"{have.dtype} of shape {have.shape}"
            raise ValueError(f"resume: expected {want.dtype} of shape {want.shape}, got {found}")
    return (
        spread(jax.tree.unflatten(structure, state), mesh),
        [jax.tree.unflatten(form, before)],
        int(arrays["done"]),
    )
