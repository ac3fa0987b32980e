"""Where the gradient vanishes: log10 |grad J| over (b, h), below what float64 can hold, and along runs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, listed, plain
from ._cases import Case, CASE_A, CASE_B, PAPER_WINDOW, train
from ._decades import decades_norm, FLOAT32, FLOAT64, log10_gradient
from ._run import Arrays, Experiment
from ._style import BLACK, dotted_box, DOUBLE, ENDS, filled_bands, GREY, panel_letter, SIZE_MAP, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure

_LOWEST = -5.2  # decades, of the panels along paths
Points = tuple[tuple[float, float], ...]
_TICKS = {
    "wide": (0, -10, -50, -100, -200, -308, -500, -1000, -1500),
    "close": (0, -1, -2, -5, -10, -15, -20, -25, -30),
}


@dataclass(frozen=True)
class View:
    """A window of (b, h), and where the 2-D paths of each case start."""

    b_range: tuple[float, float]
    h_range: tuple[float, float]
    starts: tuple[Points, Points]


_NEAR = ((-6.0, -4.0), (-6.0, 2.0), (-1.0, -6.0), (1.0, -2.5), (5.0, -5.0), (5.0, 4.0))
_WIDE = View(
    (-60.0, 60.0),
    (-40.0, 40.0),
    starts=(
        ((-50.0, 22.0), (-30.0, 6.0), (30.0, -16.0), (50.0, -25.0), (35.0, 15.0)),
        ((-40.0, 33.0), (-20.0, 16.0), (20.0, -17.5), (35.0, -30.0), (35.0, 15.0)),
    ),
)
_CLOSE = View(
    (-8.0, 8.0),
    (-8.0, 8.0),
    starts=(
        (*_NEAR, (-3.0, -1.0), (CASE_A.b, CASE_A.h)),
        (*_NEAR, (-1.0, -1.0), (CASE_B.b, CASE_B.h)),
    ),
)


@dataclass(frozen=True)
class Config:
    """Both cases in both views."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    wide: View = _WIDE
    close: View = _CLOSE
    points: int = 141
    step: float = 0.4
    updates: int = 2490

    def views(self) -> dict[str, View]:
        return {"wide": self.wide, "close": self.close}

    def quick(self) -> Self:
        return replace(self, points=31, updates=60)


def compute(config: Config) -> Arrays:
    """Of every view and case: log10 |grad J| on the map and (runs, kept) on paths (runs, 2, kept) of b, h."""
    kept = _kept(config.updates)
    data = {"iterations": kept}
    for index, case in enumerate(config.cases):
        game, start = case.game(), case.players()
        measure = jax.tree_util.Partial(log10_gradient, game)
        for name, view in config.views().items():
            b, h = np.linspace(*view.b_range, config.points), np.linspace(*view.h_range, config.points)
            decades, _, _ = lsgan.surface(measure, start, {"b": b, "h": h})
            starts = [case.players(*point) for point in view.starts[index]]
            runs = [train(game, one, config.step, config.updates, free=("b", "h")) for one in starts]
            paths = np.asarray([[run.parameters["b"][kept], run.parameters["h"][kept]] for run in runs])
            data |= {
                f"{name}_b": b,
                f"{name}_h": h,
                f"{name}_{case.name}": np.asarray(decades, dtype=np.float32),
                f"{name}_paths_{case.name}": paths.astype(np.float32),
                f"{name}_along_{case.name}": np.asarray(_along(measure, case, paths), dtype=np.float32),
                f"{name}_outcomes_{case.name}": np.asarray([run.outcome for run in runs]),
            }
    return data


def _along(measure: Callable, case: Case, paths: np.ndarray) -> jax.Array:
    """(runs, kept), log10 |grad J| at the points of paths (runs, 2, kept)."""
    points = [jnp.asarray(paths[:, index].ravel()) for index in (0, 1)]
    decades = jax.jit(jax.vmap(lambda b, h: measure(case.players(b, h))[0]))(*points)
    return decades.reshape(len(paths), -1)


