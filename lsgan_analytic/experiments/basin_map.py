"""From where training comes near the data at all: every start of (b, h) in Cases A and B."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

from ._captions import given, plain
from ._cases import Case, CASE_A, CASE_B
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, panel_letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
_MAPS = ("closest", "distance", "settled")


@dataclass(frozen=True)
class Config:
    """Windows of starts (b, h), and how long each is played; a, g stay those of the case."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    windows: tuple[tuple[float, float, float, float], ...] = ((-6.0, 6.0, -5.0, 5.0), (-5.0, 5.0, -6.0, 3.0))
    points: tuple[int, int] = (161, 121)
    step: float = 0.4
    updates: int = 1000
    tolerance: float = 0.01

    def quick(self) -> Self:
        return replace(self, points=(17, 13), updates=50)


def compute(config: Config) -> Arrays:
    """Of each case: W1 to the data at the closest approach and at the end, steps to rest, shares of ends."""
    data: Arrays = {}
    for case, (left, right, low, high) in zip(config.cases, config.windows, strict=True):
        grid = {
            "b": np.linspace(left, right, config.points[0]),
            "h": np.linspace(low, high, config.points[1]),
        }
        found = lsgan.basins(
            case.game(),
            lsgan.Simultaneous(config.step),
            case.players(),
            grid,
            steps=config.updates,
            free=("b", "h"),
            tolerance=config.tolerance,
        )
        data |= {
            f"b_{case.name}": grid["b"],
            f"h_{case.name}": grid["h"],
            f"closest_{case.name}": np.asarray(found.closest, np.float32),
            f"distance_{case.name}": np.asarray(found.distance, np.float32),
            f"settled_{case.name}": np.asarray(found.settled, np.int16),
            f"plateau_{case.name}": np.asarray(found.outcome == lsgan.Outcome.plateau),
            f"least_{case.name}": np.asarray(_least(case)),
        }
    return data


def _least(case: Case) -> float:
    """The least W1 that any h reaches with this g: E|(1/c - g) S - h| at the median, h = (1/c - g) log 2."""
    return float(abs(1 / case.c - case.g) * np.log(2))


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each case: closest approach, end, time."""
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.3), layout="constrained")
    panels = figure.subplots(2, 3, sharey="row")
    titles = ("closest approach, $W_1$", "end, $W_1$", "steps to the plateau")
    for case, row, letters in zip(config.cases, panels, ("abc", "def"), strict=True):
        name = case.name
        least = float(data[f"least_{name}"])
        reach = LogNorm(least, float(data[f"distance_{name}"].max()))
        times = LogNorm(10, config.updates)
        for axes, quantity, letter, title in zip(row, _MAPS, letters, titles, strict=True):
            values = data[f"{quantity}_{name}"].astype(float)
            time = quantity == "settled"
            if time:
                values = np.where(values < 0, np.nan, np.maximum(values, 10))
            style = {"norm": times, "colors": "cividis"} if time else {"norm": reach, "colors": "viridis_r"}
            plotting.value_map(
                axes,
                data[f"b_{name}"],
                data[f"h_{name}"],
                values,
                label="steps" if time else "$W_1$",
                **style,
            )
            bar = axes.collections[-1].colorbar
            if bar is not None and not time:
                ticks = [tick for tick in _TICKS if reach(tick) == np.clip(reach(tick), 0, 1)]
                bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
                bar.minorticks_off()
            axes.plot(case.b, case.h, "o", color=BLACK, markerfacecolor="white", markersize=4)
            axes.set_xlabel("$b$ at the start")
            if time and np.any(data[f"{quantity}_{name}"] < 0):
                _note(axes, f"white: none in {config.updates}")
            panel_letter(axes, letter, f"Case {name}: {title}")
        _note(row[0], rf"least possible: ${least:.3f}$")
        row[0].set_ylabel("$h$ at the start")
    return figure


def _note(axes: "Axes", text: str) -> None:
    box = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5}
    axes.text(0.03, 0.04, text, transform=axes.transAxes, bbox=box)


def caption(data: Arrays, config: Config) -> str:
    """The starts, what is measured from each, and the least W1 there is."""
    parts = []
    for case in config.cases:
        name = case.name
        shape = data[f"closest_{name}"].shape
        plateau = np.mean(data[f"plateau_{name}"] > 0)
        lost = np.nanmean(data[f"distance_{name}"] - data[f"closest_{name}"])
        parts.append(
            f"Case {name}: {shape[0]} x {shape[1]} starts, {plain(100 * plateau, 3)} % end on a plateau; the "
            f"mean of W1 at the end less the smallest on the way is {plain(lost, 2)}; no $h$ at this $g$ "
            f"has W1 below {plain(data[f'least_{name}'])}"
        )
    return (
        f"Every start ($b$, $h$) of the window is played with exact expectations, {config.updates} steps of "
        f"size {given(config.step)}. The closest approach is the least W1 at a step, not between two: where "
        "$h$ moves far in one step the map has ripples. Circle: the start of the paper. Steps to the "
        f"plateau below 10 are drawn as 10; white: no plateau in {config.updates} steps. {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "basin_map",
        "Cases A and B from every start (b, h): how near to the data, where it ends, how long it takes",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
