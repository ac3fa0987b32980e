"""What a proof leaves behind: a statement, and all that is needed to check it again."""

import dataclasses
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .._files import write_whole
from .._types import Players
from ..game import AbstractGame
from ._balls import Region
from ._description import description
from ._model import Model

PROVED, UNDECIDED = "proved", "undecided"
_POSITIVE = {"data.rate", "latent.rate", "data.std", "latent.std", "latent.scale"}
Box = Mapping[str, tuple[float, float]]


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A theorem about one game, or the news that it was not proved.

    Attributes:
        claim: which theorem: "no_stationary_point", "stationary_point", "kind", "bounds", "path" or
            "truth_line".
        verdict: "proved", or "undecided". It never says that a claim is false.
        statement: the theorem in a sentence.
        game: the game and its players as exact text (see ``_description.py``).
        names: the variables of the box, in the order of all boxes here.
        box: ((low, high), ...) in the order of ``names``.
        precision: bits of the arithmetic.
        parts: the steps of the proof, one a part of the box, each with its "box".
        left: boxes of which nothing was proved; empty where all was.
        result: numbers, as exact text where they are balls ("m e r f": m 2^e within r 2^f).

    ``tests/check_certificate.py`` checks a saved certificate; it shares nothing with the prover but Arb.
    """

    claim: str
    verdict: str
    statement: str
    game: dict[str, Any]
    names: tuple[str, ...]
    box: Region
    precision: int
    parts: tuple[dict[str, Any], ...] = ()
    left: tuple[Region, ...] = ()
    result: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether it is proved."""
        return self.verdict == PROVED

    def save(self, path: str | os.PathLike) -> None:
        """JSON; floats as hexadecimal text, so that nothing is lost. OSError as for any file."""
        record = dataclasses.asdict(self) | {
            "box": written(self.box),
            "left": [written(region) for region in self.left],
        }
        record["parts"] = [part | {"box": written(part["box"])} for part in self.parts]
        write_whole(Path(path), lambda file: file.write((json.dumps(record, indent=1) + "\n").encode()))

    @classmethod
    def load(cls, path: str | os.PathLike) -> Self:
        """The certificate of ``save``."""
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        record |= {"names": tuple(record["names"]), "box": read(record["box"])}
        record["parts"] = tuple(part | {"box": read(part["box"])} for part in record["parts"])
        record["left"] = tuple(read(region) for region in record["left"])
        return cls(**record)


def written(region: Region) -> list[list[str]]:
    """A box as exact text."""
    return [[end.hex() for end in ends] for ends in region]


def read(region: list[list[str]]) -> Region:
    """The box of ``written``."""
    return tuple((float.fromhex(low), float.fromhex(high)) for low, high in region)


def prepared(
    game: AbstractGame, players: Players, box: Box, infinite: bool = False
) -> tuple[Model, Region, dict[str, Any]]:
    """(the game over the variables of the box, the box, the game as text); ValueError for bad input."""
    spec = description(game, players)
    if not isinstance(box, Mapping) or not box:
        raise ValueError(f"box: expected {{name: (low, high)}}, got {box!r}")
    known = [name for owner in ("disc", "gen") for name in spec[owner] if name != "kind"]
    known += [
        f"{owner}.{name}"
        for owner in ("data", "latent")
        for name, value in spec[owner].items()
        if name != "kind" and isinstance(value, str)
    ]
    names = tuple(box)
    if not {*names} <= {*known}:
        raise ValueError(f"box: expected names out of {known}, got {names}")
    for name in _POSITIVE & {*names}:
        if name != "latent.scale" or spec["latent"]["kind"] == "Rayleigh":
            _positive(name, box[name])
    return Model(spec, names), tuple(_ends(name, box[name], infinite) for name in names), spec


def _positive(name: str, ends: Any) -> None:
    if not _ends(name, ends, False)[0] > 0:
        raise ValueError(f"box: expected positive numbers for {name!r}, got {ends!r}")


def _ends(name: str, ends: Any, infinite: bool) -> tuple[float, float]:
    try:
        low, high = map(float, ends)
    except (TypeError, ValueError):
        raise ValueError(f"box: expected (low, high) for {name!r}, got {ends!r}") from None
    allowed = low <= high and (infinite or (math.isfinite(low) and math.isfinite(high)))
    if not allowed or low == math.inf or high == -math.inf:
        raise ValueError(f"box: expected finite low <= high for {name!r}, got {ends!r}")
    return low, high


def checked_movers(model: Model) -> Model:
    """``model``, if some variable is a player's and so has a field."""
    if not model.moving:
        raise ValueError(f"box: expected at least one parameter of the players, got {model.names}")
    return model


def checked_players_only(model: Model) -> Model:
    """``model``, if all variables are the players'."""
    if len(model.moving) != len(model.names):
        raise ValueError(f"box: expected parameters of the players alone, got {model.names}")
    return model


def box_in_words(model: Model, region: Region) -> str:
    """The box in words."""
    ends = zip(model.names, region, strict=True)
    return ", ".join(f"{name} in [{low:g}, {high:g}]" for name, (low, high) in ends)
