"""Two games on the plane: the exact path, and stochastic runs beside it."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GREYS = ("#EFEFEF", "#DDDDDD", "#C6C6C6", "#AAAAAA", "#8C8C8C")
_DRAWN = 25  # of the runs: more are a blur
_GAMES = ("line", "plane")
_RATES, _GAUSS = (0.5, 1.0), (1.0, 1.0)
_DATA_MEANS = {"line": _GAUSS, "plane": tuple(1 / rate for rate in _RATES)}
_DISC = ("a[0]", "a[1]", "b")
_NAMES = {"a[0]": "$a_1$", "a[1]": "$a_2$", "b": "$b$"}
_MIDDLES = ("$m_1$", "$m_2$")
_COLORS = (SKY, BLUE, GREEN, ORANGE, VERMILION)


@dataclass(frozen=True)
class Config:
    """Both games start from the same half-plane and play by the paper's cost."""

    step: float = 0.4
    updates: int = 120
    runs: int = 40
    samples: int = 1000
    shown: int = 400
    grid: int = 101
    seed: int = 2021

    def quick(self) -> Self:
        return replace(self, updates=20, runs=4, samples=200, grid=41)


def _games() -> dict[str, tuple[lsgan.Game, lsgan.Players]]:
    """z in R to a line in a Gaussian; z in R^2 to an affine image of exponentials."""
    loss, disc = lsgan.SquaredMinimax(), lsgan.HalfPlane([1.0, 0.5], -0.5)
    gauss = lsgan.MultivariateNormal(_GAUSS, [[1.0, 0.6], [0.6, 1.0]])
    rates = [lsgan.Exponential(rate) for rate in _RATES]
    unit = lsgan.Exponential(1.0)
    return {
        "line": (
            lsgan.Game(gauss, lsgan.Normal(), loss),
            lsgan.Players(disc, lsgan.Curve([[-1.5, 0.8], [0.0, -0.5]])),
        ),
        "plane": (
            lsgan.Game(lsgan.Product(*rates), lsgan.Product(unit, unit), loss),
            lsgan.Players(disc, lsgan.AffineMap([[1.0, 0.3], [0.0, 0.8]], [-1.5, -1.0])),
        ),
    }


def _flat(players: lsgan.Players, lead: int) -> np.ndarray:
    """All parameters in a last axis, after ``lead`` axes of runs and time."""
    leaves = [np.asarray(x) for x in jax.tree.leaves(players)]
    return np.concatenate([x.reshape(*x.shape[:lead], -1) for x in leaves], axis=-1)


def _middle(parameters: np.ndarray, name: str) -> np.ndarray:
    """E[G(z)] from the parameters: the constant of the line; A (1, 1) + s of the map."""
    if name == "line":
        return parameters[..., [3, 5]]
    matrix = parameters[..., 3:7].reshape(*parameters.shape[:-1], 2, 2)
    return matrix.sum(axis=-1) + parameters[..., 7:9]


def compute(config: Config) -> Arrays:
    """Per game: exact and stochastic paths of a, b and of the middle E[G(z)], and what the pictures show."""
    rule, data = lsgan.Simultaneous(step=config.step), {}
    x1, x2 = np.linspace(-4, 8, config.grid), np.linspace(-4, 6, config.grid)
    places = jnp.asarray(np.stack(np.meshgrid(x1, x2), axis=-1))
    for name, (game, start) in _games().items():
        path = lsgan.trajectory(game, rule, start, steps=config.updates)
        runs = lsgan.simulate(
            game,
            rule,
            start,
            key=jax.random.key(config.seed),
            runs=config.runs,
            samples=config.samples,
            steps=config.updates,
        )
        exact, sampled = _flat(path.players, 1), _flat(runs.players, 2)
        z = game.latent.sample(jax.random.key(config.seed), config.shown)
        ends = [jax.tree.map(lambda leaf, at=at: leaf[at], path.players) for at in (0, -1)]
        data |= {
            f"{name}_path": np.concatenate([exact[..., :3], _middle(exact, name)], axis=-1),
            f"{name}_runs": np.concatenate(
                [sampled[..., :3], _middle(sampled, name)], axis=-1, dtype=np.float32
            ),
            f"{name}_cost": np.asarray(path.cost),
            f"{name}_log_pdf": np.asarray(game.data.log_pdf(places), dtype=np.float32),  # pyright: ignore
            f"{name}_generated": np.asarray([jax.vmap(end.gen)(z) for end in ends], dtype=np.float32),
            f"{name}_outcome": np.asarray(str(lsgan.Outcome[path.outcome])),  # pyright: ignore
        }
    return data | {"x1": x1, "x2": x2}


