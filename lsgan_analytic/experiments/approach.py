"""The game itself along training: densities of data and G(z) with D over them, and W1 against the step."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

from ._captions import given, plain, point
from ._cases import Case, CASE_A, CASE_B, train
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, panel_letter, PARAMETER_COLORS, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOMENTS = ("start", "closest", "end")


@dataclass(frozen=True)
class Config:
    """Both cases, all four parameters free; the window of x of each case."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    windows: tuple[tuple[float, float], tuple[float, float]] = ((-3.0, 8.0), (-4.5, 4.0))
    step: float = 0.4
    updates: int = 249
    points: int = 851

    def quick(self) -> Self:
        return replace(self, updates=40, points=86)


def compute(config: Config) -> Arrays:
    """Of each case: (T,) W1 and J, and (3, 4) parameters at the start, where W1 is smallest, at the end."""
    data: Arrays = {}
    for case in config.cases:
        game = case.game()
        run = train(game, case.players(), config.step, config.updates, free=None)
        parameters = np.stack([run.parameters[name] for name in PARAMETER_COLORS], axis=1)

        def distance(theta: jax.Array, game: lsgan.Game = game) -> jax.Array:
            made = lsgan.pushforward(game.latent, lsgan.Square(g=theta[2], h=theta[3]))
            return lsgan.divergences.w1(game.data, made)

        w1 = np.asarray(jax.jit(lambda rows, measure=distance: jax.lax.map(measure, rows))(parameters))
        moments = np.array([0, w1.argmin(), len(w1) - 1])
        data |= {
            f"w1_{case.name}": w1,
            f"cost_{case.name}": run.cost_terms.sum(axis=1),
            f"moments_{case.name}": moments,
            f"parameters_{case.name}": parameters[moments],
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """A row a case: W1 and J along the path, and the game at its three moments."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.9), layout="constrained")
    panels = figure.subplots(2, 4, width_ratios=(1.1, 1, 1, 1))
    for row, (case, window) in enumerate(zip(config.cases, config.windows, strict=True)):
        first, *others = panels[row]
        _draw_distance(first, data, case.name)
        panel_letter(first, "ae"[row], f"Case {case.name}")
        x = np.linspace(*window, config.points)
        for column, (axes, letter) in enumerate(zip(others, ("bcd", "fgh")[row], strict=True)):
            _draw_moment(axes, data, case, column, x)
            k = int(data[f"moments_{case.name}"][column])
            panel_letter(axes, letter, f"{_MOMENTS[column]}, $k={k}$")
    panels[1, 1].legend(loc="upper left", frameon=False, borderaxespad=0.2, handlelength=1.4)
    return figure


def _draw_distance(axes: "Axes", data: Arrays, name: str) -> None:
    w1 = data[f"w1_{name}"]
    axes.plot(w1, color=PURPLE, label="$W_1$")
    axes.plot(data[f"cost_{name}"], color=BLACK, linewidth=0.9, label="$J$")
    at = data[f"moments_{name}"]
    axes.plot(at, w1[at], "o", color=PURPLE, markerfacecolor="white", markersize=4)
    axes.set(xlabel="iteration $k$", xlim=(-4, len(w1) + 3), ylim=(0, 1.1 * w1.max()))
    axes.legend(loc="center right", frameon=False)


def _draw_moment(axes: "Axes", data: Arrays, case: Case, column: int, x: np.ndarray) -> None:
    a, b, g, h = data[f"parameters_{case.name}"][column]
    players = lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))
    plotting.densities(axes, case.game(), players, x)
    right = axes.figure.axes[-1]
    if column < len(_MOMENTS) - 1:
        right.set_ylabel("")
        right.tick_params(labelright=False)
    if column:
        axes.set_ylabel("")
    w1 = data[f"w1_{case.name}"][data[f"moments_{case.name}"][column]]
    axes.set_title(f"$W_1={w1:.2f}$", loc="right", pad=4, color=PURPLE)


def caption(data: Arrays, config: Config) -> str:
    """The starts, the moments, and how near the run comes before it leaves again."""
    parts = []
    for case in config.cases:
        w1, k = data[f"w1_{case.name}"], int(data[f"moments_{case.name}"][1])
        parts.append(
            f"Case {case.name} from {point('abgh', (case.a, case.b, case.g, case.h))}: W1 is {plain(w1[0])} "
            f"at the start, {plain(w1[k])} at step {k}, and {plain(w1[-1])} at the end, where $J$ = "
            f"{plain(data[f'cost_{case.name}'][-1], 4)}"
        )
    return (
        f"Cases A and B, all four parameters free, {config.updates} simultaneous steps of size "
        f"{given(config.step)}, exact expectations. Left: W1 between data and generated law (purple; "
        "circles: the moments shown) and $J$ (black). Right: the density of the data (blue), that of G(z) "
        f"(dashed), and D (black, axis at the right) at the start, where W1 is smallest, and at the end. "
        f"{'. '.join(parts)}. The closest approach is passed, not kept: no term of the game holds the "
        "generator there."
    )


EXPERIMENTS = (
    Experiment(
        "approach",
        "Cases A and B: training passes its closest approach to the data and ends far from it",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