def _kept(updates: int) -> np.ndarray:
    """The iterations that are saved: every one at first, then ever fewer."""
    early = min(400, updates)
    late = np.geomspace(early, updates, 60).round().astype(int)
    return np.unique(np.concatenate([np.arange(early), late]))


def plot(data: Arrays, config: Config) -> "Figure":
    """Rows: the wide window, the neighbourhood of the paper's, and along its paths; columns: the cases."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 6.7), layout="constrained")
    panels = figure.subplots(3, 2, sharey="row", height_ratios=(1, 1.15, 0.62))
    for row, (name, view) in enumerate(config.views().items()):
        norm = decades_norm(*(data[f"{name}_{case.name}"] for case in config.cases))
        maps = [
            _draw_map(axes, data, name, case.name, norm)
            for axes, case in zip(panels[row], config.cases, strict=True)
        ]
        for axes, case in zip(panels[row], config.cases, strict=True):
            _draw_paths(axes, data[f"{name}_paths_{case.name}"], data["iterations"])
            axes.set(xlabel="$b$", xlim=view.b_range, ylim=view.h_range)
        panels[row, 0].set_ylabel("$h$")
        bar = figure.colorbar(maps[0], ax=panels[row], ticks=_TICKS[name], pad=0.015, aspect=28)
        bar.ax.minorticks_off()
        bar.set_label(r"$\log_{10}\Vert\nabla J\Vert$")
    for column, case in enumerate(config.cases):
        wide, close, along = panels[:, column]
        _mark_floor(wide, data, case.name)
        dotted_box(wide, config.close.b_range, config.close.h_range)
        dotted_box(close, *PAPER_WINDOW[case.name])
        panel_letter(wide, "ab"[column], f"Case {case.name} (dotted: enlarged below)")
        panel_letter(close, "cd"[column], f"Case {case.name} (dotted: the paper's window)")
        _draw_along(along, data, case)
        panel_letter(along, "ef"[column], f"along the paths of ({'cd'[column]})")
    panels[2, 0].set_ylabel(r"$\log_{10}\Vert\nabla J\Vert$")
    panels[2, 0].legend(loc="lower left", frameon=False)
    panels[1, 0].legend(loc="lower left", frameon=False, handletextpad=0.1)
    return figure


def _draw_map(axes: "Axes", data: Arrays, view: str, name: str, norm: "Normalize") -> "ContourSet":
    grid = data[f"{view}_b"], data[f"{view}_h"], data[f"{view}_{name}"].T
    return filled_bands(axes, *grid, SIZE_MAP, norm, count=32)


def _mark_floor(axes: "Axes", data: Arrays, name: str) -> None:
    """The contours below which float32 and float64 hold only 0."""
    grid = data["wide_b"], data["wide_h"], data[f"wide_{name}"].T
    lines = axes.contour(
        *grid, levels=(FLOAT64, FLOAT32), colors="white", linewidths=(1.0, 0.6), linestyles=("-", "--")
    )
    names = {FLOAT64: rf"float64: $10^{{{FLOAT64}}}$", FLOAT32: rf"float32: $10^{{{FLOAT32}}}$"}
    axes.clabel(lines, fmt=names, fontsize=7.5, manual=[(26.6, 18), (9.2, 25)])
    axes.text(44, 33, "float64 gives 0", color="white", ha="center")


def _draw_paths(axes: "Axes", paths: np.ndarray, iterations: np.ndarray) -> None:
    for b, h in paths:
        axes.plot(b, h, color="white", linewidth=1.8)
        axes.plot(b, h, color=BLACK, linewidth=0.9)
    for at, marker, face, _ in ENDS:
        axes.plot(
            paths[:, 0, at],
            paths[:, 1, at],
            marker,
            label=f"$k={iterations[at]}$",
            markerfacecolor=face,
            markeredgecolor=BLACK if face == "white" else "white",
            markeredgewidth=0.5,
            markersize=4.5 if at == 0 else 2.8,  # a run that never moved shows both
        )


def _draw_along(axes: "Axes", data: Arrays, case: Case) -> None:
    """Against the iteration; thick: from the start of the paper. Runs below the panel are told."""
    times, low = data["iterations"] + 1, _LOWEST
    every = data[f"close_along_{case.name}"]
    for decades, paper in zip(every, _of_paper(data, case), strict=True):
        color, width = (VERMILION, 1.4) if paper else (GREY, 0.7)
        axes.plot(times, decades, color=color, linewidth=width, zorder=2 + paper)
        if paper:
            late = times >= times[-1] / 10
            axes.plot(times[late], decades[-1] - 0.5 - np.log10(times[late] / times[-1]), ":", color=BLACK)
            axes.text(times[-1] / 10, decades[-1] + 0.2, r"$\propto 1/k$", ha="right", va="top")
    axes.plot([], [], color=VERMILION, linewidth=1.4, label="from the start of the paper")
    axes.plot([], [], color=GREY, linewidth=0.7, label="from the other starts")
    below = every.max(axis=1)[every.max(axis=1) < low]
    if below.size:
        text = f"below: {', '.join(f'${one:.1f}$' for one in below)} at all $k$"
        axes.text(0.98, 0.06, text, transform=axes.transAxes, ha="right")
    axes.set(xscale="log", xlabel="iteration $k+1$", xlim=(1, times[-1]), ylim=(low, 1.2))


def _of_paper(data: Arrays, case: Case) -> np.ndarray:
    """(runs,), whether a run of the close view starts where the paper's does."""
    starts = data[f"close_paths_{case.name}"][:, :, 0]
    return np.all(starts == np.asarray((case.b, case.h), dtype=starts.dtype), axis=1)


