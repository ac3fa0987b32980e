"""The target, the networks and the settings of SGD."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import jax
import jax.numpy as jnp

import lsgan_analytic as lsgan


@dataclass(frozen=True)
class Config:
    """The target, the networks, SGD; gap, narrow: of the two normal laws of claim 4.

    The step is ``pace`` over the width: slopes of a network's output have a square that grows with its width.
    """

    mode: float = 2.0
    std: float = 0.5
    widths: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    seeds: int = 8
    leak: float = 0.2
    pace: float = 0.2
    steps: int = 1000
    every: int = 20
    batch: int = 128
    strength: float = 0.3
    gap: float = 1.0
    narrow: float = 0.1

    def quick(self) -> Self:
        return replace(self, widths=(2, 4), seeds=2, steps=40, every=10, batch=16)

    def settings(self) -> dict[str, tuple[lsgan.losses.AbstractLoss, tuple, Callable[..., Any]]]:
        """Loss, regularisers, rule."""
        penalty = (lsgan.R1(self.strength),)
        return {
            "saturating": (lsgan.Minimax(), (), lsgan.Simultaneous),
            "saturating, alternating": (lsgan.Minimax(), (), lsgan.Alternating),
            "saturating, R1": (lsgan.Minimax(), penalty, lsgan.Simultaneous),
            "non-saturating": (lsgan.NonSaturating(), (), lsgan.Simultaneous),
            "least squares": (lsgan.LeastSquares(fake=0, real=1, target=1), (), lsgan.Simultaneous),
        }

    def players(self) -> lsgan.Players:
        """All starts, (widths x seeds)."""
        each = [self._one(width, seed) for width in self.widths for seed in range(self.seeds)]
        return jax.tree.map(lambda *parts: jnp.stack(parts), *each)

    def _one(self, width: int, seed: int) -> lsgan.Players:
        keys = jax.random.split(jax.random.key(seed))
        whole = max(self.widths)
        pair = lsgan.Players(
            lsgan.ReLUNetwork.random(keys[0], width),
            lsgan.LeakyReLUNetwork.random(keys[1], width, leak=self.leak),
        )

        def padded(leaf: jax.Array) -> jax.Array:
            return jnp.pad(leaf, [(0, whole - n if n == width else 0) for n in leaf.shape])

        return jax.tree.map(padded, pair)
