"""The arguments of a simulation, checked, and what follows from them."""

import dataclasses

from .._checks import checked_int
from .._types import Players
from ..game import Game
from ..parameters import indices, parameter_names
from ..restriction import Restriction
from ..trajectory import checked_start
from ..updates.base import AbstractRule, checked_rule
from ._engine import Plan
from ._on_nodes import NodeCount, on_nodes
from ._sampling import AbstractSampler, checked_protocol, pair, Points, Samples
from .devices import mesh_of
from .node_check import NodeCheck

_TILE = 20  # runs side by side on a CPU: what its caches hold
_LARGEST_TILE, _AT_ONCE = 1024, 2**23  # on other devices: runs, and points of a law; what fills a large GPU
_NODES = 256  # of a law, where their number is not known yet
RUNS = 2**32  # whose keys are different


def sampler_of(
    game: Game, rule: AbstractRule, players: Players, plan: Plan, nodes: NodeCount
) -> tuple[AbstractSampler, Plan, NodeCheck | None]:
    """How samples are drawn, the plan with it, and how good the nodes are, if there are some."""
    if nodes is None:
        return Points(plan.samples), plan, None
    part = Restriction(game, checked_start(players), plan.positions)
    sampler, check = on_nodes(game, rule, part, nodes, plan.samples, plan.steps, plan.protocol)
    return sampler, dataclasses.replace(plan, nodes=check.sizes), check


def default_tile(samples: Samples, on_nodes: bool, platform: str) -> int:
    """How many runs are computed side by side: a few on a CPU, elsewhere what fills a device."""
    if platform == "cpu":
        return _TILE
    points = _NODES if on_nodes else max(pair(samples))
    return min(_LARGEST_TILE, max(_TILE, _AT_ONCE // points))


def plan_of(
    game, rule, players, runs, first_run, samples, steps, protocol, free, nodes, save_every, tile, devices
) -> Plan:
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a lsgan.Game, whose laws can be sampled, got {game!r}")
    checked_rule(rule).check(checked_int(steps, "steps"))
    first_run = checked_int(first_run, "first_run", 0)
    runs, steps, save_every = (
        checked_int(runs, "runs"),
        checked_int(steps, "steps"),
        checked_int(save_every, "save_every"),
    )
    if steps % save_every:
        raise ValueError(f"steps: expected a multiple of save_every={save_every}, got {steps}")
    if first_run + runs > RUNS:
        raise ValueError(f"runs: expected first_run + runs <= 2**32, got {first_run} + {runs}")
    positions = indices(checked_start(players), free)
    every = parameter_names(players)
    names = tuple(every[i] for i in positions)
    checked = checked_protocol(protocol)
    sizes = pair(samples)
    platform = mesh_of(devices).devices.flat[0].platform
    tile = default_tile(sizes, nodes is not None, platform) if tile is None else checked_int(tile, "tile")
    return Plan(runs, first_run, sizes, None, steps, save_every, checked, positions, names, tile)
