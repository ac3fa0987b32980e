"""Stochastic runs of a case, and their prediction."""

from dataclasses import dataclass, replace
from typing import Self

import jax

import lsgan_analytic as lsgan

from ._cases import Case

Free = tuple[str, ...] | None
BREAKS = 0.25  # a nonlinearity above it: linear theory is only a guide


@dataclass(frozen=True)
class Play:
    """How a case is played many times. The paper's numbers: 100 runs of 1000 samples and 250 points."""

    runs: int = 100
    samples: int = 1000
    updates: int = 249
    step: float = 0.4
    seed: int = 2021

    def quick(self) -> Self:
        return replace(self, runs=20, samples=200, updates=60)

    def simulate(self, case: Case, free: Free) -> lsgan.Ensemble:
        """Runs that each keep their samples (the paper's protocol)."""
        return lsgan.simulate(
            case.game(),
            lsgan.Simultaneous(step=self.step),
            case.players(),
            key=jax.random.key(self.seed),
            runs=self.runs,
            samples=self.samples,
            steps=self.updates,
            free=free,
        )

    def predict(self, case: Case, free: Free) -> lsgan.Band:
        """The same without sampling."""
        return lsgan.predict(
            case.game(),
            lsgan.Simultaneous(step=self.step),
            case.players(),
            samples=self.samples,
            steps=self.updates,
            free=free,
        )
