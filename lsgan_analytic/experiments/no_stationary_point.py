"""dJ/dh < 0 everywhere where a > 0: the cost has no stationary point, only limits at infinity.

For a < 0 the sign is the other. On a = 0 the discriminator is constant and the generator has no slope: the
line a = b = 0, g + h = 1/c is stationary, the only exception.
"""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain, point
from ._cases import Case, CASE_A
from ._decades import decades_norm, FLOAT64, log10_gradient
from ._run import Arrays, Experiment
from ._style import (
    BLACK,
    BLUE,
    DOUBLE,
    filled_bands,
    GREEN,
    GREY,
    label_ends,
    ORANGE,
    panel_letter,
    SIZE_MAP,
    SKY,
    VERMILION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (VERMILION, ORANGE, GREEN, SKY, BLUE)
_TICKS = (-1, -10, -50, -100, -308, -500, -1000, -2000)


@dataclass(frozen=True)
class Config:
    """The window of the map, and the sections J(h) beside it."""

    case: Case = CASE_A
    b_range: tuple[float, float] = (-32.0, 12.0)
    h_range: tuple[float, float] = (-14.0, 22.0)
    points: int = 141
    sections: tuple[float, ...] = (-30.0, -6.0, -3.0, -1.0, 10.0)  # values of b
    section_points: int = 401

    def quick(self) -> Self:
        return replace(self, points=31, section_points=101)


def compute(config: Config) -> Arrays:
    """The map of dJ/dh with its sign, the sections and their limits.

    Raises ArithmeticError if dJ/dh is anywhere not negative.
    """
    game, start = config.case.game(), config.case.players()
    b = np.linspace(*config.b_range, config.points)
    h = np.linspace(*config.h_range, config.points)
    measure = jax.tree_util.Partial(log10_gradient, game)
    _, decades, signs = lsgan.surface(measure, start, {"b": b, "h": h})
    greatest = float(signs.max())
    if greatest >= 0:
        raise ArithmeticError(f"dJ/dh: expected a negative sign everywhere, got {greatest}")
    along = np.linspace(*config.h_range, config.section_points)
    axes = {"b": np.asarray(config.sections), "h": along}
    j1, j2 = lsgan.surface(game.cost_terms, start, axes)
    return {
        "b": b,
        "h": h,
        "log10_slope": np.asarray(decades, dtype=np.float32),
        "max_sign": np.asarray(greatest),
        "section_b": axes["b"],
        "section_h": along,
        "section_cost": np.asarray(j1 + j2),
        "limit_above": np.asarray(j1[:, 0]),  # h -> +inf: J2 -> 0
        "limit_below": np.asarray(1 + j1[:, 0]),  # h -> -inf: J2 -> 1
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """The map, and the sections with the four levels of J at infinity."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.1), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
    _draw_map(left, data, config)
    _draw_sections(right, data)
    panel_letter(
        left, "a", f"Case {config.case.name}: $\\partial J/\\partial h<0$ everywhere (marks: sections)"
    )
    panel_letter(right, "b", "sections $J(h)$, falling between their limits")
    return figure


def _draw_map(axes: "Axes", data: Arrays, config: Config) -> None:
    grid = data["b"], data["h"], data["log10_slope"].T
    norm = decades_norm(data["log10_slope"])
    colors = filled_bands(axes, *grid, SIZE_MAP, norm, count=64)
    floor = axes.contour(*grid, levels=(FLOAT64,), colors="white", linewidths=1.0, linestyles="-")
    axes.clabel(floor, fmt=f"float64: $10^{{{FLOAT64}}}$", fontsize=7.5, manual=[(-9, 12.6)])
    axes.plot(data["b"], -data["b"] / config.case.a, color=BLACK, linewidth=0.8, linestyle="--")
    axes.text(
        -22,
        21 / config.case.a,
        "threshold $h=-b/a$",
        va="top",
        rotation=-np.degrees(np.arctan(1 / config.case.a)),
        rotation_mode="anchor",
        transform_rotates_text=True,
    )
    for b, color in zip(data["section_b"], _COLORS, strict=True):
        axes.plot(b, 1, "v", transform=axes.get_xaxis_transform(), color=color, markersize=5, clip_on=False)
    axes.set(xlabel="$b$", ylabel="$h$", xlim=config.b_range, ylim=config.h_range)
    bar = axes.figure.colorbar(colors, ax=axes, ticks=_TICKS, pad=0.02, aspect=28)
    bar.ax.minorticks_off()
    bar.set_label(r"$\log_{10}(-\partial J/\partial h)$")


def _draw_sections(axes: "Axes", data: Arrays) -> None:
    for level, x, side, text in (
        (2, 0.97, "right", r"$\sup J=2$:  $b\to\infty$, $h\ll -b/a$"),
        (1, 0.97, "right", r"plateaus $J=1$:  $b\to\pm\infty$"),
        (0, 0.03, "left", r"$\inf J=0$:  $b\to-\infty$, $h\gg -b/a$"),
    ):
        axes.axhline(level, color=GREY, linewidth=0.6, linestyle="--")
        axes.text(x, level + 0.03, text, transform=axes.get_yaxis_transform(), ha=side)
    h = data["section_h"]
    curves = zip(data["section_cost"], data["limit_below"], data["limit_above"], _COLORS, strict=True)
    for cost, below, above, color in curves:
        axes.plot(h, cost, color=color)
        axes.plot(h[0], below, "<", color=color, markersize=4, clip_on=False)
        axes.plot(h[-1], above, ">", color=color, markersize=4, clip_on=False)
    for marker, limit in (("<", r"$1+J_1(a,b)$ as $h\to-\infty$"), (">", r"$J_1(a,b)$ as $h\to\infty$")):
        axes.plot([], [], marker, color=GREY, markersize=4, label=limit)
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.76), frameon=False, handletextpad=0.1)
    axes.set(xlabel="$h$", ylabel="$J$", xlim=(h[0], h[-1]), ylim=(-0.1, 2.2))
    label_ends(axes, data["limit_above"], [f"$b={b:g}$" for b in data["section_b"]], _COLORS, offset=6)


def caption(data: Arrays, config: Config) -> str:
    """The map, the sections, and the sign that is found everywhere."""
    case, low = config.case, data["log10_slope"]
    return (
        f"Case {case.name}, {point('ag', (case.a, case.g))}. Map: log10 |dJ/dh| at {low.size} points of "
        f"($b$, $h$), from 10^{low.min():.0f} to {plain(10.0 ** low.max())}; its sign is "
        f"{plain(data['max_sign'])} at every one, so that no point of the map is stationary. Beside it: $J$ "
        f"along $h$ at $b$ = {', '.join(given(b) for b in config.sections)}, decreasing from its limit 1 + "
        "$J_1$ to its limit $J_1$ (lines at the ends), neither of which is taken."
    )


EXPERIMENTS = (
    Experiment(
        "no_stationary_point",
        "dJ/dh < 0 everywhere, and the limits of J",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