def _slope(data: Arrays, case: Case) -> float:
    """Of log10 |grad J| in log10 of the iteration, over the last half decade of the run of the paper."""
    late = data["iterations"] >= data["iterations"][-1] / np.sqrt(10)
    (decades,) = data[f"close_along_{case.name}"][_of_paper(data, case)]
    return np.polyfit(np.log10(data["iterations"][late] + 1), decades[late], 1)[0]


def caption(data: Arrays, config: Config) -> str:
    """The views, the paths, and how small the gradient gets."""
    low = listed([f"10^{data[f'wide_{case.name}'].min():.0f} (Case {case.name})" for case in config.cases])
    ends = [
        str(outcome).split(":")[0]
        for case in config.cases
        for view in config.views()
        for outcome in data[f"{view}_outcomes_{case.name}"]
    ]
    slopes = listed([f"{plain(_slope(data, case), 3)} (Case {case.name})" for case in config.cases])
    counts = listed([f"{ends.count(one)} {one}" for one in dict.fromkeys(ends)])
    return (
        f"The size of the gradient over ($b$, $h$) in powers of ten, from `log_gradient` on {config.points} "
        f"x {config.points} points; doubles underflow at 10^-308. The smallest in the wide view is {low}. "
        f"Lines: {len(ends)} runs of {config.updates} simultaneous steps of size {given(config.step)} from "
        f"the starts marked. At the last step they are judged: {counts}. (e), (f): the same size along the "
        "runs of (c), (d); those that start far on a plateau do not move, and lie below the panels. On the "
        "plateau, over the last half decade of $k$, the gradient of the runs from the starts of the paper "
        f"falls as $k$ to the power {slopes}: a power law, which has no time scale."
    )


EXPERIMENTS = (
    Experiment(
        "vanishing_gradient",
        "log10 |grad J| over (b, h): far from the data it is below what float64 can hold, and on plateaus it "
        "falls as a power of the iteration",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
