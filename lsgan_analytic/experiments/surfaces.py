"""The cost over (b, h) with the 2-D path on it (paper, Figs. 10 and 11)."""

from dataclasses import dataclass, replace
from typing import cast, Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain, point
from ._cases import Case, CASE_A, CASE_B, PAPER_WINDOW, train
from ._run import Arrays, Experiment
from ._style import BLACK, COST_MAP, DOUBLE, ENDS, filled_bands, GREY, panel_letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure
    from mpl_toolkits.mplot3d import Axes3D
    from mpl_toolkits.mplot3d.axis3d import Axis

_LEVELS = (0.25, 0.5, 0.75, 1.25, 1.5, 1.75)  # the ticks of the colour bar
_NEAR_PLATEAU = 0.01
_GRAIN = 2.0**-20  # of coordinates and projection in three dimensions; a pixel is 700 of these


@dataclass(frozen=True)
class Config:
    """A case, the window of its surface, the grid over it, and where on the map to name the plateaux."""

    case: Case
    b_range: tuple[float, float]
    h_range: tuple[float, float]
    plateaus: tuple[tuple[float, float, float], ...]  # b, h and rotation of the name
    points: int = 201
    step: float = 0.4
    updates: int = 249
    azimuth: float = 130.0

    def quick(self) -> Self:
        return replace(self, points=41, updates=60)


def compute(config: Config) -> Arrays:
    """The surface J(b, h) and the path over it."""
    game, start = config.case.game(), config.case.players()
    b = np.linspace(*config.b_range, config.points)
    h = np.linspace(*config.h_range, config.points)
    run = train(game, start, config.step, config.updates, free=("b", "h"))
    return {
        "b": b,
        "h": h,
        "cost": np.asarray(lsgan.surface(game.cost, start, {"b": b, "h": h}), dtype=np.float32),
        "path_b": run.parameters["b"],
        "path_h": run.parameters["h"],
        "path_cost": run.cost_terms.sum(axis=1),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """The surface, and beside it the same as a map."""
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.0))
    norm = Normalize(0, 2)
    solid = cast("Axes3D", figure.add_axes((0.0, 0.0, 0.49, 0.97), projection="3d", computed_zorder=False))
    flat = figure.add_axes((0.56, 0.135, 0.335, 0.775))
    _draw_surface(solid, data, norm, config)
    bands = _draw_map(flat, data, norm)
    for b, h, rotation in config.plateaus:
        flat.text(b, h, "plateau $J=1$", rotation=rotation, ha="center", va="center")
    place = figure.add_axes((0.91, 0.135, 0.017, 0.775))
    figure.colorbar(bands, cax=place, ticks=np.arange(0, 2.1, 0.25)).set_label("$J(b,h)$")
    figure.text(0.02, 0.927, f"(a) Case {config.case.name}: cost surface and 2-D path")
    panel_letter(flat, "b", rf"from above; dashed: $|J-1|={_NEAR_PLATEAU}$")
    return figure


