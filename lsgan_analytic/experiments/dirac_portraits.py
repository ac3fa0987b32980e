"""The Dirac-GAN by rule: where a step leads from every point, and two runs (after Mescheder et al., 2018)."""

from dataclasses import dataclass, replace
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_PALE = "#AAAAAA"
_ARROWS = 8  # a row
_FREE = ("w", "shift")


@dataclass(frozen=True)
class Config:
    """The step, the strengths, the window and the runs.

    Attributes:
        soft: R1 strength and step past the border h = 4 strength.
    """

    step: float = 0.2
    r1: float = 1.0
    soft: tuple[float, float] = (0.3, 1.25)
    reach: float = 2.0
    points: int = 41
    updates: int = 150
    starts: tuple[tuple[float, float], ...] = ((1.2, 0.0), (-0.3, -0.6))

    def quick(self) -> Self:
        return replace(self, points=11, updates=20)


def _parts(config: Config) -> dict[str, tuple[lsgan.Game, Any]]:
    """The game and the rule of every panel."""
    point, step = lsgan.PointMasses([0.0]), config.step
    plain_game = lsgan.Game(point, point, lsgan.Minimax())
    critic = lsgan.Game(point, point, lsgan.Wasserstein())
    penalised, weakly = (
        lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
        for strength in (config.r1, config.soft[0])
    )
    return {
        "simultaneous": (plain_game, lsgan.Simultaneous(step)),
        "alternating": (plain_game, lsgan.Alternating(step)),
        "Wasserstein, alternating": (critic, lsgan.Alternating(step)),
        "extragradient": (plain_game, lsgan.Extragradient(step)),
        "R1, simultaneous": (penalised, lsgan.Simultaneous(step)),
        "R1, past the border": (weakly, lsgan.Simultaneous(config.soft[1])),
    }


def compute(config: Config) -> Arrays:
    """Per panel: what a step does, runs, and the cycles they end on.

    ``moved``: (n, n, 2), the displacement of a step; ``runs``: (S, T, 2); ``multiplier``: the size of the
    largest at the equilibrium; ``cycles``: (S, 6), of every run that ends on a cycle its period, radius,
    amplitudes and the moduli of its multipliers, else NaN; ``curves``: (S, 128, 2), its points.
    """
    axis = jnp.linspace(-config.reach, config.reach, config.points)
    grid = jnp.stack(jnp.meshgrid(axis, axis, indexing="ij"), axis=-1)
    data = {"axis": np.asarray(axis)}
    for index, (game, rule) in enumerate(_parts(config).values()):

        def play(at: jax.Array, steps: int, game: Any = game, rule: Any = rule) -> jax.Array:
            path = lsgan.trajectory(game, rule, _players(at), steps, _FREE).players
            return jnp.stack([path.disc.w, path.gen.shift], axis=-1)  # pyright: ignore

        def one(at: jax.Array, play: Any = play) -> jax.Array:
            return play(at, 1)[-1]

        def many(at: jax.Array, play: Any = play) -> jax.Array:
            return play(at, config.updates)

        moved = jax.jit(jax.vmap(jax.vmap(one)))(grid)
        multipliers = np.linalg.eigvals(np.asarray(jax.jit(jax.jacfwd(one))(jnp.zeros(2))))
        data[f"moved_{index}"] = np.asarray(moved - grid)
        data[f"runs_{index}"] = np.asarray(jax.jit(jax.vmap(many))(jnp.asarray(config.starts)))
        data[f"multiplier_{index}"] = np.abs(multipliers).max()
        cycles, curves = zip(*(_cycle(game, rule, start) for start in config.starts), strict=True)
        data[f"cycles_{index}"], data[f"curves_{index}"] = np.stack(cycles), np.stack(curves)
    return data


def _players(at: Any) -> lsgan.Players:
    return lsgan.Players(disc=lsgan.Linear(w=at[0]), gen=lsgan.Shift(shift=at[1]))


