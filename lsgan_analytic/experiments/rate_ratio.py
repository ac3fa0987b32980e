"""Which rates and R1 strengths make the line through the truth attract: logistic game, Mao's sign.

The truth a = 1, b = 0, g = 1/c, h = 0 lies on a line of stationary points a = 1, b = 0, g + h = 1/c: along it
one multiplier is 1, whatever is done. What can attract is the line, so the map is of the other three: those
of the Jacobian on the space orthogonal to it (an eigenvector, so that no other eigenvalue changes).
"""

from dataclasses import dataclass, replace
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, COST_MAP, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (VERMILION, BLUE, GREEN, ORANGE)
_FROM = 50  # the step from which the prediction is drawn
_LINE = np.array([0, 0, 1, -1]) / np.sqrt(2)  # in (a, b, g, h)
_ACROSS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, np.sqrt(0.5), np.sqrt(0.5)]]).T


@dataclass(frozen=True)
class Config:
    """The game, the map, and the runs that confirm it.

    Attributes:
        rate: c, of the data. gen_step: of G; D's is ratio times it.
        ratios, strengths: decades of the map. runs: (ratio, strength) of the marked runs.
        offset: of their start from the truth in (a, b, g, h). near: what it is times, for each of them.
        line_run: which of them is played from ``line_starts`` (g, h) too.
    """

    rate: float = 0.5
    gen_step: float = 0.5
    ratios: tuple[float, float] = (-1.5, 1.5)
    strengths: tuple[float, float] = (-2.0, 2.0)
    points: int = 201
    runs: tuple[tuple[float, float], ...] = ((0.3, 0.03), (3.0, 0.03), (0.3, 3.0), (3.0, 0.3))
    offset: tuple[float, float, float, float] = (0.05, 0.05, 0.05, 0.1)
    near: tuple[float, ...] = (1.0, 1.0, 1.0, 1e-5)
    line_run: int = 1
    line_starts: tuple[tuple[float, float], ...] = (
        (0.5, 0.2), (1.0, 1.8), (3.0, -2.0), (3.2, -0.2), (2.2, 0.9), (1.2, -0.2),
    )  # fmt: skip
    updates: int = 600

    def quick(self) -> Self:
        return replace(self, points=15, updates=50)


def _game(config: Config, strength: jax.Array | float) -> lsgan.Game:
    loss = lsgan.LeastSquares(fake=0, real=1, target=1)
    penalty = (lsgan.R1(strength),)  # pyright: ignore[reportArgumentType]
    return lsgan.Game(lsgan.Exponential(rate=config.rate), lsgan.Rayleigh(), loss, penalty)


