"""Where runs come from: the game, the rule and all numbers, as text that a file can hold."""

import dataclasses
import importlib.metadata
import json
from itertools import pairwise
from typing import Any

import jax

from .._describe import changed, noted
from ..game import Game
from ..updates.base import AbstractRule
from ._engine import Plan

_OWN = ("runs", "first_run")  # in which parts of one ensemble differ


def origin_of(game: Game, rule: AbstractRule, players: Any, key: jax.Array, plan: Plan) -> str:
    """Canonical JSON: facts by name, each a text, and which runs of the ensemble these are."""
    settings = dataclasses.asdict(plan)
    own = {name: settings.pop(name) for name in _OWN}
    versions = {
        "lsgan_analytic": importlib.metadata.version("lsgan_analytic"),
        "jax": jax.__version__,
        "platform": jax.default_backend(),
    }
    arguments = {"game": game, "rule": rule, "players": players, "key": key}
    return json.dumps({"facts": noted({**arguments, **settings, **versions}), **own}, sort_keys=True)


@dataclasses.dataclass(frozen=True)
class Part:
    """Which runs of which ensemble."""

    facts: dict[str, str]
    first_run: int
    runs: int

    @classmethod
    def of(cls, origin: str, index: int) -> "Part":
        """Of part number ``index`` of several."""
        if not origin:
            raise ValueError(
                "parts: expected results of simulate or simulate_summary, whose origin is known; that of "
                f"parts[{index}] is not"
            )
        return cls(**json.loads(origin))


def checked_parts(origins: list[str]) -> list[int]:
    """The order of parts that make up one ensemble without a gap; ValueError where they do not."""
    parts = [Part.of(origin, i) for i, origin in enumerate(origins)]
    for i, part in enumerate(parts):
        if difference := changed(parts[0].facts, part.facts, "in parts[0]", f"in parts[{i}]"):
            raise ValueError(f"parts: expected parts of one ensemble, but {difference}")
    order = sorted(range(len(parts)), key=lambda i: parts[i].first_run)
    for before, after in pairwise(order):
        end, start = parts[before].first_run + parts[before].runs, parts[after].first_run
        if start > end:
            raise ValueError(f"parts: expected runs without a gap, but runs {end} to {start - 1} are missing")
        if start < end:
            last = min(end, start + parts[after].runs) - 1
            raise ValueError(
                f"parts: expected every run once, but runs {start} to {last} are in parts[{before}] and in "
                f"parts[{after}]"
            )
    return order


def joined_origin(origins: list[str]) -> str:
    """That of the whole, from those of its parts in order."""
    whole = [json.loads(origin) for origin in origins]
    return json.dumps(whole[0] | {"runs": sum(part["runs"] for part in whole)}, sort_keys=True)
