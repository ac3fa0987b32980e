"""Which rule is stable at which step: the largest multiplier at the equilibria of two small games.

Near its equilibrium the Dirac-GAN (Mescheder et al. 2018) is the bilinear game sigma x y with sigma = f'(0) =
1/2, so both have the same borders in s = h sigma, unless a rule or a regulariser brings a scale of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan

from ._captions import given
from ._run import Arrays, Experiment
from ._style import BLACK, COST_MAP, DOUBLE, panel_letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

Game = lsgan.Game
_NEUTRAL = 1e-7  # of |log|mu||: on the unit circle to rounding


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


class Scaled(lsgan.AbstractGame):
    """A game with all objectives times ``factor``: optax wants its rates before they are traced."""

    game: Game
    factor: jax.Array

    def objectives(self, players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
        rising, falling = self.game.objectives(players)
        return self.factor * rising, self.factor * falling


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


_GAMES = {
    "dirac": (lsgan.Minimax(), 0.5, r"Dirac-GAN, $\sigma=f'(0)=1/2$"),
    "bilinear": (lsgan.Wasserstein(), 1.0, r"bilinear game, $\sigma=1$"),
}


def multipliers(game: Game, row: Row, steps: np.ndarray) -> np.ndarray:
    """The largest |multiplier| of a step at the equilibrium, for every step size."""
    players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    optimiser = optax.sgd(1.0, momentum=row.momentum)
    momentum = lsgan.PerPlayer(disc=optimiser, gen=optimiser, order="disc")

    def at(step: jax.Array) -> jax.Array:
        played, rule = (game, row.make(step)) if row.make else (Scaled(game, step), momentum)
        return lsgan.step_jacobian(played, rule, players, free=("w", "shift"))  # pyright: ignore

    slopes = np.asarray(jax.jit(jax.vmap(at))(jnp.asarray(steps)))
    return np.abs(np.linalg.eigvals(slopes)).max(axis=1)


def border(steps: np.ndarray, log_largest: np.ndarray) -> tuple[float, float]:
    """The two neighbours among ``steps`` (with 0 and infinity) between which multipliers leave the disc."""
    outside = [*(log_largest > _NEUTRAL), True]
    first = outside.index(True)
    ends = np.array([0.0, *steps, inf])
    return float(ends[first]), float(ends[first + 1])


def compute(config: Config) -> Arrays:
    """Of each game: (rules, steps) log of the largest multiplier; the border by theory, and
    the two steps between which it was measured.
    """
    steps = np.geomspace(*config.steps, config.points)
    data = {"step": steps, "names": np.asarray([row.name for row in rows(config)])}
    masses = lsgan.PointMasses([0.0])
    for name, (loss, sigma, _) in _GAMES.items():
        plain = lsgan.Game(masses, masses, loss)
        penalised = lsgan.Game(masses, masses, loss, regularizers=(lsgan.R1(config.strength),))
        logs = [
            np.log(multipliers(penalised if row.regularized else plain, row, steps)) for row in rows(config)
        ]
        data |= {
            f"log_{name}": np.asarray(logs),
            f"measured_{name}": np.asarray([border(steps, one) for one in logs]),
            f"theory_{name}": np.asarray([row.limit(sigma) for row in rows(config)]),
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """A strip for every rule; bars: the borders of theory."""
    from matplotlib.colors import SymLogNorm
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.3), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    norm = SymLogNorm(linthresh=1e-3, vmin=-3, vmax=3)
    _, strips = (_draw_strips(axes, data, name, norm) for axes, name in zip(panels, _GAMES, strict=True))
    for axes, letter, (_, _, title) in zip(panels, "ab", _GAMES.values(), strict=True):
        panel_letter(axes, letter, title)
    panels[0].set_yticks(range(len(data["names"])), list(data["names"]))
    for index, row in enumerate(rows(config)):
        panels[1].text(1.02, index, row.formula, transform=panels[1].get_yaxis_transform(), va="center")
    panels[1].text(
        1.02, -0.95, r"stable ($s=h\sigma$)", transform=panels[1].get_yaxis_transform(), va="center"
    )
    bar = figure.colorbar(strips, ax=panels, pad=0.02, aspect=32, ticks=(-1, -0.1, -0.01, 0, 0.01, 0.1, 1))
    bar.ax.minorticks_off()
    bar.ax.set_yticklabels(["$-1$", "$-0.1$", "$-0.01$", "$0$", "$0.01$", "$0.1$", "$1$"])
    bar.set_label(r"$\ln\,\max|\mu|$  (blue: stable, red: unstable)")
    return figure


def _draw_strips(axes: "Axes", data: Arrays, name: str, norm: "Normalize") -> "QuadMesh":
    values, count = data[f"log_{name}"], len(data["names"])
    neutral = np.where(np.abs(values) < _NEUTRAL, 0, values)
    strips = axes.pcolormesh(
        data["step"], np.arange(count), neutral, cmap=COST_MAP, norm=norm, shading="nearest", rasterized=True
    )
    for index, limit in enumerate(data[f"theory_{name}"]):
        if np.isfinite(limit) and limit > 0:
            axes.plot([limit, limit], [index - 0.5, index + 0.5], color=BLACK, linewidth=1.6)
    for edge in range(1, count):
        axes.axhline(edge - 0.5, color="white", linewidth=1.5)
    axes.set(xscale="log", xlabel="step $h$", xlim=data["step"][[0, -1]], ylim=(count - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    return strips


def caption(data: Arrays, config: Config) -> str:
    """The rules, and in how many the measured border holds that of theory."""
    parts = []
    for game in _GAMES:
        theory, (below, above) = data[f"theory_{game}"], data[f"measured_{game}"].T
        right = (below <= theory) & ((theory <= above) | np.isinf(above))
        parts.append(f"{int(right.sum())} of {len(right)} ({game})")
    low, high = config.steps
    return (
        f"The logarithm of the largest multiplier of one step at the equilibrium, {len(data['names'])} "
        f"rules, {config.points} steps from {given(low)} to {given(high)}: blue, the step contracts. Lines: "
        "the largest stable step by theory, whose formula is beside each strip. It lies between the two "
        f"neighbouring steps where stability was seen to end for {' and '.join(parts)} rules."
    )


EXPERIMENTS = (
    Experiment(
        "eigenvalue_atlas",
        "rule x step: the largest multiplier on the Dirac-GAN and the bilinear game",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
