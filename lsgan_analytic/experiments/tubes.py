"""Mean +- 3 standard deviations of stochastic runs against the iteration, predicted and simulated."""

from dataclasses import dataclass, field, replace
from typing import Self, TYPE_CHECKING

import numpy as np

from ._captions import given, plain
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import BREAKS, Free, Play
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, GREY, panel_letter, PARAMETER_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Both cases; ``free`` parameters move (None: all four)."""

    free: Free
    height: float
    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    play: Play = field(default_factory=Play)
    sigmas: float = 3.0

    def quick(self) -> Self:
        return replace(self, play=self.play.quick())


def compute(config: Config) -> Arrays:
    """For each case (T, k) means and sds, predicted and simulated, and the (T,) nonlinearity."""
    data = {}
    for case in config.cases:
        runs, band = config.play.simulate(case, config.free), config.play.predict(case, config.free)
        data |= {
            f"predicted_mean_{case.name}": np.asarray(band.mean + band.bias),
            f"predicted_std_{case.name}": np.asarray(band.std),
            f"simulated_mean_{case.name}": np.asarray(runs.mean),
            f"simulated_std_{case.name}": np.asarray(runs.std),
            f"nonlinearity_{case.name}": np.asarray(band.nonlinearity).max(axis=-1),
            "names": np.asarray(band.names),
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """A column for each case, a row for each parameter and a strip with the nonlinearity."""
    from matplotlib.figure import Figure

    names = [str(name) for name in data["names"]]
    heights = [*(1.0 for _ in names), 0.5]
    figure = Figure(figsize=(DOUBLE, config.height), layout="constrained")
    panels = figure.subplots(len(heights), 2, sharex=True, height_ratios=heights, squeeze=False)
    for column, case in enumerate(config.cases):
        for index, name in enumerate(names):
            _draw_tube(panels[index, column], data, case.name, index, name, config.sigmas)
        _draw_strip(panels[-1, column], data[f"nonlinearity_{case.name}"])
        _mark_breaks(panels[:, column], data[f"nonlinearity_{case.name}"])
        play = config.play
        panel_letter(
            panels[0, column], "ab"[column], f"Case {case.name}: {play.runs} runs, {play.samples} samples"
        )
        panels[-1, column].set_xlabel("iteration $k$")
    for axes, label in zip(panels[:, 0], [*(f"${name}$" for name in names), "nonlinearity"], strict=True):
        axes.set_ylabel(label)
    top = max(data[f"nonlinearity_{case.name}"].max() for case in config.cases)
    for axes in panels[-1]:
        axes.set(yscale="log", ylim=(0.01, 1.5 * top))
    panels[0, 0].legend(loc="lower right", frameon=False)
    figure.align_ylabels()
    return figure


def _draw_tube(axes: "Axes", data: Arrays, case: str, index: int, name: str, sigmas: float) -> None:
    mean, std = (data[f"predicted_{what}_{case}"][:, index] for what in ("mean", "std"))
    color, times = PARAMETER_COLORS[name], np.arange(len(mean))
    low, high = mean - sigmas * std, mean + sigmas * std
    tube = rf"predicted mean $\pm{sigmas:g}$ sd"
    axes.fill_between(times, low, high, color=color, alpha=0.3, linewidth=0, label=tube)
    axes.plot(mean, color=color, linewidth=1.6, label="predicted mean")
    mean, std = (data[f"simulated_{what}_{case}"][:, index] for what in ("mean", "std"))
    axes.plot(mean, color=BLACK, linewidth=0.8, label="simulated mean")
    for side, label in ((-1, rf"simulated mean $\pm{sigmas:g}$ sd"), (1, None)):
        axes.plot(mean + side * sigmas * std, "--", color=BLACK, linewidth=0.7, label=label)
    axes.set_xlim(0, len(mean) - 1)


def _mark_breaks(column: "np.ndarray", nonlinearity: np.ndarray) -> None:
    """Grey where linear theory is only a guide."""
    beyond = np.flatnonzero(_beyond(nonlinearity))
    if not beyond.size:
        return
    for axes in column:
        axes.axvspan(beyond[0], beyond[-1], color=GREY, alpha=0.18, linewidth=0, zorder=0)
    right = beyond[-1] < 0.7 * len(nonlinearity)
    place, side = (beyond[-1] + 4, "left") if right else (beyond[-1] - 4, "right")
    text = "linear theory breaks (grey)"
    strip = column[-1]
    strip.text(place, 0.75, text, transform=strip.get_xaxis_transform(), ha=side, va="center")


def _beyond(nonlinearity: np.ndarray) -> np.ndarray:
    """From the first to the last iteration above the threshold: a bias may change its sign in between."""
    (above,) = np.nonzero(nonlinearity > BREAKS)
    times = np.arange(nonlinearity.size)
    return (times >= above[0]) & (times <= above[-1]) if above.size else np.zeros(times.shape, bool)


def _draw_strip(axes: "Axes", nonlinearity: np.ndarray) -> None:
    axes.plot(nonlinearity, color=BLACK, linewidth=0.9)
    axes.axhline(BREAKS, color=GREY, linewidth=0.7, linestyle="--")


def caption(data: Arrays, config: Config) -> str:
    """What is predicted and what simulated, and where the prediction is only a guide."""
    play, times = config.play, given(config.sigmas)
    return (
        f"Columns: Cases A and B, {play.runs} runs of {play.updates} simultaneous steps of size "
        f"{given(play.step)}, each on its own {play.samples} data and latent points (seed {play.seed}). "
        f"Coloured: mean and mean +- {times} standard deviations as `predict` gives them without any run; "
        f"black: the same of the runs (dashed: +- {times} standard deviations). Bottom: the nonlinearity "
        f"|bias|/sd, the largest over the parameters; above {given(BREAKS)} (dashed, grey strips) the runs "
        "fan out further than linear theory can tell. It is the bias of the mean alone: the standard "
        "deviation changes by as much, in 1/m, and may be off a few steps before. "
        f"{' '.join(_agreement(data, case.name) for case in config.cases)}"
    )


def _agreement(data: Arrays, case: str) -> str:
    """The ratio of the standard deviations on either side of the threshold."""
    nonlinearity = data[f"nonlinearity_{case}"]
    ratio = data[f"predicted_std_{case}"][1:] / data[f"simulated_std_{case}"][1:]
    beyond = _beyond(nonlinearity)[1:]
    text = f"Case {case}: predicted over simulated sd, below the threshold: {_spread(ratio[~beyond])}"
    if not beyond.any():
        return f"{text}; it is never above."
    first, last = np.flatnonzero(nonlinearity > BREAKS)[[0, -1]]
    return f"{text}; above it (steps {first} to {last}): {_spread(ratio[beyond])}."


def _spread(values: np.ndarray) -> str:
    low, middle, high = np.percentile(values, (0, 50, 100))
    return f"median {plain(middle, 2)}, from {plain(low, 2)} to {plain(high, 2)}"


EXPERIMENTS = (
    Experiment(
        "tubes",
        "Mean +- 3 sd of stochastic runs of b and h, predicted and simulated",
        "new",
        Config(("b", "h"), height=4.2),
        compute,
        plot,
        caption=caption,
    ),
    Experiment(
        "tubes_4d",
        "Mean +- 3 sd of stochastic runs of a, b, g and h, predicted and simulated",
        "new",
        Config(None, height=6.4),
        compute,
        plot,
        caption=caption,
    ),
)
