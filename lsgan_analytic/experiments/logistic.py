"""The sequel's four published cases: logistic discriminator, all four parameters free."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, of, plain
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, DOUBLE, GREEN, GREY, panel_letter, PARAMETER_COLORS, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROWS = (("a", "b"), ("g", "h"), ("J_1", "J_2", "J"))
_COLORS = {**PARAMETER_COLORS, "J_1": GREEN, "J_2": PURPLE, "J": BLACK}


@dataclass(frozen=True)
class Case:
    """A published case: rate c of the data, start, and the number of points printed."""

    c: float
    a: float
    b: float
    g: float
    h: float
    points: int

    def game(self) -> lsgan.Game:
        """Exponential data, Rayleigh latent, squared minimax loss."""
        return lsgan.Game(
            data=lsgan.Exponential(rate=self.c), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax()
        )

    def players(self) -> lsgan.Players:
        """The start."""
        return lsgan.Players(disc=lsgan.Logistic(a=self.a, b=self.b), gen=lsgan.Square(g=self.g, h=self.h))


@dataclass(frozen=True)
class Config:
    """All cases for equally many updates, beyond the published ones where these end earlier.

    Attributes:
        runs: stochastic runs whose ends are counted; ``shown``: of them are drawn, every ``stride`` updates.
    """

    cases: tuple[Case, ...] = (
        Case(c=0.5, a=0.7, b=-1.5, g=1.9, h=1.1, points=150),
        Case(c=0.3, a=1.5, b=1.0, g=0.9, h=-1.5, points=285),
        Case(c=1.1, a=1.9, b=0.2, g=1.4, h=-1.0, points=185),
        Case(c=1.1, a=1.9, b=0.2, g=1.4, h=-0.9, points=500),
    )
    step: float = 0.1
    updates: int = 700
    runs: int = 40
    shown: int = 12
    samples: int = 1000
    stride: int = 5
    seed: int = 2021

    def quick(self) -> Self:
        return replace(self, updates=40, runs=20, shown=4, samples=50)


def compute(config: Config) -> Arrays:
    """Of each case: (T, 4) exact path and (T, 2) costs; (S, t, 4) stochastic runs and their exact costs.

    ``steps`` and ``run_steps`` say how many steps were valid, ``left`` which runs left the domain a > 0.
    """
    data: Arrays = {}
    for part in side_by_side(partial(_exact, config), partial(_stochastic, config)):
        data |= part
    return data


def _exact(config: Config) -> Arrays:
    data: Arrays = {}
    for number, case in enumerate(config.cases, 1):
        path = lsgan.trajectory(
            case.game(), lsgan.Simultaneous(step=config.step), case.players(), steps=config.updates
        )
        data |= {
            f"path_{number}": np.stack(jax.tree.leaves(path.players), axis=1),
            f"costs_{number}": np.asarray(path.cost_terms),
            f"steps_{number}": np.asarray(path.steps_taken),
        }
    return data


def _stochastic(config: Config) -> Arrays:
    data: Arrays = {}
    for number, case in enumerate(config.cases, 1):
        game = case.game()
        runs = lsgan.simulate(
            game,
            lsgan.Simultaneous(step=config.step),
            case.players(),
            key=jax.random.key(config.seed),
            runs=config.runs,
            samples=config.samples,
            steps=config.updates,
            save_every=config.stride,
        )
        shown = jax.tree.map(lambda values: values[: config.shown], runs.players)
        data |= {
            f"runs_{number}": np.stack(jax.tree.leaves(shown), axis=-1).astype(np.float32),
            f"run_costs_{number}": np.asarray(_costs(game, shown), dtype=np.float32),
            f"run_steps_{number}": np.asarray(runs.steps_taken),
            f"left_{number}": np.asarray(runs.outcome == lsgan.Outcome.left_domain),
        }
    return data


@eqx.filter_jit
def _costs(game: lsgan.Game, players: lsgan.Players) -> jax.Array:
    return jax.vmap(jax.vmap(game.cost))(players)


def plot(data: Arrays, config: Config) -> "Figure":
    """A column for each case; rows: discriminator, generator, costs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.9), layout="constrained")
    panels = figure.subplots(3, len(config.cases), sharex="col", sharey="row")
    for number, (case, column) in enumerate(zip(config.cases, panels.T, strict=True), 1):
        for row, axes in enumerate(column):
            _draw_runs(axes, _ROWS[row], data, number, config)
            _draw_exact(axes, _ROWS[row], data, number)
            axes.axvline(case.points - 1, color=GREY, linewidth=0.6, linestyle=":", zorder=1)
        _state_ends(column[0], data, number)
        column[2].set(xlabel="iteration $k$", xlim=(0, 1.02 * data[f"run_steps_{number}"].max()))
        panel_letter(column[0], "abcd"[number - 1], f"$c={case.c}$, $h={case.h}$ at the start")
    panels[0, 0].set_ylim(top=5.9)
    for axes, label in zip(panels[:, 0], ("discriminator", "generator", "cost"), strict=True):
        axes.set_ylabel(label)
    _name_curves(panels, config)
    return figure


