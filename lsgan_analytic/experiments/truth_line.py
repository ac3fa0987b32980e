"""The line of stationary points through the truth, in the game with a logistic discriminator.

On a = 1, b = 0, g + h = 1/c the discriminator says 1/2 everywhere and the means agree; the truth g = 1/c,
h = 0 is one of its points. The paper's discriminator ascends, and d2J/da2 = 1/4 > 0 there: it runs away.
Mao's descends, and its Jacobian there is -1/2 times the transpose of the paper's: eigenvalues with a
positive real part become negative, but for the 0 along the line.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOSSES = {"paper": lsgan.SquaredMinimax(), "Mao": lsgan.LeastSquares(fake=0, real=1, target=1)}
_COLORS = {"paper": VERMILION, "Mao": BLUE}
_NAMES = {"paper": "$D$ ascends (paper)", "Mao": "$D$ descends (Mao)"}


@dataclass(frozen=True)
class Config:
    """The line for g in ``g_range``, and paths from beside it.

    Attributes:
        starts: (g, offset): paths start at D = 1/2 from this point of the line with ``offset`` added to h.
        near: added to all four parameters of the truth, for the comparison with the linearised path.
    """

    rate: float = 1.0
    g_range: tuple[float, float] = (0.01, 3.0)
    points: int = 100
    starts: tuple[tuple[float, float], ...] = ((0.4, -0.25), (1.0, 0.25), (1.6, -0.25), (2.2, 0.25))
    near: float = 1e-4
    step: float = 0.1
    updates: int = 700  # as in ``logistic``: compiled once for both

    def quick(self) -> Self:
        return replace(self, points=10, starts=((1.0, 0.25),), updates=60)

    def players(self, g: jax.Array | float, offset: float = 0.0, near: float = 0.0) -> lsgan.Players:
        """The point of the line at g; ``offset`` added to h, ``near`` to every parameter."""
        disc = lsgan.Logistic(a=1.0 + near, b=near)
        return lsgan.Players(disc, lsgan.Square(g=g + near, h=1 / self.rate - g + offset + near))


def compute(config: Config) -> Arrays:
    """For each sign the (G, 4) eigenvalues along the line, (S, T, 4) paths, and one with its linear path.

    Raises ArithmeticError where the line is not stationary or d2J/da2 is not 1/4.
    """
    data: Arrays = {"g": np.linspace(*config.g_range, config.points)}
    for part in side_by_side(*(partial(_under, sign, config, data["g"]) for sign in _LOSSES)):
        data |= part
    return data


def _under(sign: str, config: Config, g: np.ndarray) -> Arrays:
    """What there is of one sign."""
    truth = 1 / config.rate
    game = lsgan.Game(data=lsgan.Exponential(rate=config.rate), latent=lsgan.Rayleigh(), loss=_LOSSES[sign])
    fields, jacobians = _along_the_line(game, config, np.append(g, truth))
    _require(f"field ({sign})", fields, 0)
    if sign == "paper":
        _require("d2J/da2", jacobians[:, 0, 0], 0.25)
    paths = [_path(game, config, config.players(*start)) for start in config.starts]
    near, steps = _path(game, config, config.players(truth, near=config.near))
    return {
        f"eigenvalues_{sign}": np.sort_complex(np.linalg.eigvals(jacobians[:-1])),
        f"paths_{sign}": np.stack([path for path, _ in paths]),
        f"steps_{sign}": np.asarray([taken for _, taken in paths]),
        f"near_{sign}": _distance(near[: steps + 1] - (1, 0, truth, 0)),
        f"linear_{sign}": _distance(_linear(jacobians[-1], config)),
    }


def _along_the_line(game: lsgan.Game, config: Config, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(G, 4) fields and (G, 4, 4) Jacobians."""

    def measures(g: jax.Array) -> tuple[lsgan.Players, jax.Array]:
        players = config.players(g)
        return lsgan.field(game, players), lsgan.jacobian(game, players)

    fields, jacobians = jax.jit(jax.vmap(measures))(g)
    return np.stack(jax.tree.leaves(fields), axis=1), np.asarray(jacobians)


def _require(name: str, values: np.ndarray, expected: float) -> None:
    worst = np.abs(values - expected).max()
    if not worst < 1e-13:
        raise ArithmeticError(f"{name}: expected {expected} on the line, got it within {worst}")


def _path(game: lsgan.Game, config: Config, start: lsgan.Players) -> tuple[np.ndarray, int]:
    """(T, 4) parameters and the number of valid steps."""
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=config.step), start, steps=config.updates)
    return np.stack(jax.tree.leaves(path.players), axis=1), int(path.steps_taken)


def _linear(jacobian: np.ndarray, config: Config) -> np.ndarray:
    """(T, 4) deviations from the truth, by the Jacobian at the truth alone."""
    deviations = [np.full(4, config.near)]
    for _ in range(config.updates):
        deviations.append(deviations[-1] + config.step * jacobian @ deviations[-1])
    return np.stack(deviations)