def _players(
    a: float | jax.Array, b: float | jax.Array, g: float | jax.Array, h: float | jax.Array
) -> lsgan.Players:
    return lsgan.Players(disc=lsgan.Logistic(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def _rule(config: Config, ratio: jax.Array) -> lsgan.Simultaneous:
    return lsgan.Simultaneous(step=(ratio * config.gen_step, config.gen_step))


def across(config: Config, ratios: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """The three multipliers across the line at the truth, for every pair (vectors of one length)."""
    truth = _players(1.0, 0.0, 1 / config.rate, 0.0)

    def at(ratio: jax.Array, strength: jax.Array) -> jax.Array:
        return lsgan.step_jacobian(_game(config, strength), _rule(config, ratio), truth)

    slopes = np.asarray(jax.jit(jax.vmap(at))(jnp.asarray(ratios), jnp.asarray(strengths)))
    if not np.allclose(slopes @ _LINE, _LINE, atol=1e-12):
        raise ArithmeticError("expected the line g + h = 1/c to be stationary")
    return np.linalg.eigvals(_ACROSS.T @ slopes @ _ACROSS)


def compute(config: Config) -> Arrays:
    """The maps, (ratio, strength); (runs, T, 4) paths with their predicted multipliers and outcomes."""
    ratios = np.logspace(*config.ratios, config.points)
    strengths = np.logspace(*config.strengths, config.points)
    pairs = np.stack(np.meshgrid(ratios, strengths, indexing="ij"), axis=-1).reshape(-1, 2)
    every: Any = across(config, *np.concatenate([pairs, np.asarray(config.runs)]).T)
    size = np.abs(every)
    shape = (config.points, config.points)
    leading: Any = np.take_along_axis(every, size.argmax(axis=1)[:, None], axis=1)[:, 0]
    growth = ((every.real - 1) / config.gen_step).max(axis=1)  # of the flow, per unit of G's time
    cells = len(pairs)
    return {
        "ratio": ratios,
        "strength": strengths,
        "multiplier": size.max(axis=1)[:cells].reshape(shape).astype(np.float32),
        "turning": (np.abs(leading.imag) > 1e-9)[:cells].reshape(shape),
        "flow_attracts": (growth < 0)[:cells].reshape(shape),
        "run_multipliers": size.max(axis=1)[cells:],
        **_paths(config),
    }


def _paths(config: Config) -> Arrays:
    truth = np.array([1.0, 0.0, 1 / config.rate, 0.0])
    marked = [truth + near * np.asarray(config.offset) for near in config.near]
    beside = [np.array([1.3, 0.1, g, h]) for g, h in config.line_starts]
    settings = np.asarray([*config.runs, *[config.runs[config.line_run]] * len(beside)])

    def play(setting: jax.Array, start: jax.Array) -> lsgan.Path:
        game = _game(config, setting[1])
        return lsgan.trajectory(game, _rule(config, setting[0]), _players(*start), config.updates)

    runs = jax.jit(jax.vmap(play))(jnp.asarray(settings), jnp.asarray([*marked, *beside]))
    values = np.stack([np.asarray(leaf) for leaf in jax.tree.leaves(runs.players)], axis=-1)
    off = np.linalg.norm((values - truth) @ _ACROSS, axis=-1)
    count = len(config.runs)
    return {"distance": off[:count], "line_paths": values[count:, :, 2:].astype(np.float32)}


def plot(data: Arrays, config: Config) -> "Figure":
    """The map, the runs against their prediction, and where on the line runs end."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.75), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.3, 1, 1))
    _draw_map(left, data, config)
    _draw_distances(middle, data, config)
    _draw_line(right, data, config)
    panel_letter(left, "a", "blue: the line through the truth attracts")
    panel_letter(middle, "b", "runs; dashed: predicted")
    truth = np.array([1 / config.rate, 0.0])
    nearest = np.linalg.norm(data["line_paths"][:, -1] - truth, axis=-1).min()
    panel_letter(right, "c", f"all end {nearest:.2f} or more off")
    return figure


def _draw_map(axes: "Axes", data: Arrays, config: Config) -> None:
    from matplotlib.colors import SymLogNorm

    grid = data["ratio"], data["strength"]
    values = np.log(data["multiplier"]).T
    norm = SymLogNorm(linthresh=1e-3, vmin=-1, vmax=1)
    mesh = axes.pcolormesh(*grid, values, cmap=COST_MAP, norm=norm, shading="nearest", rasterized=True)
    axes.contour(*grid, np.asarray(norm(values)), levels=(norm(0),), colors=BLACK, linewidths=1.4)
    axes.contour(*grid, data["turning"].T, levels=(0.5,), colors="white", linewidths=0.8, linestyles="--")
    for (ratio, strength), color in zip(config.runs, _COLORS, strict=True):
        axes.plot(ratio, strength, "o", color=color, markeredgecolor="white", markersize=6)
    axes.text(
        0.97,
        0.95,
        "steps too large\n(the flow attracts)",
        color="white",
        ha="right",
        va="top",
        transform=axes.transAxes,
    )
    axes.text(0.36, 0.3, "spirals in", ha="center", transform=axes.transAxes)
    axes.text(0.03, 0.78, "creeps in", ha="left", transform=axes.transAxes)
    axes.set(xscale="log", yscale="log", xlabel="rate ratio $r$ (D over G)", ylabel=r"R1 strength $\gamma$")
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.02, aspect=28, ticks=(-1, -0.1, -0.01, 0, 0.01, 0.1, 1))
    bar.ax.minorticks_off()
    bar.ax.set_yticklabels(["$-1$", "$-0.1$", "$-0.01$", "$0$", "$0.01$", "$0.1$", "$1$"])
    bar.set_label(r"$\ln\,\max|\mu|$")


def _draw_distances(axes: "Axes", data: Arrays, config: Config) -> None:
    runs = zip(data["distance"], data["run_multipliers"], config.runs, _COLORS, strict=True)
    k = np.arange(data["distance"].shape[1])
    for distance, multiplier, (ratio, strength), color in runs:
        axes.semilogy(k, distance, color=color, label=rf"$r={ratio:g}$, $\gamma={strength:g}$")
        first = min(_FROM, len(k) - 1)  # the other multipliers have died away
        predicted = distance[first] * multiplier ** (k[first:] - first)
        axes.semilogy(k[first:], predicted, color=BLACK, linewidth=0.7, linestyle="--", zorder=3)
    axes.set(xlabel="step $k$", ylabel="distance from the line", xlim=(0, len(k) - 1), ylim=(1e-9, 1e3))
    axes.legend(loc="upper right", frameon=False, handlelength=1.2, borderaxespad=0.2, labelspacing=0.2)


def _draw_line(axes: "Axes", data: Arrays, config: Config) -> None:
    mean = 1 / config.rate
    g = np.array([0.0, 4.0])
    axes.plot(g, mean - g, color=GREY, linewidth=0.8, linestyle="--", label="$g+h=1/c$")
    for path in data["line_paths"]:
        axes.plot(*path.T, color=BLUE, linewidth=0.9)
        axes.plot(*path[0], "o", color=BLACK, markerfacecolor="white", markersize=4)
        axes.plot(*path[-1], "s", color=BLACK, markersize=3)
    axes.plot(mean, 0, "*", color=VERMILION, markersize=8, label="truth", linestyle="none")
    axes.set(xlabel="$g$", ylabel="$h$", xlim=(0.2, 3.8), ylim=(-2.4, 2.2))
    axes.legend(loc="lower left", frameon=False, handlelength=1.6)


def caption(data: Arrays, config: Config) -> str:
    """What the map is of, the marked runs, and where on the line runs end."""
    truth = np.array([1 / config.rate, 0.0])
    ends = np.linalg.norm(data["line_paths"][:, -1] - truth, axis=-1)
    runs = "; ".join(
        f"r = {given(ratio)}, strength {given(strength)}: largest multiplier {plain(multiplier, 4)}, "
        f"distance {plain(distance[0], 2)} at the start and {plain(distance[-1], 2)} after {config.updates} "
        "steps"
        for (ratio, strength), multiplier, distance in zip(
            config.runs, data["run_multipliers"], data["distance"], strict=True
        )
    )
    return (
        "Logistic game under Mao's sign. The truth lies on a line of stationary points, along which one "
        "multiplier is 1: what attracts is the line, not the truth. (a) The largest of the other three "
        f"multipliers at the truth on {config.points} x {config.points} settings; black: it is 1. (b) "
        f"Distance from the line of the marked runs, G's step {given(config.gen_step)}; dashed: on from step "
        f"{_FROM} by the largest multiplier, nothing fitted: {runs}. Where it is above 1 a run that starts "
        "beside the line leaves it, until the field is no longer linear. (c) "
        f"{len(ends)} runs with r and strength of the run in blue from other starts end on the line, "
        f"{plain(ends.min(), 2)} to {plain(ends.max(), 2)} from the truth: where depends on the start."
    )


EXPERIMENTS = (
    Experiment(
        "rate_ratio",
        "logistic game, Mao's sign: rate ratio and R1 strength that make the line through the truth attract",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
