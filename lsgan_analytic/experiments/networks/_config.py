"""The targets, the networks and the runs of the experiment."""

from dataclasses import dataclass, replace
from typing import Self

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan


@dataclass(frozen=True)
class Config:
    """Both targets, the networks and the runs.

    Attributes:
        mode, std: of the two modes at -mode and mode; spacing, narrow: of the eight modes, and their std.
        width, wide: hidden units of both players, for two and for eight modes; leak: of the generator.
        batches, runs: of SGD; every: steps between what is kept of it.
        nodes: points of each law on which the noise of one step is averaged.
    """

    mode: float = 2.0
    std: float = 0.5
    spacing: float = 1.0
    narrow: float = 0.15
    width: int = 6
    wide: int = 16
    leak: float = 0.2
    seed: int = 1
    step: float = 0.1
    steps: int = 400
    long: int = 3000
    batches: tuple[int, ...] = (64, 4096)
    runs: int = 24
    every: int = 10
    nodes: int = 512

    def quick(self) -> Self:
        return replace(self, width=2, wide=2, steps=20, long=40, runs=4, nodes=64)

    def two(self) -> lsgan.Mixture:
        modes = tuple(lsgan.Normal(mean, self.std) for mean in (-self.mode, self.mode))
        return lsgan.Mixture([0.5, 0.5], modes)

    def eight(self) -> lsgan.Mixture:
        return lsgan.Mixture([0.125] * 8, tuple(lsgan.Normal(mean, self.narrow) for mean in self.centers()))

    def centers(self) -> np.ndarray:
        return self.spacing * (np.arange(8) - 3.5)

    def players(self, width: int) -> lsgan.Players:
        disc, gen = jax.random.split(jax.random.key(self.seed))
        return lsgan.Players(
            lsgan.ReLUNetwork.random(disc, width),
            lsgan.LeakyReLUNetwork.random(gen, width, leak=self.leak),
        )

    def game(self, data: lsgan.Mixture) -> lsgan.Game:
        return lsgan.Game(data, lsgan.Normal(), lsgan.NonSaturating())


def quantiles(law: lsgan.laws.AbstractLaw, n: int) -> jax.Array:
    return law.quantile((jnp.arange(n, dtype=float) + 0.5) / n)