def _draw_runs(axes: "Axes", names: tuple[str, ...], data: Arrays, number: int, config: Config) -> None:
    """Thin lines, each to its last valid point."""
    values = {"J": data[f"run_costs_{number}"]}
    values |= dict(zip(PARAMETER_COLORS, np.moveaxis(data[f"runs_{number}"], -1, 0), strict=True))
    times = np.arange(values["J"].shape[1]) * config.stride
    for name in [name for name in names if name in values]:  # in their order: what is drawn later is above
        for run, steps in zip(values[name], data[f"run_steps_{number}"], strict=False):
            valid = times <= steps
            style = {"color": _COLORS[name], "linewidth": 0.4, "alpha": 0.5, "rasterized": True}
            axes.plot(times[valid], run[valid], **style)


def _draw_exact(axes: "Axes", names: tuple[str, ...], data: Arrays, number: int) -> None:
    valid = slice(int(data[f"steps_{number}"]) + 1)
    path, terms = data[f"path_{number}"][valid], data[f"costs_{number}"][valid]
    values = dict(zip((*PARAMETER_COLORS, "J_1", "J_2"), [*path.T, *terms.T], strict=True))
    values["J"] = terms.sum(axis=1)
    for name in names:
        axes.plot(values[name], "--" if name == "J_2" else "-", color=_COLORS[name])


def _state_ends(axes: "Axes", data: Arrays, number: int) -> None:
    """Marks where a reached 0, of all runs, and in words of the exact path."""
    left = data[f"left_{number}"]
    axes.plot(
        data[f"run_steps_{number}"][left],
        np.zeros(left.sum()),
        "|",
        color=BLACK,
        markersize=4,
        markeredgewidth=0.5,
    )
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    text = f"$a$ reaches 0 at $k={data[f'steps_{number}']}$;\n{left.sum()} of {left.size} runs do"
    axes.text(0.04, 0.96, text, transform=axes.transAxes, va="top", color=GREY, bbox=white, zorder=1.5)


def _name_curves(panels: np.ndarray, config: Config) -> None:
    places = (
        (0, 30, 1.2, "a"),
        (0, 30, -1.35, "b"),
        (1, 80, 1.35, "g"),
        (1, 22, -0.1, "h"),
        (2, 90, 0.45, "J"),
        (2, 30, 0.14, "J_1"),
        (2, 12, 0.72, "J_2"),
    )
    for row, k, value, name in places:
        panels[row, 0].text(k, value, f"${name}$", color=_COLORS[name])
    published = config.cases[0].points - 1
    panels[2, 0].text(published + 8, 0.97, "published\nuntil here", va="top", color=GREY)
    panels[1, 0].text(published + 8, 2.0, "bold: exact\nthin: stochastic", va="top", color=GREY)


def caption(data: Arrays, config: Config) -> str:
    """The cases, how many runs are drawn, and when they leave the domain."""
    found = []
    for number in range(1, len(config.cases) + 1):
        steps, left = data[f"run_steps_{number}"], data[f"left_{number}"]
        low, middle, high = np.percentile(steps, (0, 50, 100))
        found.append(
            f"case {number}: exact after {int(data[f'steps_{number}'])} steps, "
            f"{of(int(left.sum()), len(left))} runs after {plain(low)} to {plain(high)} (median "
            f"{plain(middle)})"
        )
    return (
        f"Logistic discriminator, four published starts, simultaneous steps of size {given(config.step)}. "
        f"Strong lines: exact; thin: {config.shown} of {config.runs} runs on {config.samples} points each "
        f"(seed {config.seed}), every {config.stride} steps. Every run leaves through $a$ = 0, where D is "
        f"none any more: {'; '.join(found)}."
    )


EXPERIMENTS = (
    Experiment(
        "logistic",
        "Logistic discriminator: the four published cases, exact and stochastic",
        "sequel",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
