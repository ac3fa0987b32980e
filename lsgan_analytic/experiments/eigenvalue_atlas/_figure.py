"""A strip for every rule, with the borders of theory, and how many of these were found."""

from typing import TYPE_CHECKING

import numpy as np

from .._captions import given
from .._run import Arrays
from .._style import BLACK, COST_MAP, DOUBLE, panel_letter
from ._games import GAMES, NEUTRAL
from ._rows import Config, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure


def plot(data: Arrays, config: Config) -> "Figure":
    """A strip for every rule; bars: the borders of theory."""
    from matplotlib.colors import SymLogNorm
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.3), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    norm = SymLogNorm(linthresh=1e-3, vmin=-3, vmax=3)
    _, strips = (_draw_strips(axes, data, name, norm) for axes, name in zip(panels, GAMES, strict=True))
    for axes, letter, (_, _, title) in zip(panels, "ab", GAMES.values(), strict=True):
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
    neutral = np.where(np.abs(values) < NEUTRAL, 0, values)
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
    for game in GAMES:
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
