"""Spread and bias of stochastic runs against the number of samples, predicted and simulated."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic._threads import waited_for

from ._captions import given, plain
from ._cases import Case, CASE_A
from ._ensembles import Free, Play
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, GREY, panel_letter, PARAMETER_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FREE: dict[str, Free] = {"2-D": ("b", "h"), "4-D": None}
_MARKERS = {"a": "^", "b": "o", "g": "v", "h": "s"}
_DASHES = {"a": "-", "b": "-", "g": "--", "h": "--"}
_CORNER: Any = {"ha": "right", "va": "top", "color": GREY, "fontsize": 7.5}
_BLOCK = 40_000  # samples side by side that stay in the cache


@dataclass(frozen=True)
class Config:
    """One case after ``updates``, near the largest bias of h.

    Attributes:
        ensembles: (samples, runs), about equally costly.
        play: the rule, and the prediction that is scaled to all numbers of samples.
    """

    case: Case = CASE_A
    ensembles: tuple[tuple[int, int], ...] = ((100, 4000), (1000, 2000), (10_000, 400), (100_000, 40))
    updates: int = 36
    play: Play = field(default_factory=Play)

    def quick(self) -> Self:
        return replace(self, ensembles=((100, 40), (1000, 20)), updates=20, play=self.play.quick())


def compute(config: Config) -> Arrays:
    """For each run: (M, k) means less the analytic path, and sds, of the runs and predicted."""
    samples, runs = np.asarray(config.ensembles).T
    data = {"samples": samples, "runs": runs, "updates": np.asarray(config.updates)}
    for name, free in _FREE.items():
        band = config.play.predict(config.case, free)
        with waited_for(2) as pool:  # each has its own shapes: compiled side by side
            ends = list(pool.map(partial(_ends, config, free), range(len(config.ensembles))))
        exact, share = np.asarray(band.mean[config.updates]), config.play.samples / samples[:, None]
        data |= {
            f"names_{name}": np.asarray(band.names),
            f"simulated_bias_{name}": np.stack([end.mean(axis=0) for end in ends]) - exact,
            f"simulated_std_{name}": np.stack([end.std(axis=0, ddof=1) for end in ends]),
            f"predicted_bias_{name}": share * np.asarray(band.bias[config.updates]),
            f"predicted_std_{name}": np.sqrt(share) * np.asarray(band.std[config.updates]),
        }
    return data


def _ends(config: Config, free: Free, index: int) -> np.ndarray:
    """(R, k) parameters at the end of the runs of one ensemble."""
    samples, runs = config.ensembles[index]
    ensemble = lsgan.simulate(
        config.case.game(),
        lsgan.Simultaneous(step=config.play.step),
        config.case.players(),
        key=jax.random.fold_in(jax.random.key(config.play.seed), index),
        runs=runs,
        samples=samples,
        steps=config.updates,
        save_every=config.updates,
        free=free,
        tile=min(20, max(1, _BLOCK // samples)),
    )
    return np.asarray(ensemble.values[:, -1])


def plot(data: Arrays, config: Config) -> "Figure":
    """Rows: 2-D and 4-D; columns: sd, its ratio to the prediction, bias."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.4), layout="constrained")
    panels = figure.subplots(2, 3, sharex=True, sharey="col")
    for row, name in enumerate(_FREE):
        _draw_spread(panels[row, 0], data, name)
        _draw_ratio(panels[row, 1], data, name)
        _draw_bias(panels[row, 2], data, name)
        where = f"Case {config.case.name}, {name}, $k={config.updates}$"
        titles = where, f"{name}: spread over prediction", f"{name}: bias"
        for axes, letter, title in zip(panels[row], ("abc", "def")[row], titles, strict=True):
            panel_letter(axes, letter, title)
    for axes in panels[1]:
        axes.set_xlabel("samples $m$")
    return figure


def _series(data: Arrays, name: str) -> list[tuple[int, str, np.ndarray, dict[str, Any]]]:
    """Of every parameter: its index, symbol, places on the axis (side by side) and style of its points."""
    symbols = [str(symbol) for symbol in data[f"names_{name}"]]
    shifts = 1.12 ** (np.arange(len(symbols)) - (len(symbols) - 1) / 2)
    return [
        (
            index,
            symbol,
            data["samples"] * shift,
            {
                "color": PARAMETER_COLORS[symbol],
                "marker": _MARKERS[symbol],
                "linestyle": "none",
                "markersize": 3.2,
                "elinewidth": 0.8,
                "capsize": 1.5,
            },
        )
        for index, (symbol, shift) in enumerate(zip(symbols, shifts, strict=True))
    ]


