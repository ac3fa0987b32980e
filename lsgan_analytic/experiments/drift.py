"""Finite steps against continuous time: path, flow and drift-corrected flow of the Dirac-GAN."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RULES = {"simultaneous": lsgan.Simultaneous, "alternating": lsgan.Alternating}
_FREE = ("w", "shift")
_MARKERS = {"simultaneous": "o", "alternating": "^"}


@dataclass(frozen=True)
class Config:
    """The start, the large step of the pictures, and the small ones of the orders."""

    w: float = 0.4
    shift: float = 0.6
    step: float = 0.6
    updates: int = 19
    points_per_step: int = 12
    small_steps: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

    def quick(self) -> Self:
        return replace(self, updates=6, points_per_step=4, small_steps=(0.1, 0.4))


def compute(config: Config) -> Arrays:
    """(T, 2) paths, flow and corrected flows of w and shift; how far one step is from either flow."""
    masses = lsgan.PointMasses([0.0])
    game = lsgan.Game(masses, masses, lsgan.Minimax())
    start = lsgan.Players(disc=lsgan.Linear(w=config.w), gen=lsgan.Shift(shift=config.shift))
    sizes = jnp.asarray([config.step, *config.small_steps])
    times = jnp.asarray([float(config.updates), *[1.0] * len(config.small_steps)])
    points = config.updates * config.points_per_step + 1

    def values(players: lsgan.Players) -> np.ndarray:
        return np.stack([np.asarray(players.disc.w), np.asarray(players.gen.shift)], axis=-1)  # pyright: ignore

    def play(rule: type, size: jax.Array) -> lsgan.Players:
        return lsgan.trajectory(game, rule(size), start, config.updates, _FREE).players

    def follow(rule: type, order: int, size: jax.Array, time: jax.Array) -> lsgan.Players:
        return lsgan.flow(game, start, time, points, _FREE, rule=rule(size), order=order).players

    flow = values(jax.vmap(partial(follow, lsgan.Simultaneous, 1))(sizes, times))
    data = {"step": np.asarray(config.small_steps), "flow": flow[0]}
    for name, rule in _RULES.items():
        paths = values(jax.vmap(partial(play, rule))(sizes))
        corrected = values(jax.vmap(partial(follow, rule, 2))(sizes, times))
        data |= {
            f"path_{name}": paths[0],
            f"corrected_{name}": corrected[0],
            f"flow_error_{name}": np.linalg.norm(paths[1:, 1] - flow[1:, -1], axis=-1),
            f"corrected_error_{name}": np.linalg.norm(paths[1:, 1] - corrected[1:, -1], axis=-1),
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """Paths of both rules, and the errors of one step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1.05))
    reach = 1.12 * max(np.abs(data[f"path_{name}"]).max() for name in _RULES)
    for axes, letter, name in zip((left, middle), "ab", _RULES, strict=True):
        _draw_paths(axes, data, name)
        axes.set(xlabel=r"discriminator $\psi$", xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        panel_letter(axes, letter, f"{name}, step $h={config.step:g}$")
    left.set_ylabel(r"generator $\theta$")
    middle.legend(
        loc="lower center", frameon=False, ncols=3, handlelength=1.2, columnspacing=0.6, handletextpad=0.4
    )
    _draw_errors(right, data)
    panel_letter(right, "c", "error of one step")
    return figure


def _draw_paths(axes: "Axes", data: Arrays, name: str) -> None:
    axes.plot(*data["flow"].T, color=GREY, linewidth=1.0, linestyle="--", label="flow")
    axes.plot(*data[f"corrected_{name}"].T, color=BLUE, label="flow with drift")
    path = data[f"path_{name}"].T
    axes.plot(*path, _MARKERS[name], color=VERMILION, markersize=3.2, markeredgewidth=0, label="steps")
    axes.plot(*path[:, 0], "o", color=BLACK, markerfacecolor="white", markersize=5)
    axes.plot(0, 0, "+", color=BLACK, markersize=6)


def _draw_errors(axes: "Axes", data: Arrays) -> None:
    h = data["step"]
    for kind, color, words in (("flow", GREY, "flow"), ("corrected", BLUE, "with drift")):
        for name, marker in _MARKERS.items():
            error = data[f"{kind}_error_{name}"]
            slope = np.polyfit(np.log(h[:3]), np.log(error[:3]), 1)[0]
            axes.loglog(
                h,
                error,
                color=color,
                marker=marker,
                markersize=3.2,
                linewidth=1.0,
                linestyle="--" if kind == "flow" else "-",
                label=f"{words}, {name[:3]}.: slope {slope:.2f}",
            )
    axes.set(xlabel="step $h$", ylabel="distance of step and flow")
    low, high = axes.get_ylim()
    axes.set_ylim(low * 0.05, high)
    axes.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axes.legend(loc="lower right", frameon=False, handlelength=2.2, borderaxespad=0.2, labelspacing=0.25)


def caption(data: Arrays, config: Config) -> str:
    """The start, the curves, and the orders found."""

    def order(errors: np.ndarray) -> float:
        small = slice(0, 3)
        return float(np.polyfit(np.log(data["step"][small]), np.log(errors[small]), 1)[0])

    orders = "; ".join(
        f"{name}: {plain(order(data[f'flow_error_{name}']), 3)} (flow), "
        f"{plain(order(data[f'corrected_error_{name}']), 3)} (with drift)"
        for name in _RULES
    )
    return (
        f"Dirac-GAN from w = {given(config.w)}, shift = {given(config.shift)}: {config.updates} steps of "
        f"size {given(config.step)} (dots), the flow, and the flow with the drift of order one. Errors of "
        f"one step against its size; the slopes over the three smallest steps are {orders}, 2 and 3 by "
        "theory."
    )


EXPERIMENTS = (
    Experiment(
        "drift",
        "steps, flow and drift-corrected flow of the Dirac-GAN, with orders of accuracy",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
