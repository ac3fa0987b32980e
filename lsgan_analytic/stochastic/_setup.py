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
from ._sampling import AbstractSampler, checked_protocol, pair, Points
from .node_check import NodeCheck

TILE = 20
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


def plan_of(game, rule, players, runs, first_run, samples, steps, protocol, free, save_every, tile) -> Plan:
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
    if tile is not None and checked_int(tile, "tile") > runs:
        raise ValueError(f"tile: expected at most runs={runs}, got {tile}")
    positions = indices(checked_start(players), free)
    every = parameter_names(players)
    names = tuple(every[i] for i in positions)
    checked = checked_protocol(protocol)
    sizes = pair(samples)
    return Plan(runs, first_run, sizes, None, steps, save_every, checked, positions, names, tile or TILE)