def _draw_surface(axes: "Axes3D", data: Arrays, norm: "Normalize", config: Config) -> None:
    project = axes.get_proj
    axes.get_proj = lambda: _coarse(project())  # pyright: ignore[reportAttributeAccessIssue]
    b, h = np.meshgrid(_coarse(data["b"]), _coarse(data["h"]), indexing="ij")
    stride = max(1, (len(data["b"]) - 1) // 32)
    mesh = {"rstride": stride, "cstride": stride, "edgecolor": "#00000040", "linewidth": 0.2}
    axes.plot_surface(
        b, h, _coarse(data["cost"]), cmap=COST_MAP, norm=norm, rasterized=True, zorder=1, **mesh
    )
    path = [_coarse(data[name]) for name in ("path_b", "path_h", "path_cost")]
    axes.plot(*path, color=BLACK, linewidth=1.4, zorder=5)
    for at, marker, face, _ in ENDS:
        point = [coordinate[[at]] for coordinate in path]
        axes.plot(*point, marker=marker, color=BLACK, markerfacecolor=face, markersize=4.5, zorder=6)
    axes.set(xlabel="$b$", ylabel="$h$", zlabel="$J$", zlim=(0, 2), zticks=(0, 0.5, 1, 1.5, 2))
    axes.set(xlim=config.b_range, ylim=config.h_range)
    axes.view_init(elev=26, azim=config.azimuth)
    axes.set_box_aspect((1, 1, 0.7))
    for axis in cast("tuple[Axis, ...]", (axes.xaxis, axes.yaxis, axes.zaxis)):
        axis.set_pane_color((1, 1, 1, 1))
        axis.labelpad = -5
    axes.tick_params(pad=-2)


def _coarse(values: np.ndarray) -> np.ndarray:
    """Multiples of ``_GRAIN``, whose products, and sums of four of these, are exact.

    matplotlib projects by NumPy's matrix product, which rounds otherwise on other processors: without this
    the same arrays made other bytes there.
    """
    return np.round(np.asarray(values, float) / _GRAIN) * _GRAIN


def _draw_map(axes: "Axes", data: Arrays, norm: "Normalize") -> "ContourSet":
    grid = data["b"], data["h"], data["cost"].T
    bands = filled_bands(axes, *grid, COST_MAP, norm, count=80)
    axes.contour(*grid, levels=_LEVELS, colors=GREY, linewidths=0.5)
    edges = (1 - _NEAR_PLATEAU, 1 + _NEAR_PLATEAU)
    axes.contour(*grid, levels=edges, colors=BLACK, linewidths=0.6, linestyles="--")
    b, h = data["path_b"], data["path_h"]
    axes.plot(b, h, ".-", color=BLACK, linewidth=0.7, markersize=3, markeredgewidth=0)
    for at, marker, face, name in ENDS:
        axes.plot(b[at], h[at], marker, color=BLACK, markerfacecolor=face, markersize=4.5)
        side = (-8, 5) if at == 0 else (0, 5)
        axes.annotate(name, (b[at], h[at]), xytext=side, textcoords="offset points", ha="center")
    axes.set(xlabel="$b$", ylabel="$h$")
    return bands


def caption(data: Arrays, config: Config) -> str:
    """The window, the path on it, and where it ends."""
    case, cost = config.case, data["path_cost"]
    ends = [(data["path_b"][at], data["path_h"][at]) for at in (0, -1)]
    first, last = (f"({plain(b)}, {plain(h)})" for b, h in ends)
    return (
        f"Case {case.name} (data Exp(c) with c = {given(case.c)}, {point('ag', (case.a, case.g))}): exact "
        f"$J$ on {config.points} x {config.points} points of ($b$, $h$). Colours: $J$ from 0 to 2, white the "
        f"plateau $J$ = 1; grey: levels of $J$; dashed: |$J$ - 1| = {given(_NEAR_PLATEAU)}. Black: "
        f"{config.updates} simultaneous gradient steps of size {given(config.step)}, a dot a step, from "
        f"{first} (open circle, $J$ = {plain(cost[0], 4)}) to {last} (square, $J$ = {plain(cost[-1], 4)}). "
        f"Its lowest $J$ is {plain(cost.min())}, at step {cost.argmin()}: it is passed, and the run ends "
        "beside the plateau."
    )


def _experiment(
    name: str, source: str, case: Case, plateaus: tuple[tuple[float, float, float], ...]
) -> Experiment:
    config = Config(case, *PAPER_WINDOW[case.name], plateaus=plateaus)
    return Experiment(
        name, f"Case {case.name}: J(b, h) and the 2-D path", source, config, compute, plot, caption=caption
    )


EXPERIMENTS = (
    _experiment("figure10", "paper, Fig. 10", CASE_A, ((1.5, 0.6, 90),)),
    _experiment("figure11", "paper, Fig. 11", CASE_B, ((2.3, 0.6, 0), (-1.76, -2.6, 90))),
)