def _distance(deviations: np.ndarray) -> np.ndarray:
    """The distance from the line of points that deviate so from one of its points."""
    a, b, g, h = deviations.T
    return np.sqrt(a**2 + b**2 + (g + h) ** 2 / 2)


def plot(data: Arrays, config: Config) -> "Figure":
    """Eigenvalues along the line; paths in the plane of g and h; distances from the line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.75), layout="constrained")
    panels = figure.subplot_mosaic("rpd;ipd", height_ratios=(1.6, 1))
    plane, distance = panels["p"], panels["d"]
    _draw_spectrum(panels["r"], panels["i"], data, config)
    _draw_plane(plane, data, config)
    _draw_distance(distance, data, config)
    return figure


def _draw_spectrum(real: "Axes", imaginary: "Axes", data: Arrays, config: Config) -> None:
    for axes, part in ((real, np.real), (imaginary, np.imag)):
        for sign, color in _COLORS.items():
            axes.plot(data["g"], np.sort(part(data[f"eigenvalues_{sign}"])), color=color)
        axes.axhline(0, color=BLACK)  # the eigenvalue along the line, and the imaginary part of real ones
        axes.axvline(1 / config.rate, color=GREY, linewidth=0.6, linestyle=":")
        axes.set(xlim=config.g_range, xticks=(1, 2, 3))
    real.text(1 / config.rate - 0.05, 0.85, "truth", color=GREY, ha="right")
    real.text(0.97, 0.55, _NAMES["paper"], color=VERMILION, transform=real.transAxes, ha="right")
    real.text(0.36, 0.05, _NAMES["Mao"], color=BLUE, transform=real.transAxes)
    real.set_ylabel(r"$\mathrm{Re}\,\lambda$")
    real.tick_params(labelbottom=False)
    imaginary.set(xlabel="$g$ on the line", ylabel=r"$\mathrm{Im}\,\lambda$")
    panel_letter(real, "a", "eigenvalues of the field")


def _draw_plane(axes: "Axes", data: Arrays, config: Config) -> None:
    g = np.asarray(config.g_range)
    axes.plot(g, 1 / config.rate - g, color=GREY, linewidth=0.8)
    for sign, color in _COLORS.items():
        for path, steps in zip(data[f"paths_{sign}"], data[f"steps_{sign}"], strict=True):
            axes.plot(*path[: steps + 1, 2:].T, color=color, linewidth=1)
            axes.plot(*path[steps, 2:].T, "s", color=color, markersize=3)
            axes.plot(*path[0, 2:].T, "o", color=BLACK, markerfacecolor="white", markersize=3.5)
    axes.plot(1 / config.rate, 0, "*", color=BLACK, markersize=8)
    axes.annotate("truth", (1 / config.rate, 0), xytext=(6, 2), textcoords="offset points")
    axes.text(2.75, -2.02, "$g+h=1/c$", color=GREY, ha="right")
    axes.set(xlabel="$g$", ylabel="$h$", xlim=(-0.1, 3.1))
    panel_letter(axes, "b", r"paths from $D=1/2$ ($\circ$ start)")


def _draw_distance(axes: "Axes", data: Arrays, config: Config) -> None:
    for sign, color in _COLORS.items():
        axes.plot(data[f"linear_{sign}"], color=BLACK, linewidth=2.2, alpha=0.35, solid_capstyle="butt")
        axes.plot(data[f"near_{sign}"], color=color, linewidth=1.0)
    end = len(data["near_paper"]) - 1, data["near_paper"][-1]
    axes.plot(*end, "s", color=VERMILION, markersize=3)
    axes.annotate(
        "stopped: $a$ reaches 0", end, xytext=(-28, -14), textcoords="offset points", color=VERMILION
    )
    axes.set(yscale="log", xlabel="iteration $k$", ylabel="distance from the line", ylim=(None, 3 * end[1]))
    axes.set_xlim(0, config.updates)
    panel_letter(axes, "c", "from beside the truth (grey: linear)")


def caption(data: Arrays, config: Config) -> str:
    """Both signs: eigenvalues along the line, and what paths do beside it."""
    parts = []
    for sign, wants in (("paper", "D ascends"), ("Mao", "D descends")):
        real = np.real(data[f"eigenvalues_{sign}"])
        near, steps = data[f"near_{sign}"], data[f"steps_{sign}"]
        parts.append(
            f"{wants}: real parts of the eigenvalues from {plain(real.min(), 2)} to {plain(real.max(), 2)}; "
            f"a run that starts {plain(near[0], 2)} from the line is {plain(near[-1], 2)} from it after "
            f"{len(near) - 1} steps; the others take {steps.min()} to {steps.max()} of {config.updates} "
            "steps before they stop"
        )
    return (
        "Logistic discriminator: along the line of stationary points through the truth ($a$ = 1, $b$ = 0, "
        f"$g$ + $h$ = 1/c, c = {given(config.rate)}), {config.points} points of $g$, the four eigenvalues of "
        f"the field, and {len(config.starts)} runs of step {given(config.step)} near it; dashed: the linear "
        f"path. {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "truth_line",
        "Logistic game: the line through the truth repels when D ascends, attracts when it descends",
        "sequel",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
