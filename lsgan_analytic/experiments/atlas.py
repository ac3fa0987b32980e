"""The landscape of Cases A and B: the field, where it all but vanishes and why, and where training goes."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

from ._captions import given, listed, plain
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import BREAKS
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, ORANGE, panel_letter, PURPLE, SKY, VERMILION, YELLOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CAUSES = ("moving", "saturated", "samples", "sure", "generator", "data", "balanced")
_COLORS = ("white", SKY, ORANGE, PURPLE, YELLOW, BLUE, VERMILION)


@dataclass(frozen=True)
class Config:
    """Windows of (b, h), the runs that the tube predicts, and what counts as a plateau."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    windows: tuple[tuple[float, float, float, float], ...] = ((-6.0, 6.0, -5.0, 5.0), (-5.0, 5.0, -6.0, 3.0))
    box: float = 8.0
    points: int = 121
    cells: int = 361
    step: float = 0.4
    updates: int = 249
    samples: int = 1000
    threshold: float = 0.01

    def quick(self) -> Self:
        return replace(self, points=31, cells=31, updates=40)


def compute(config: Config) -> Arrays:
    """Of each case: cost and field on the window, causes, path with tube, and what is known of the box."""
    data: Arrays = {}
    for case, (left, right, low, high) in zip(config.cases, config.windows, strict=True):
        game, players = case.game(), case.players()
        grid = {"b": np.linspace(left, right, config.points), "h": np.linspace(low, high, config.points)}
        portrait = lsgan.portrait(game, players, grid)

        def cause_at(at: lsgan.Players, game: lsgan.Game = game) -> lsgan.Cause:
            return lsgan.diagnose(game, at, free=("b", "h"), threshold=config.threshold).cause

        fine = {"b": np.linspace(left, right, config.cells), "h": np.linspace(low, high, config.cells)}
        cause = lsgan.surface(jax.tree_util.Partial(cause_at), players, fine)
        band = lsgan.predict(
            game,
            lsgan.Simultaneous(config.step),
            players,
            samples=config.samples,
            steps=config.updates,
            free=("b", "h"),
        )
        shown = lsgan.no_stationary_point(
            game, players, {"b": (-config.box, config.box), "h": (-config.box, config.box)}
        )
        levels = lsgan.asymptotes(game, players, free=("b", "h"))
        data |= {
            f"b_{case.name}": grid["b"],
            f"h_{case.name}": grid["h"],
            f"fine_b_{case.name}": fine["b"],
            f"fine_h_{case.name}": fine["h"],
            f"cost_{case.name}": np.asarray(portrait.cost, np.float32),
            f"field_{case.name}": np.asarray(portrait.field, np.float32),
            f"cause_{case.name}": np.select(
                [np.asarray(cause == getattr(lsgan.Cause, name)) for name in _CAUSES], range(len(_CAUSES))
            ).astype(np.int8),
            f"mean_{case.name}": np.asarray(band.mean),
            f"covariance_{case.name}": np.asarray(band.covariance),
            f"nonlinearity_{case.name}": np.asarray(band.nonlinearity).max(axis=-1),
            f"levels_{case.name}": np.asarray([level.value for level in levels]),
            f"proved_{case.name}": np.asarray(shown.verdict.name),
            f"log10_bound_{case.name}": np.asarray(shown.log_bound / np.log(10)),
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """Above the portraits on the cost, below what vanishes on the plateaus."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 5.6), layout="constrained")
    panels = figure.subplots(2, 2, sharex="col", sharey="col")
    for case, (top, bottom), letters in zip(config.cases, panels.T, ("ac", "bd"), strict=True):
        name = case.name
        grid = {"b": jnp.asarray(data[f"b_{name}"]), "h": jnp.asarray(data[f"h_{name}"])}
        portrait = lsgan.Portrait(grid, jnp.asarray(data[f"cost_{name}"]), jnp.asarray(data[f"field_{name}"]))
        plotting.cost_map(top, portrait, levels=24, label="$J$")
        plotting.phase_portrait(top, portrait, config.threshold)
        _draw_path(top, data, name)
        _draw_causes(bottom, data, name)
        _draw_path(bottom, data, name)
        _write_levels(bottom, data, name)
        top.set_xlabel("")
        bottom.set(xlabel="$b$", ylabel="$h$")
        panel_letter(top, letters[0], f"Case {name}: the path ends on a plateau")
        panel_letter(bottom, letters[1], "what vanishes on the plateaus")
    codes = np.concatenate([data[f"cause_{case.name}"].ravel() for case in config.cases])
    _legends(figure, np.unique(codes))
    return figure


def _draw_path(axes: "Axes", data: Arrays, name: str) -> None:
    mean, broken = data[f"mean_{name}"], data[f"nonlinearity_{name}"] > BREAKS
    linear = slice(int(np.argmax(broken)) if broken.any() else None)
    plotting.tube(axes, mean[linear], data[f"covariance_{name}"][linear], color=BLACK, every=3)
    plotting.path(axes, mean[:, 0], mean[:, 1])


def _draw_causes(axes: "Axes", data: Arrays, name: str) -> None:
    from matplotlib.colors import ListedColormap

    colors = ListedColormap(_COLORS)
    axes.pcolormesh(
        data[f"fine_b_{name}"],
        data[f"fine_h_{name}"],
        data[f"cause_{name}"].T,
        cmap=colors,
        vmin=-0.5,
        vmax=len(_CAUSES) - 0.5,
        alpha=0.6,
        shading="nearest",
        rasterized=True,
    )


def _write_levels(axes: "Axes", data: Arrays, name: str) -> None:
    """The level of J at each side, straight on from the start."""
    up_b, down_b, up_h, down_h = data[f"levels_{name}"]
    places = (
        (0.985, 0.5, up_b, "right"),
        (0.015, 0.5, down_b, "left"),
        (0.5, 0.96, up_h, "center"),
        (0.5, 0.04, down_h, "center"),
    )
    for x, y, level, side in places:
        axes.text(x, y, rf"$J\to{level:.2f}$", transform=axes.transAxes, ha=side, va="center")


def _legends(figure: "Figure", used: np.ndarray) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = {
        "moving": "no plateau",
        "saturated": "$D$ flat on data and samples",
        "samples": "$D$ flat on samples",
        "sure": "loss flat",
        "generator": "$G$ hardly moves",
        "data": "$D$ flat on data, samples balance",
        "balanced": "factors cancel",
    }
    marks = [
        Line2D([], [], color=BLUE, label=r"$\partial_bJ=0$"),
        Line2D(
            [],
            [],
            color=BLACK,
            label=r"path, tube of $3\sigma$",
            marker="o",
            markerfacecolor="white",
            markersize=4,
        ),
        Patch(facecolor=GREY, alpha=0.22, label="plateau: field below 0.01"),
    ]
    marks += [
        Patch(facecolor=_COLORS[code], alpha=0.6, edgecolor=GREY, linewidth=0.4, label=words[_CAUSES[code]])
        for code in used
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=4, frameon=False)


def caption(data: Arrays, config: Config) -> str:
    """The window, what is shaded, the path, and the levels at infinity."""
    parts = []
    for case in config.cases:
        size = np.linalg.norm(data[f"field_{case.name}"], axis=-1)
        levels = listed([plain(level) for level in np.unique(np.round(data[f"levels_{case.name}"], 9))])
        parts.append(
            f"Case {case.name}: the field is below the threshold on "
            f"{plain(100 * np.mean(size < config.threshold), 2)} % of the window, and $J$ tends to {levels} "
            f"at infinity; on |b|, |h| <= {given(config.box)} |dJ/dh| is above 10^"
            f"{np.floor(data[f'log10_bound_{case.name}']):.0f}, by bounds computed in floating point"
        )
    return (
        f"Cases A and B on {config.points} x {config.points} points of ($b$, $h$): streamlines, nullclines, "
        f"and where |field| < {given(config.threshold)}, coloured by the factor that vanishes. Path: "
        f"{config.updates} simultaneous steps of size {given(config.step)} in the tube of 3 standard "
        f"deviations predicted for {config.samples} samples, drawn until the nonlinearity of `predict` "
        f"exceeds {given(BREAKS)}. {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "atlas",
        "Cases A and B: field, nullclines, plateaus and their causes, path with its tube",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
