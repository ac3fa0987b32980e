"""What is simulated: the numbers of an ensemble, and the game they are for."""

import runpy
from dataclasses import dataclass
from pathlib import Path

import jax

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic._setup import default_tile
from lsgan_analytic.stochastic.devices import Devices

from .._cases import Case, CASE_A


@dataclass(frozen=True)
class Config:
    """Every number of an ensemble (``--set``).

    Attributes:
        case, step: the game, its start and the step size; not used with ``--game``.
        runs, samples, steps, protocol, save_every, quantiles: as of ``lsgan.simulate_summary``.
        free: names of the parameters that move; empty: all.
        nodes: "none": points are drawn; "auto" or a number: counts on nodes.
        seed: of the key. x64: float64 or float32.
        keep: "summary": statistics of each shard; "paths": all saved points of every run.
        shard: the largest number of runs in one file.
        tile: runs computed side by side, at most ``shard``; 0: that of ``lsgan.simulate``.
        judge: whether it is asked how each run ended, which can cost more than the run where the exact game
            is one of networks.
    """

    case: Case = CASE_A
    step: float = 0.4
    runs: int = 100_000
    samples: int = 1000
    steps: int = 250
    protocol: str = "fixed"
    free: tuple[str, ...] = ()
    nodes: str = "none"
    seed: int = 0
    save_every: int = 10
    keep: str = "summary"
    quantiles: tuple[float, ...] = (0.05, 0.5, 0.95)
    shard: int = 5000
    tile: int = 0
    judge: bool = True
    x64: bool = True

    def __post_init__(self) -> None:
        if self.keep not in ("summary", "paths"):
            raise ValueError(f"keep: expected 'summary' or 'paths', got {self.keep!r}")
        if self.nodes not in ("none", "auto") and not self.nodes.isdecimal():
            raise ValueError(f"nodes: expected none, auto or a number of nodes, got {self.nodes!r}")
        if self.runs < 1:
            raise ValueError(f"runs: expected an integer >= 1, got {self.runs}")
        if not 0 <= self.tile <= self.shard:
            raise ValueError(f"tile: expected an integer from 0 to shard={self.shard}, got {self.tile}")

    @property
    def side_by_side(self) -> int:
        """Runs of a tile, the same for all shards."""
        return self.tile or default_tile(self.samples, self.nodes != "none", jax.default_backend())


@dataclass(frozen=True)
class Setup:
    """Who plays."""

    game: lsgan.Game
    rule: lsgan.updates.AbstractRule
    players: lsgan.Players

    @classmethod
    def of(cls, config: Config, file: Path | None) -> "Setup":
        """That of the case, or the ``game``, ``rule`` and ``players`` that a Python file defines."""
        if file is None:
            return cls(config.case.game(), lsgan.Simultaneous(step=config.step), config.case.players())
        if not file.is_file():
            raise ValueError(f"--game: expected a Python file, got {str(file)!r}")
        defined = runpy.run_path(str(file))
        if missing := [name for name in ("game", "rule", "players") if name not in defined]:
            raise ValueError(f"--game: expected {file} to define game, rule and players, not {missing}")
        return cls(defined["game"], defined["rule"], defined["players"])


def simulated(
    config: Config, setup: Setup, first_run: int, runs: int, devices: Devices
) -> lsgan.Ensemble | lsgan.Summary:
    """These runs of the ensemble."""
    nodes = {"none": None, "auto": "auto"}.get(config.nodes, config.nodes)
    setting = {
        "key": jax.random.key(config.seed),
        "runs": runs,
        "first_run": first_run,
        "samples": config.samples,
        "steps": config.steps,
        "protocol": config.protocol,
        "free": config.free or None,
        "nodes": int(nodes) if nodes not in (None, "auto") else nodes,
        "save_every": config.save_every,
        "tile": config.side_by_side,
        "devices": devices,
        "tolerance": 1e-2 if config.judge else None,
    }
    parts = setup.game, setup.rule, setup.players
    if config.keep == "paths":
        return lsgan.simulate(*parts, **setting)
    return lsgan.simulate_summary(*parts, quantiles=config.quantiles, **setting)
