"""The files of an ensemble: one a shard, a record of what they are parts of, and the whole."""

import dataclasses
import importlib.metadata
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax

import lsgan_analytic as lsgan
from lsgan_analytic._describe import changed, Facts, noted
from lsgan_analytic._files import write_whole
from lsgan_analytic.stochastic.devices import Devices

from .config import Config, Setup, simulated


@dataclass(frozen=True)
class Shard:
    """Runs ``first`` to ``first + runs - 1``."""

    first: int
    runs: int

    @property
    def name(self) -> str:
        """Of the file; sorted as the runs are."""
        return f"runs_{self.first:010d}_{self.first + self.runs - 1:010d}.nc"


def shards_of(runs: int, most: int, tile: int) -> list[Shard]:
    """At most ``most`` runs each, as many in all but the last: these share a compiled program.

    Shards begin where a tile of ``simulate`` does, so that no run is computed twice.
    """
    if most < tile:
        raise ValueError(
            f"shard: expected at least the {tile} runs that are computed side by side, got {most}"
        )
    tiles = -(-runs // tile)
    count = -(-tiles // (most // tile))
    size = tile * -(-tiles // count)
    return [Shard(first, min(size, runs - first)) for first in range(0, runs, size)]


class Folder:
    """Where the files are."""

    def __init__(self, path: Path, config: Config, setup: Setup, own_game: bool) -> None:
        self.path, self._config, self._setup = path, config, setup
        self._record, self._facts = path / "ensemble.json", self._describe(own_game)
        self.shards = shards_of(config.runs, config.shard, config.side_by_side)
        self.saving = threading.Lock()  # held while a file is written

    @property
    def whole(self) -> Path:
        """The file of all runs."""
        return self.path / "ensemble.nc"

    def file(self, shard: Shard) -> Path:
        """Of one shard."""
        return self.path / "shards" / shard.name

    def left(self, shards: list[Shard] | None = None) -> list[Shard]:
        """Those of ``shards`` (None: all) that have no file yet."""
        return [
            shard for shard in (self.shards if shards is None else shards) if not self.file(shard).exists()
        ]

    def check(self) -> None:
        """ValueError, naming the difference, if the folder is that of another ensemble."""
        if not self._record.exists():
            return
        recorded = json.loads(self._record.read_text(encoding="utf-8"))
        if difference := changed(recorded, self._facts, f"in {self._record}", "here"):
            raise ValueError(f"--output: expected the folder of this ensemble, but {difference}")

    def _describe(self, own_game: bool) -> Facts:
        config = dataclasses.asdict(self._config)
        for name in ("case", "step") if own_game else ():
            del config[name]
        versions = {name: importlib.metadata.version(name) for name in ("lsgan_analytic", "jax", "jaxlib")}
        return noted({**config, **vars(self._setup), **versions, "platform": jax.default_backend()})

    def make(self, shard: Shard, devices: Devices) -> None:
        """Simulate and save it."""
        made = simulated(self._config, self._setup, shard.first, shard.runs, devices)
        file, text = self.file(shard), json.dumps(self._facts, indent=2) + "\n"
        with self.saving:
            file.parent.mkdir(parents=True, exist_ok=True)
            self.check()  # tasks of two ensembles may have begun together
            write_whole(self._record, lambda record: record.write(text.encode()))
            made.save(file)

    def merge(self) -> lsgan.Ensemble | lsgan.Summary:
        """All shards as one, saved; ValueError while some are missing."""
        if left := self.left():
            names = ", ".join(shard.name for shard in left[:3])
            raise ValueError(
                f"--merge: expected the files of {len(self.shards)} shards in {self.path / 'shards'}, but "
                f"{len(left)} are missing: {names}{', ...' if len(left) > 3 else ''}"
            )
        players = self._setup.players if self._config.keep == "paths" else None
        parts: list[Any] = [lsgan.load(self.file(shard), players) for shard in self.shards]
        whole = lsgan.concat(parts)
        with self.saving:
            whole.save(self.whole)
        return whole