def plot(data: Arrays, config: Config) -> "Figure":
    """Rows: the games. Left: the data plane at the start and at the end. Right: the parameters."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.9), layout="constrained")
    panels = figure.subplots(2, 2, width_ratios=(1, 1.25))
    runs = f"exact path (bold), {min(config.runs, _DRAWN)} runs of {config.samples} samples; $m=E\\,G(z)$"
    titles = {
        "line": (r"$z\in\mathbf{R}$: the mean overshoots the data's", runs),
        "plane": (r"$z\in\mathbf{R}^2$: the mean overshoots, too", runs),
    }
    for row, name in enumerate(_GAMES):
        _draw_plane(panels[row, 0], data, name)
        _draw_paths(panels[row, 1], data, name)
        for column in range(2):
            panel_letter(panels[row, column], "abcd"[2 * row + column], titles[name][column])
    panels[0, 0].legend(loc="lower right", framealpha=1, edgecolor="none", handletextpad=0.3)
    return figure


def _draw_plane(axes: "Axes", data: Arrays, name: str) -> None:
    density = np.exp(data[f"{name}_log_pdf"])
    levels = density.max() * np.array([0.01, 0.05, 0.15, 0.35, 0.65, 1.01])
    axes.contourf(data["x1"], data["x2"], density, levels=levels, colors=_GREYS)
    looks = ((0, ORANGE, "start", "--"), (-1, VERMILION, "end", "-"))
    for at, color, label, dash in looks:
        axes.plot(
            *data[f"{name}_generated"][at].T,
            "o",
            color=color,
            markersize=1.6,
            markeredgewidth=0,
            alpha=0.8,
            rasterized=True,
            label=f"$G(z)$, {label}",
        )
        a1, a2, b = data[f"{name}_path"][at, :3]
        axes.axline(
            (-b * a1 / (a1**2 + a2**2), -b * a2 / (a1**2 + a2**2)),
            slope=-a1 / a2,
            color=BLUE,
            linestyle=dash,
            linewidth=0.9,
            label=rf"$D=\frac{{1}}{{2}}$, {label}",
        )
    axes.plot(*data[f"{name}_path"][:, 3:].T, color=BLACK, linewidth=1.0, label="$E\\,G(z)$")
    axes.plot(*_DATA_MEANS[name], "*", color="white", markeredgecolor=BLACK, markersize=8, label="$E\\,x$")
    axes.set(xlim=(-4, 8 if name == "plane" else 6.5), ylim=(-4, 6 if name == "plane" else 4.5))
    axes.set(xlabel="$x_1$", ylabel="$x_2$")


def _draw_paths(axes: "Axes", data: Arrays, name: str) -> None:
    labels = [*_NAMES.values(), *_MIDDLES]
    iterations = np.arange(data[f"{name}_path"].shape[0])
    for index, (label, color) in enumerate(zip(labels, _COLORS, strict=True)):
        for run in data[f"{name}_runs"][:_DRAWN, :, index]:
            axes.plot(iterations, run, color=color, linewidth=0.35, alpha=0.25, rasterized=True)
        axes.plot(iterations, data[f"{name}_path"][:, index], color=color, label=label)
    axes.plot(iterations, data[f"{name}_cost"], color=GREY, linestyle="--", label="$J$")
    axes.set(xlabel="iteration", xlim=(0, iterations[-1]))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=1.2)


def _overshoot(data: Arrays, name: str) -> str:
    """How near the mean of G(z) comes to that of the data, and how far from it it ends."""
    off = np.linalg.norm(data[f"{name}_path"][:, 3:] - np.asarray(_DATA_MEANS[name]), axis=1)
    return (
        f"the mean of G(z) is {plain(off[0], 2)} from that of the data (star) at the start, "
        f"{plain(off.min(), 2)} at step {off.argmin()}, {plain(off[-1], 2)} at the end"
    )


def caption(data: Arrays, config: Config) -> str:
    """Both games, and how the exact path and the runs compare at the end."""
    found = []
    for name, title in (("line", "z in R"), ("plane", "z in R^2")):
        runs, exact = data[f"{name}_runs"][:, -1], data[f"{name}_path"][-1]
        error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
        away = np.abs((runs.mean(axis=0) - exact) / error).max()
        found.append(
            f"{title}: {data[f'{name}_outcome']}, $J$ from {plain(data[f'{name}_cost'][0])} to "
            f"{plain(data[f'{name}_cost'][-1])}; {_overshoot(data, name)}; means of the runs at most "
            f"{plain(away, 2)} standard errors from the exact path at the end"
        )
    return (
        f"Two games on the plane, {config.updates} simultaneous steps of size {given(config.step)}. Strong: "
        f"exact; thin: {min(config.runs, _DRAWN)} of {config.runs} runs of {config.samples} points (seed "
        f"{config.seed}); dots: {config.shown} generated points at the start and at the end, over the "
        f"density of the data. {'. '.join(found)}."
    )


EXPERIMENTS = (
    Experiment(
        "two_dimensions_training",
        "games on the plane, exact and stochastic",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
