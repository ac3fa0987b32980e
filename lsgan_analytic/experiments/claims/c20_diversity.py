"""Claim 20: mode regularisation and diversity losses prevent collapse."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREEN, GREY, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = {"none": BLACK, "coverage": BLUE, "diversity": VERMILION, "diversity, ceiling": GREEN}


@dataclass(frozen=True)
class Config:
    """Points at -2 and 2; a generator of two points that starts beside -2; D a bump on each mode."""

    radius: float = 1.0
    start: tuple[float, float] = (-2.1, -1.9)
    width: float = 0.6
    strength: float = 0.5
    ceiling: float = 4.0
    step: float = 0.05
    updates: int = 800

    def quick(self) -> Self:
        return replace(self, updates=50)


def compute(config: Config) -> Arrays:
    """What each data point costs by either formula when G is -2; (T, 2) paths of the generator's points."""
    data, collapsed = lsgan.PointMasses([-2.0, 2.0]), lsgan.PointMasses([-2.0])
    coverage = lsgan.ModeCoverage(config.strength, config.radius)
    apart = np.abs(data.points[:, None] - collapsed.points[None])
    parts = {
        "none": (),
        "coverage": (coverage,),
        "diversity": (lsgan.Diversity(config.strength),),
        "diversity, ceiling": (lsgan.Diversity(config.strength, config.ceiling),),
    }
    return {
        "published": np.maximum(0, config.radius - apart.max(axis=1)),
        "correct": np.asarray(coverage.shortfall(data, collapsed)),
        **{f"path {name}": _path(config, data, own) for name, own in parts.items()},
    }


def _path(config: Config, data: lsgan.PointMasses, parts: tuple) -> np.ndarray:
    game = lsgan.Game(data, lsgan.PointMasses([0.0]), lsgan.NonSaturating(), parts)
    disc = lsgan.RadialBasis(weights=[0.0, 0.0], centers=[-2.0, 2.0], width=config.width)
    players = lsgan.Players(disc, lsgan.MixtureOfShifts(config.start))
    free = ("weights[0]", "weights[1]", "shifts[0]", "shifts[1]")
    rule = lsgan.Simultaneous(step=config.step)
    path = jax.jit(lambda own: lsgan.trajectory(game, rule, own, steps=config.updates, free=free))(players)
    return np.asarray(path.players.gen.shifts)


def found(data: Arrays) -> dict[str, Found]:
    def farthest(name: str) -> float:
        """Of the two modes, the distance from the nearer of the two points, at the end."""
        return np.abs(np.array([-2.0, 2.0])[:, None] - data[f"path {name}"][-1]).min(axis=1).max()

    apart = np.ptp(data["path diversity"], axis=1)
    last = min(100, apart.size - 1)
    rate = (apart[-1] - apart[-1 - last]) / last
    costs = {
        f"{name}, data at {x}": data[name][i]
        for name in ("published", "correct")
        for i, x in enumerate((-2, 2))
    }
    wanted = dict(zip(costs, (1, 0, 0, 3), strict=True))
    return {
        **{name: theory(value, wanted[name], 1e-12) for name, value in costs.items()},
        "distance of the mode farthest off, none": recorded(farthest("none"), 3.31, 0.01),
        "the same, coverage": recorded(farthest("coverage"), 0.115, 5e-3),
        "points part a step, diversity": theory(rate, 2 * 0.05 * 0.5 / 2, 1e-3),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    first, *panels = figure.subplots(1, 5, width_ratios=(0.8, 1, 1, 1, 1))
    _draw_charges(first, data)
    titles = "no term", "coverage, min", "diversity", f"ceiling {config.ceiling:g}"
    for axes, letter, (name, color), title in zip(panels, "bcde", _COLORS.items(), titles, strict=True):
        for mode in (-2, 2):
            axes.axhline(mode, color=GREY, linewidth=0.6, linestyle=":")
        axes.plot(data[f"path {name}"], color=color)
        axes.set(xlabel="iteration $k$", xlim=(0, config.updates), ylim=(-7, 7))
        axes.set_xticks((0, config.updates // 2))
        panel_letter(axes, letter, title)
        if np.abs(data[f"path {name}"]).max() > 7:
            axes.text(0.96, 0.5, "both leave\nthe frame", transform=axes.transAxes, ha="right", va="center")
    for axes in panels[1:]:
        axes.tick_params(labelleft=False)
    panels[0].set_ylabel("points of the generator")
    return figure


def _draw_charges(axes: "Axes", data: Arrays) -> None:
    """What either formula charges for each data point when every generated point is at -2."""
    formulas = (("published", "max, published", VERMILION), ("correct", "min", BLUE))
    for shift, (name, label, color) in zip((-0.2, 0.2), formulas, strict=True):
        bars = axes.bar(np.arange(2) + shift, data[name], width=0.36, color=color, label=label)
        axes.bar_label(bars, fmt="%g", padding=1)
    axes.set_xticks((0, 1), ("$-2$\ncovered", "$2$\nmissed"))
    axes.set(xlabel="data point $x$", ylabel="charge, $G = -2$", ylim=(0, 1.6 * data["correct"].max()))
    axes.legend(loc="upper left", frameon=False, borderaxespad=0.2, handlelength=1)
    panel_letter(axes, "a", "formulas")


CLAIM = Claim(
    name="claim20_diversity",
    title="Two points beside one mode, under mode regularisation and diversity losses",
    source="Che et al. (2017); Mao et al. (2019), mode seeking GANs",
    config=Config(),
    compute=compute,
    plot=plot,
    number=20,
    says="Adding max(0, delta - max |x - G|) for missed modes, or a diversity loss, prevents collapse.",
    model="data at -2 and 2, G at -2, delta = 1; then a generator of two points against two bumps",
    verdict="formula wrong",
    correct=(
        "That formula charges the mode that is covered, (1, 0), and not the missed one; max(0, min |x - G| - "
        "delta) gives (0, 3) and brings a point over. A diversity loss without a ceiling drives points apart "
        "for ever; with one it parts them, and leaves it to D where."
    ),
    limits="The minimum is over all generated points at once; mini-batches see it with a bias.",
    found=found,
)
