"""The paper's comparison: 100 stochastic runs beside the analytic one, and their predicted spread."""

from dataclasses import dataclass, field, replace
from typing import Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, of, plain, point
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import Play
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, ENDS, GREY, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FREE = ("b", "h")
_SIGMAS = {1: "-", 3: "--"}


@dataclass(frozen=True)
class Config:
    """One case in 2-D.

    Attributes:
        start_label, end_label: where the words stand from their points, in points.
    """

    case: Case
    play: Play = field(default_factory=Play)
    start_label: tuple[float, float] = (14, 0)
    end_label: tuple[float, float] = (0, -12)

    def quick(self) -> Self:
        return replace(self, play=self.play.quick())


def compute(config: Config) -> Arrays:
    """(runs, T, 2) stochastic and (T, 2) analytic paths of b and h; mean and covariance at the end."""
    runs = config.play.simulate(config.case, _FREE)
    band = config.play.predict(config.case, _FREE)
    return {
        "runs": np.asarray(runs.values, dtype=np.float32),
        "path": np.asarray(band.mean),
        "end_mean": np.asarray(band.mean[-1] + band.bias[-1]),
        "end_covariance": np.asarray(band.covariance[-1]),
        "end_distances": np.asarray(lsgan.compare(band, runs).mahalanobis),
        "completed": np.asarray(runs.completed),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """(a) the paths in the plane of b and h; (b) the end points, enlarged."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.1), layout="constrained")
    paths, ends = figure.subplots(1, 2)
    _draw_paths(paths, data, config)
    _draw_ends(ends, data)
    runs, samples = config.play.runs, config.play.samples
    panel_letter(
        paths, "a", f"Case {config.case.name}: {runs} runs of {samples} samples and the analytic path"
    )
    panel_letter(ends, "b", f"end points after {config.play.updates} updates (dotted window of a)")
    (left, right), (low, high) = ends.get_xlim(), ends.get_ylim()
    corners = [left, right, right, left, left], [low, low, high, high, low]
    paths.plot(*corners, color=VERMILION, linewidth=1.0, linestyle=":", zorder=5)
    for axes in (paths, ends):
        axes.set(xlabel="$b$", ylabel="$h$")
    return figure


def _draw_paths(axes: "Axes", data: Arrays, config: Config) -> None:
    for index, run in enumerate(data["runs"]):
        label = "stochastic" if index == 0 else None
        axes.plot(*run.T, color=SKY, linewidth=0.5, alpha=0.45, rasterized=True, label=label)
    axes.plot(*data["path"].T, color=BLACK, linewidth=1.2, label="analytic")
    sides = {"start": config.start_label, "end": config.end_label}
    for at, marker, face, name in ENDS:
        point = data["path"][at]
        axes.plot(*point, marker, color=BLACK, markerfacecolor=face, markersize=4.5 if at == 0 else 1.5)
        axes.annotate(name, point, xytext=sides[name], textcoords="offset points", ha="center", va="center")
    legend = axes.legend(loc="best", frameon=False)
    for handle in legend.get_lines():
        handle.set(alpha=1, linewidth=1.2)


def _draw_ends(axes: "Axes", data: Arrays) -> None:
    """The cloud, the ellipses that hold 39.3 % and 98.9 % of it, and how many they do hold."""
    points = data["runs"][:, -1]
    axes.plot(*points.T, "o", color=BLUE, alpha=0.6, markersize=3, markeredgewidth=0, label="stochastic")
    root = np.linalg.cholesky(data["end_covariance"])
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    for sigmas, dash in _SIGMAS.items():
        ellipse = data["end_mean"][:, None] + sigmas * root @ circle
        expected, found = 1 - np.exp(-(sigmas**2) / 2), np.sum(data["end_distances"] <= sigmas)
        label = rf"predicted ${sigmas}\sigma$: holds {found} (expected {expected * len(points):.1f})"
        axes.plot(*ellipse, dash, color=VERMILION, linewidth=1.0, label=label)
    axes.plot(*data["end_mean"], "+", color=VERMILION, markersize=9, zorder=4, label="predicted mean")
    axes.plot(*data["path"][-1], "s", color=BLACK, markersize=3, label="analytic end")
    reach = 4.0 * np.sqrt(np.diagonal(data["end_covariance"]))
    far = 1.1 * np.abs(points - data["end_mean"]).max(axis=0)
    for extent, middle, limit in zip(np.maximum(reach, far), data["end_mean"], "xy", strict=True):
        room = (1.0, 1.0) if limit == "x" else (1.0, 1.75)  # for the legend
        axes.set(**{f"{limit}lim": (middle - room[0] * extent, middle + room[1] * extent)})
    axes.legend(loc="upper center", frameon=False, ncols=2, columnspacing=1.0, handletextpad=0.4)
    axes.grid(color=GREY, alpha=0.15)


def caption(data: Arrays, config: Config) -> str:
    """How the runs were made, and how many end in the predicted ellipses."""
    case, play, runs = config.case, config.play, len(data["runs"])
    inside = "; ".join(
        f"the {sigmas}-sigma ellipse holds "
        f"{of(int(np.sum(data['end_distances'] <= sigmas)), runs)} of the end points, "
        f"{plain(100 * (1 - np.exp(-(sigmas**2) / 2)))} % expected"
        for sigmas in _SIGMAS
    )
    return (
        f"Case {case.name} from {point('abgh', (case.a, case.b, case.g, case.h))}, $b$ and $h$ free: {runs} "
        f"runs of {play.updates} simultaneous steps of size {given(play.step)}, each on its own "
        f"{play.samples} data and latent points (seed {play.seed}), {int(data['completed'].sum())} of them "
        "to the end. (a) Blue: the runs; black: the exact path. (b) The end points, the mean and the "
        f"ellipses that `predict` gives them without any run: {inside}."
    )


EXPERIMENTS = (
    Experiment(
        "comparison_a",
        "Case A: 100 stochastic runs, the analytic path and the predicted end points",
        "paper",
        Config(CASE_A, end_label=(0, -22)),
        compute,
        plot,
        caption=caption,
    ),
    Experiment(
        "comparison_b",
        "Case B: 100 stochastic runs, the analytic path and the predicted end points",
        "paper",
        Config(CASE_B, start_label=(0, 9)),
        compute,
        plot,
        caption=caption,
    ),
)
