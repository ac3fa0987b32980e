"""How the two laws, the values of the critics, JSD and its slope are drawn."""

from typing import TYPE_CHECKING

import numpy as np

from .._captions import plain
from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, SKY, VERMILION
from ._config import Config

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (BLUE, SKY, GREEN, ORANGE, VERMILION)
_DASHES = ("-", "--", "-.", ":")
_LOG2 = float(np.log(2))


def plot(data: Arrays, config: Config) -> "Figure":
    """(a) the two laws, (b) values of critics, (c) JSD over the height, (d) its slope over the noise."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 5.3), layout="constrained")
    (laws, values), (profile, slope) = figure.subplots(2, 2)
    draw_laws(laws, data, config)
    draw_values(values, data)
    _draw_profile(profile, data, config)
    _draw_slope(slope, data, config)
    panel_letter(laws, "a", r"data $N(0,I_2)$ and $G(z)=(z,h)$: no common density")
    panel_letter(values, "b", r"$\sup V=0$ for every $h$; no continuous $D$ attains it")
    panel_letter(profile, "c", r"JSD against the height of the line, noise $\sigma$ on both")
    panel_letter(slope, "d", r"the slope: none without noise, little with much")
    return figure


def draw_laws(axes: "Axes", data: Arrays, config: Config) -> None:
    axes.plot(*data["cloud"].T, "o", color=SKY, markersize=1.8, markeredgewidth=0, alpha=0.7, rasterized=True)
    z, h = data["latent"], np.full_like(data["latent"], config.shown_height)
    axes.plot(z, h, "|", color=VERMILION, markersize=3.5, markeredgewidth=0.3, rasterized=True)
    axes.annotate(
        "", (2.75, 0.02), (2.75, config.shown_height), arrowprops={"arrowstyle": "<->", "linewidth": 0.6}
    )
    axes.text(2.85, config.shown_height / 2, "$h$", va="center")
    axes.axhline(0, color=GREY, linewidth=0.5, linestyle=":")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    axes.text(-3.35, config.shown_height + 0.32, "$D^{*}=0$ on the line", color=VERMILION, bbox=box)
    axes.text(-3.35, -2.85, "$D^{*}=1$ off it: almost everywhere", color=BLUE, bbox=box)
    axes.set(xlim=(-3.5, 3.5), ylim=(-3.1, 3.1), xlabel="$x_1$", ylabel="$x_2$")


def draw_values(axes: "Axes", data: Arrays) -> None:
    gaps, naive = data["gaps"], float(-data["naive"])
    rows = (
        (
            -data["step"],
            BLUE,
            "-",
            r"$1-\varepsilon$ off the line, $\varepsilon$ on it: $2\log(1-\varepsilon)$",
        ),
        (-data["ditch"], GREEN, "-", r"the same, continuous over a width $\varepsilon$"),
    )
    for values, color, dash, text in rows:
        axes.loglog(gaps, values, dash, color=color, label=text)
    axes.axhline(2 * _LOG2, color=GREY, linestyle="--", linewidth=0.9, label=r"$D=\frac{1}{2}$: $-\log 4$")
    axes.axhline(naive, color=VERMILION, label=rf"naive $p/(p+p_z)$: $-{naive:.3f}$")
    axes.plot(1e-3, -data["step_at_1e-3"][0], "o", color=BLUE, markersize=3.5)
    axes.annotate(
        rf"${data['step_at_1e-3'][0]:.4f}$",
        (1e-3, -data["step_at_1e-3"][0]),
        xytext=(3, 6),
        textcoords="offset points",
        color=BLUE,
    )
    axes.invert_yaxis()
    axes.set(xlabel=r"$\varepsilon$", ylabel="$V$ (logarithmic, 0 above)", xlim=(gaps[0], gaps[-1]))
    axes.set_ylim(10, 1e-6)
    powers = range(-6, 2)
    names = {0: "$-1$", 1: "$-10$"}
    axes.set_yticks([10.0**k for k in powers], [names.get(k, rf"$-10^{{{k}}}$") for k in powers])
    axes.minorticks_off()
    axes.legend(loc="upper right", frameon=False)


def _draw_profile(axes: "Axes", data: Arrays, config: Config) -> None:
    h = data["offsets"]
    rows = np.concatenate([np.full((1, h.size), _LOG2), data["profile"]]) / _LOG2
    for color, std, values in zip(_COLORS, config.stds, rows, strict=True):
        axes.plot(h, values, color=color)
        text = rf"$\sigma={std:g}$" + (": flat" if std == 0 else "")
        axes.annotate(
            text, (0, values.min()), xytext=(0, 4), textcoords="offset points", color=color, ha="center"
        )
    axes.set(xlabel="height $h$ of the line", ylabel=r"JSD / $\log 2$", xlim=(h[0], h[-1]), ylim=(0, 1.1))


def _draw_slope(axes: "Axes", data: Arrays, config: Config) -> None:
    stds = data["stds"]
    rows = zip(config.heights, data["slope"], _DASHES, strict=True)  # colours are those of the noise in (c)
    for height, values, dash in rows:
        axes.loglog(stds, values, dash, color=BLACK, label=f"$h={height:g}$")
    axes.set(
        xlabel=r"noise $\sigma$", ylabel=r"$\partial\,\mathrm{JSD}/\partial h$", xlim=(stds[0], stds[-1])
    )
    axes.legend(loc="lower center", frameon=False)


def caption(data: Arrays, config: Config) -> str:
    """The law on a line in the plane, what the best D is worth, and what noise restores."""
    best = max(float(np.max(data["step"])), float(np.max(data["ditch"])))
    std = np.abs(data["stds"] - 1).argmin()
    quiet, loud = np.nanmax(np.abs(data["slope"][:, 0])), np.nanmax(np.abs(data["slope"][:, std]))
    return (
        f"Data N(0, I) in the plane, generator N(0, 1) on a horizontal line. {config.cloud} points of each "
        f"(seed {config.seed}). A step on the line and a continuous ditch around it bring the value of the "
        f"game to {plain(best, 3)} of at most 0: the laws are told apart whatever the height, and JSD is log "
        f"2 = {plain(np.log(2), 5)} without a gradient. The plain density ratio is worth "
        f"{plain(data['naive'], 4)}. Noise of standard deviation s on both laws makes JSD depend on the "
        f"height: its largest slope over the heights is {plain(quiet, 2)} at s = {plain(data['stds'][0], 2)} "
        f"and {plain(loud, 2)} at s = {plain(data['stds'][std], 2)}."
    )