def _draw_spread(axes: "Axes", data: Arrays, name: str) -> None:
    relative = 1 / np.sqrt(2 * (data["runs"] - 1))
    for index, symbol, _, style in _series(data, name):
        found, line = (data[f"{which}_std_{name}"][:, index] for which in ("simulated", "predicted"))
        axes.plot(data["samples"], line, _DASHES[symbol], color=style["color"], linewidth=0.9)
        axes.errorbar(data["samples"], found, found * relative, label=f"${symbol}$", **style)
    axes.set(xscale="log", yscale="log", ylabel="sd of the runs")
    axes.legend(loc="lower left", frameon=False, handletextpad=0.1, labelspacing=0.2)
    axes.text(0.96, 0.94, r"lines: predicted, $\propto m^{-1/2}$", **_CORNER, transform=axes.transAxes)


def _draw_ratio(axes: "Axes", data: Arrays, name: str) -> None:
    relative = 1 / np.sqrt(2 * (data["runs"] - 1))
    axes.axhline(1, color=BLACK, linewidth=0.7)
    for index, _, places, style in _series(data, name):
        ratio = data[f"simulated_std_{name}"][:, index] / data[f"predicted_std_{name}"][:, index]
        axes.errorbar(places, ratio, ratio * relative, **style)
    axes.set(ylabel="sd, simulated / predicted")


def _draw_bias(axes: "Axes", data: Arrays, name: str) -> None:
    """Points within two standard errors of 0 are bounds, drawn as arrows from |offset| + 2 errors."""
    for index, symbol, places, style in _series(data, name):
        found, line = (np.abs(data[f"{which}_bias_{name}"][:, index]) for which in ("simulated", "predicted"))
        error = data[f"simulated_std_{name}"][:, index] / np.sqrt(data["runs"])
        axes.plot(data["samples"], line, _DASHES[symbol], color=style["color"], linewidth=0.9)
        clear = found > 2 * error
        axes.errorbar(data["samples"][clear], found[clear], error[clear], **style)
        bound = (found + 2 * error)[~clear]
        plain: dict[str, Any] = {**style, "marker": "none"}
        axes.errorbar(places[~clear], bound, 0.4 * bound, uplims=True, **plain)
    axes.set(yscale="log", ylabel=r"$|$mean of the runs $-$ analytic$|$")
    text = "lines: predicted, $\\propto m^{-1}$\narrows: bounds (2 s.e.)"
    axes.text(0.96, 0.94, text, **_CORNER, transform=axes.transAxes)


def _signs(data: Arrays, name: str) -> tuple[int, int]:
    """Of the biases more than two standard errors from 0: how many have the predicted sign, how many are."""
    found, line = data[f"simulated_bias_{name}"], data[f"predicted_bias_{name}"]
    clear = np.abs(found) > 2 * data[f"simulated_std_{name}"] / np.sqrt(data["runs"])[:, None]
    return int(np.sum(clear & (found * line > 0))), int(np.sum(clear))


def caption(data: Arrays, config: Config) -> str:
    """The ensembles, and how well their spread is predicted."""
    ensembles = ", ".join(f"{runs} of {samples}" for samples, runs in config.ensembles)
    found = []
    for name in _FREE:
        ratio = data[f"simulated_std_{name}"] / data[f"predicted_std_{name}"]
        few, many = np.abs(ratio[0] - 1).max(), np.abs(ratio[-1] - 1).max()
        found.append(
            f"{name}: simulated and predicted sd differ by at most {plain(100 * few, 2)} % with "
            f"{data['samples'][0]} samples and {plain(100 * many, 2)} % with {data['samples'][-1]}"
        )
    signs = [_signs(data, name) for name in _FREE]
    return (
        f"Case {config.case.name} after {config.updates} simultaneous steps of size "
        f"{given(config.play.step)}, near the largest bias of $h$. Runs of so many samples each: {ensembles} "
        f"(seed {config.play.seed}). Markers: the runs; lines: `predict` for all sample sizes m, its bias of "
        f"order 1/m and its standard deviation of order 1/sqrt(m). {'; '.join(found)}. Biases are drawn "
        f"without their signs: {sum(same for same, _ in signs)} of the {sum(n for _, n in signs)} that "
        "are more than two standard errors from 0 have the predicted one. The standard error of an sd over "
        f"R runs is sd/sqrt(2 R): {plain(100 / np.sqrt(2 * data['runs'][-1]), 2)} % at {data['runs'][-1]} "
        "runs."
    )


EXPERIMENTS = (
    Experiment(
        "convergence",
        "Case A: sd and bias of stochastic runs against samples, predicted and simulated",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
