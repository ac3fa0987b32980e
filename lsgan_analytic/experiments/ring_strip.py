"""The ring of eight modes in time: a strip of frames for each setting of ``neural`` (Metz et al. 2017)."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, listed
from ._run import Arrays, Experiment, side_by_side
from ._style import BLUE, DOUBLE, GREEN, GREY, VERMILION
from .neural import Config as Networks, generators, prepared

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SETTINGS = {"plain": "non-saturating", "r1": "with R1", "gp": "Wasserstein"}
_COLORS = {"plain": VERMILION, "r1": BLUE, "gp": GREEN}
_LINES = {"plain": (2.4, "-"), "r1": (1.0, "o-"), "gp": (1.0, "s-")}  # width and marks of counts


@dataclass(frozen=True)
class Config:
    """The networks and the ring of ``neural`` with narrower modes, one start, and the frames shown."""

    networks: Networks = field(default_factory=lambda: Networks(ring_std=0.04, steps=6000, looked_at=2048))
    frames: tuple[int, ...] = (0, 200, 400, 800, 1600, 3200, 6000)
    seed: int = 0

    def quick(self) -> Self:
        return replace(self, networks=self.networks.quick(), frames=(0, 20, 40))


def compute(config: Config) -> Arrays:
    """Of every setting: (frames, shown, 2) generated points, (T,) modes captured and good shares."""
    networks = config.networks
    jobs = [partial(_strip, config, setting) for setting in _SETTINGS]
    data: Arrays = {"steps": np.arange(0, networks.steps + 1, networks.save_every)}
    for part in side_by_side(*jobs):
        data |= part
    return data


def _strip(config: Config, setting: str) -> Arrays:
    """The run of the first start of ``neural`` on this ring."""
    networks = config.networks
    game, centers, std, z = prepared(networks, "ring", setting)
    saved = generators(networks, game, networks.rule(), config.seed)
    made = jax.jit(jax.vmap(lambda gen: gen(z)))(saved)
    captured = jax.vmap(lambda x: lsgan.modes.modes_captured(x, centers, std, networks.least))(made)
    share = jax.vmap(lambda x: lsgan.modes.high_quality_share(x, centers, std))(made)
    at = np.asarray(config.frames) // networks.save_every
    return {
        f"points_{setting}": np.asarray(made)[at, : networks.shown].astype(np.float16),
        f"modes_{setting}": np.asarray(captured, np.int16),
        f"share_{setting}": np.asarray(share, np.float32),
        "centers": np.asarray(centers),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each setting, a column for each frame; below, the modes captured against the step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 1.09 * len(_SETTINGS) + 1.35), layout="constrained")
    strip, below = figure.subfigures(2, 1, height_ratios=(1.09 * len(_SETTINGS) + 0.2, 1.15))  # pyright: ignore[reportGeneralTypeIssues]
    figure.get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0.01, hspace=0.01)  # pyright: ignore
    panels = strip.subplots(len(_SETTINGS), len(config.frames))
    for setting, row in zip(_SETTINGS, panels, strict=True):
        for index, axes in enumerate(row):
            _draw_frame(axes, data, setting, index, config)
        row[0].set_ylabel(_SETTINGS[setting])
    for axes, step in zip(panels[0], config.frames, strict=True):
        axes.set_title(f"$k={step}$")
    _draw_counts(below.subplots(), data, config)
    return figure


def _draw_frame(axes: "Axes", data: Arrays, setting: str, index: int, config: Config) -> None:
    """The points; the centres of the modes; in the corner the number of modes captured."""
    reach = 1.5 * config.networks.ring_radius
    points = data[f"points_{setting}"][index].astype(float)
    ring = {"markerfacecolor": "none", "markeredgecolor": GREY, "markersize": 7, "markeredgewidth": 0.5}
    axes.plot(*data["centers"].T, "o", **ring)
    axes.plot(*points.T, ".", color=_COLORS[setting], markersize=1.2, markeredgewidth=0, rasterized=True)
    at = config.frames[index] // config.networks.save_every
    outside = (np.abs(points) > reach).any(axis=1).mean()
    axes.text(0.03, 0.97, str(data[f"modes_{setting}"][at]), transform=axes.transAxes, va="top")
    if outside > 0.005:
        text = f"{outside:.0%} outside"
        axes.text(0.97, 0.03, text, transform=axes.transAxes, ha="right", fontsize=6.5)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=(), yticks=())


def _draw_counts(axes: "Axes", data: Arrays, config: Config) -> None:
    """At every look; dotted: the steps of the frames."""
    for step in config.frames:
        axes.axvline(step, color=GREY, linewidth=0.5, linestyle=":")
    for setting, (width, marker) in _LINES.items():
        look = {"color": _COLORS[setting], "linewidth": width, "label": _SETTINGS[setting]}
        axes.plot(data["steps"], data[f"modes_{setting}"], marker, markersize=2.5, **look)
    most = len(data["centers"])
    axes.set(xlabel="step $k$", ylabel="modes captured", yticks=(0, most // 2, most))
    axes.set(xlim=(0, data["steps"][-1]), ylim=(-0.4, most + 0.5))
    axes.legend(loc="lower right", frameon=False, ncols=3)


def caption(data: Arrays, config: Config) -> str:
    """The networks, the frames, and how often modes are lost."""
    networks, parts = config.networks, []
    for setting, name in _SETTINGS.items():
        modes, share = data[f"modes_{setting}"], data[f"share_{setting}"][-1]
        lost = int(np.sum(np.diff(modes) < 0))
        parts.append(
            f"{name[0].upper()}{name[1:]}: from step {data['steps'][1]} on between {modes[1:].min()} and "
            f"{modes[1:].max()} modes, fewer than {networks.save_every} steps before at {lost} of "
            f"{len(modes) - 1} looks, {modes[-1]} in the end with {100 * share:.0f} % of the points good"
        )
    return (
        f"Networks, losses and rule of `neural` on a ring of {len(data['centers'])} modes, radius "
        f"{given(networks.ring_radius)}, std of a mode {given(networks.ring_std)} (grey circles: their "
        f"places, not their widths): {data['points_plain'].shape[1]} generated points of one start (seed "
        f"{config.seed}) at the steps {listed([str(step) for step in config.frames])}. The number in the "
        f"corner: modes captured, that is with at least {networks.least} of {networks.looked_at} points "
        f"within three std. {'. '.join(parts)}. Below: the count at every look; dotted: the frames. One "
        "start of a chaotic training: what can happen, no frequency."
    )


EXPERIMENTS = (
    Experiment(
        "ring_strip",
        "A ring of eight modes along one training: the non-saturating loss holds all eight in the end, with "
        "R1 and without; under the Wasserstein loss with a gradient penalty the count goes up and down",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
