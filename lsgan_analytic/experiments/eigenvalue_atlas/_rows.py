"""The rules, and by theory the largest step at which each is stable."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Self

import jax
import numpy as np

import lsgan_analytic as lsgan


@dataclass(frozen=True)
class Config:
    """The steps, and the strengths of the rules and the regulariser that have one."""

    steps: tuple[float, float] = (0.05, 10.0)
    points: int = 401
    strength: float = 1.0
    unrolled: int = 5
    momentum: float = 0.5

    def quick(self) -> Self:
        return replace(self, points=81)


@dataclass(frozen=True)
class Row:
    """A rule: its name, how it is made from a step size, and what theory says.

    Attributes:
        limit: sigma -> the largest stable step; 0: never stable, inf: always.
        formula: the same in words.
        regularized: with R1.
        momentum: of both players, in alternating play through optax.
    """

    name: str
    make: Callable[[jax.Array], object] | None
    limit: Callable[[float], float]
    formula: str
    regularized: bool = False
    momentum: float = 0.0


def rows(config: Config) -> tuple[Row, ...]:
    """Unstable ones first, then by what they stand on: MATH 7.1 to 7.4 and 7.8, and Jury's criterion."""
    gamma, k, beta = config.strength, config.unrolled, config.momentum
    never, always, damped = (lambda s: 0.0), (lambda s: inf), (lambda s: 2 * gamma / (1 + (gamma * s) ** 2))

    def penalised(s: float) -> float:  # simultaneous with R1: lambda = -gamma/2 +- sqrt(gamma^2/4 - sigma^2)
        roots = np.roots([1, gamma, s * s])
        return float(min(-2 * root.real / abs(root) ** 2 for root in roots))

    return (
        Row("simultaneous", lsgan.Simultaneous, never, "never"),
        Row(rf"alternating, momentum $+{beta:g}$", None, never, "never", momentum=beta),
        Row("alternating", lsgan.Alternating, lambda s: 2 / s, r"on the circle to $s=2$"),
        Row(
            "alternating, two steps of D",
            lambda h: lsgan.Alternating(h, disc_steps=2),
            lambda s: sqrt(2) / s,
            r"on the circle to $s=\sqrt{2}$",
        ),
        Row(
            rf"alternating, momentum $-{beta:g}$",
            None,
            lambda s: 2 * (1 - beta) / s,
            r"$s<2(1+\beta)$",
            momentum=-beta,
        ),
        Row("optimistic", lsgan.Optimistic, lambda s: 1 / (sqrt(3) * s), r"$s<1/\sqrt{3}$"),
        Row("extragradient", lsgan.Extragradient, lambda s: 1 / s, "$s<1$"),
        Row("LookAhead", lsgan.LookAhead, lambda s: 1 / s, "$s<1$"),
        Row("Taylor LOLA", lsgan.TaylorLola, lambda s: sqrt(3) / (2 * s), r"$s<\sqrt{3}/2$"),
        Row(
            rf"unrolled, $k={k}$",
            lambda h: lsgan.Unrolled(h, k),
            lambda s: 2 / (sqrt(4 * k - 1) * s),
            r"$s<2/\sqrt{4k-1}$",
        ),
        Row(
            rf"consensus, $\gamma={gamma:g}$",
            lambda h: lsgan.Consensus(h, gamma),
            damped,
            r"$h<2\gamma/(1+\gamma^2\sigma^2)$",
        ),
        Row(
            rf"symplectic adjustment, $\lambda={gamma:g}$",
            lambda h: lsgan.SymplecticAdjustment(h, gamma),
            damped,
            r"$h<2\lambda/(1+\lambda^2\sigma^2)$",
        ),
        Row("competitive gradient", lsgan.CompetitiveGradient, always, "always"),
        Row("proximal", lsgan.Proximal, always, "always"),
        Row(
            rf"simultaneous, R1 $\gamma={gamma:g}$",
            lsgan.Simultaneous,
            penalised,
            r"$h<2|\mathrm{Re}\,\lambda|/|\lambda|^2$",
            regularized=True,
        ),
        Row(
            rf"alternating, R1 $\gamma={gamma:g}$",
            lsgan.Alternating,
            lambda s: (sqrt(gamma**2 + 4 * s * s) - gamma) / s**2,
            r"$h^2\sigma^2+2\gamma h<4$",
            regularized=True,
        ),
    )
