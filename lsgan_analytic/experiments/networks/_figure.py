"""How the path, the spectra and the eight modes are drawn."""

from typing import TYPE_CHECKING

import numpy as np

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREY, ORANGE, panel_letter, SKY, VERMILION
from ._config import Config

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (SKY, ORANGE, VERMILION)


def plot(data: Arrays, config: Config) -> "Figure":
    """Path and tube; what the tube promises; spectra; eight modes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.6), layout="constrained")
    (tube, ratio, cost), (spectrum, nash, eight) = figure.subplots(2, 3)
    steps = np.arange(0, config.steps + 1, config.every)
    mean, std = data["mean"][: steps.size], np.sqrt(data["variance"][:: config.every])
    for batch, color in zip(config.batches, _COLORS, strict=False):
        runs = data[f"mean_{batch}"]
        tube.fill_between(
            steps,
            mean - 2 * std / batch**0.5,
            mean + 2 * std / batch**0.5,
            color=color,
            alpha=0.35,
            linewidth=0,
        )
        tube.plot(steps, runs[:8].T, color=color, linewidth=0.4)
        measured = runs.std(axis=0, ddof=1)[1:] * batch**0.5 / std[1:]
        ratio.plot(steps[1:], measured, color=color, label=f"batch {batch}")
    tube.plot(steps, mean, color=BLACK, linewidth=1)
    tube.set(xlabel="step $k$", ylabel=r"mean of generated points $\mathrm{E}\,G(z)$", xlim=(0, config.steps))
    panel_letter(tube, "a", r"exact path, predicted $\pm 2$ s.d., 8 runs each")
    half = 2 / (2 * (config.runs - 1)) ** 0.5
    ratio.axhspan(1 - half, 1 + half, color="#DDDDDD", linewidth=0)
    ratio.axhline(1, color=GREY, linewidth=0.6)
    ratio.set(xlabel="step $k$", ylabel="s.d. measured / predicted", xlim=(0, config.steps), ylim=(0, 2))
    ratio.legend(frameon=False, loc="lower right")
    panel_letter(ratio, "b", f"{config.runs} runs (grey: 2 s.e.)")
    every = config.every * np.arange(data["cost"].size)
    cost.plot(every, data["cost"], color=BLACK)
    cost.axhline(-np.log(4), color=GREY, linewidth=0.6, linestyle="--")
    cost.text(0.98 * every[-1], -np.log(4) - 0.004, r"$-\log 4$", ha="right", va="top")
    cost.axvline(config.steps, color=GREY, linewidth=0.6, linestyle=":")
    cost.set(xlabel="step $k$", ylabel="exact cost $J$", xlim=(0, every[-1]), ylim=(-1.5, -1.2))
    panel_letter(cost, "c", "beyond (a): oscillates, then creeps")
    _draw_spectrum(spectrum, data)
    of_hessians = 2 * config.every * np.arange(len(data["disc"]))
    nash.plot(of_hessians, data["disc"].max(axis=1), color=BLUE, label="largest of $H_D$")
    nash.plot(of_hessians, data["gen"].min(axis=1), color=VERMILION, label="smallest of $H_G$")
    nash.axhline(0, color=GREY, linewidth=0.6)
    nash.set(xlabel="step $k$", ylabel="eigenvalue", xlim=(0, config.steps))
    nash.legend(frameon=False, loc="upper center")
    panel_letter(nash, "e", r"local Nash: blue $\leq 0 \leq$ red")
    _draw_eight(eight, data, config)
    return figure


def _draw_spectrum(axes: "Axes", data: Arrays) -> None:
    values = data["end_jacobian"][0]
    rising = values.real > 1e-6
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.plot(values[~rising].real, values[~rising].imag, "o", color=BLUE, markersize=3)
    axes.plot(values[rising].real, values[rising].imag, "x", color=VERMILION, markersize=4)
    axes.set_xscale("symlog", linthresh=1e-3)
    axes.set(xlabel=r"Re $\lambda$ (linear within $\pm 10^{-3}$)", ylabel=r"Im $\lambda$")
    axes.set_xticks([-10, -0.1, -1e-3, 1e-3], ["$-10$", "$-10^{-1}$", "$-10^{-3}$", "$10^{-3}$"])
    panel_letter(axes, "d", f"Jacobian at the end: {rising.sum()} of {values.size} right of 0")


def _draw_eight(axes: "Axes", data: Arrays, config: Config) -> None:
    steps = config.every * np.arange(data["held"].size)
    axes.plot(steps, data["near_runs"].T, color=SKY, linewidth=0.3)
    axes.plot(steps, data["near"], color=BLACK)
    axes.axhline(0.6827, color=GREY, linewidth=0.6, linestyle="--")
    uniform = 2 * config.narrow / config.spacing
    axes.axhline(uniform, color=GREY, linewidth=0.6, linestyle=":")
    for level, name in ((0.6827, "data"), (uniform, "a uniform law")):
        axes.text(0.98 * steps[-1], level + 0.02, name, ha="right", va="bottom")
    axes.set(
        xlabel="step $k$", ylabel="generated mass within 1 s.d. of a mode", xlim=(0, steps[-1]), ylim=(0, 0.8)
    )
    panel_letter(axes, "f", f"eight modes: {data['held'][-1]} held, blurred")