def _cycle(game: lsgan.Game, rule: Any, start: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """(period, radius, amplitudes, moduli of the multipliers) and points of the cycle at the end, or NaN."""
    try:
        cycle = lsgan.cycle(game, rule, _players(start), free=_FREE)
    except ValueError:  # the run spirals, in or out
        return np.full(6, np.nan), np.full((128, 2), np.nan)
    numbers = [cycle.period, cycle.radius, *cycle.amplitude, *np.abs(cycle.multipliers)]
    return np.asarray(numbers), np.stack([cycle.players.disc.w, cycle.players.gen.shift], axis=-1)


def plot(data: Arrays, config: Config) -> "Figure":
    """Six panels that share their axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.6), layout="constrained")
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    for index, (axes, name) in enumerate(zip(panels.flat, _parts(config), strict=True)):
        _draw(axes, data, index, config)
        size = float(data[f"multiplier_{index}"])
        panel_letter(axes, "abcdef"[index], rf"{name}: $|\mu|={size:.4f}$")
    for axes in panels[1]:
        axes.set_xlabel(r"discriminator $\psi$")
    for axes in panels[:, 0]:
        axes.set_ylabel(r"generator $\theta$")
    return figure


def _draw(axes: "Axes", data: Arrays, index: int, config: Config) -> None:
    axis, moved = data["axis"], data[f"moved_{index}"]
    every = max(1, len(axis) // _ARROWS)
    some = moved[every // 2 :: every, every // 2 :: every]
    size = np.linalg.norm(some, axis=-1, keepdims=True)
    along = some / np.where(size > 0, size, 1)
    at = axis[every // 2 :: every]
    axes.quiver(
        at,
        at,
        along[..., 0].T,
        along[..., 1].T,
        color=_PALE,
        pivot="mid",
        scale=18,
        width=0.004,
        headwidth=4,
    )
    for run, color in zip(data[f"runs_{index}"], (VERMILION, BLUE), strict=True):
        axes.plot(*run.T, color=color, linewidth=0.8)
        axes.plot(*run[0], "o", color=color, markerfacecolor="white", markersize=4)
        axes.plot(*run[-1], "s", color=color, markersize=3.5)
    for curve in data[f"curves_{index}"]:
        axes.fill(*curve.T, fill=False, edgecolor=BLACK, linewidth=1.2, zorder=2.2)
    axes.plot(0, 0, "+", color=BLACK, markersize=7)
    axes.set(xlim=(-config.reach, config.reach), ylim=(-config.reach, config.reach), aspect="equal")
    axes.tick_params(color=GREY)


def caption(data: Arrays, config: Config) -> str:
    """The model, the marks, and where the runs end."""
    names = list(_parts(config))
    ends = "; ".join(
        f"{name} {plain(data[f'multiplier_{index}'], 5)} (distance {plain(start, 3)} to {plain(end, 3)})"
        for index, name in enumerate(names)
        for start, end in [np.linalg.norm(data[f"runs_{index}"][0][[0, -1]], axis=1)]
    )
    cycles = "; ".join(
        f"{name}, period {plain(numbers[0], 5)}, radius {plain(numbers[1], 4)}, multipliers of moduli "
        f"{plain(numbers[4], 4)} and {plain(numbers[5], 4)}"
        for index, name in enumerate(names)
        for numbers in data[f"cycles_{index}"][:1]
        if np.isfinite(numbers[0])
    )
    return (
        f"Dirac-GAN, data at 0, generator at theta, discriminator with slope psi, step {plain(config.step)}. "
        f"Arrows: the direction in which one step leads; coloured: {len(config.starts)} runs of "
        f"{config.updates} steps from the open circle to the square (outside where a run left the window); "
        "the cross is the equilibrium. "
        f"R1 has weight {plain(config.r1)}; past the border eta = 4 gamma it has {plain(config.soft[0])}, at "
        f"step {plain(config.soft[1])}. The size of the largest "
        "multiplier of a step at the equilibrium, above 1 where it repels (and the distance to it at the "
        f"start and at the end of the first run): {ends}. Black: the cycles that lsgan.cycle finds; of the "
        f"first run: {cycles}. Those of the Wasserstein game are ellipses, one through every point; minimax "
        "with alternating steps has none, it spirals out, too slowly to be seen."
    )


EXPERIMENTS = (
    Experiment(
        "dirac_portraits",
        "phase portraits of the Dirac-GAN by rule, with the multiplier at the equilibrium",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
