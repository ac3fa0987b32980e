"""The landscape of the logistic game near its line of stationary points, under both signs."""

from dataclasses import dataclass, replace
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

from ._captions import given, plain
from ._run import Arrays, Experiment
from ._style import BLUE, DOUBLE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOSSES = {"paper": lsgan.SquaredMinimax(), "Mao": lsgan.LeastSquares(fake=0, real=1, target=1)}
_WORDS = {"paper": "$D$ ascends", "Mao": "$D$ descends"}
_PLANES = (("b", "h"), ("a", "b"))


@dataclass(frozen=True)
class Config:
    """Planes through the point (1, 0, g, 1/rate - g) of the line, and where eigenvalues are taken.

    Attributes:
        width: of the planes, to either side of the point; a stays positive.
        box: to either side, where stationary points are looked for in all four parameters.
    """

    rate: float = 1.0
    g: float = 0.6
    width: float = 0.9
    box: float = 0.5
    g_range: tuple[float, float] = (0.05, 3.0)
    points: int = 61
    eigenvalues: int = 120

    def quick(self) -> Self:
        return replace(self, points=21, eigenvalues=10)

    def players(self, g: jax.Array | float) -> lsgan.Players:
        return lsgan.Players(lsgan.Logistic(a=1.0, b=0.0), lsgan.Square(g=g, h=1 / self.rate - g))


def compute(config: Config) -> Arrays:
    """Of each sign: portraits of both planes, kinds there, the manifold found, eigenvalues along the line."""
    point = config.players(config.g)
    centre = {"a": 1.0, "b": 0.0, "g": config.g, "h": 1 / config.rate - config.g}
    line = np.linspace(*config.g_range, config.eigenvalues)
    data: Arrays = {"g": line}
    for sign, loss in _LOSSES.items():
        game = lsgan.Game(lsgan.Exponential(rate=config.rate), lsgan.Rayleigh(), loss)
        for names in _PLANES:
            grid = {
                name: centre[name] + np.linspace(-config.width, config.width, config.points) for name in names
            }
            portrait = lsgan.portrait(game, point, grid)
            key = f"{sign}_{''.join(names)}"
            data |= {
                f"first_{key}": grid[names[0]],
                f"second_{key}": grid[names[1]],
                f"cost_{key}": np.asarray(portrait.cost, np.float32),
                f"field_{key}": np.asarray(portrait.field, np.float32),
                f"kind_{key}": np.asarray(lsgan.classify(game, None, point, names).kind.name),
            }
        box = {name: (value - config.box, value + config.box) for name, value in centre.items()}
        found = lsgan.stationary_points(game, point, box, starts=64)
        data |= {
            f"isolated_{sign}": found.points,
            f"manifold_{sign}": np.concatenate([one.samples for one in found.manifolds]),
            f"eigenvalues_{sign}": _along(game, config, line),
        }
    return data


def _along(game: lsgan.Game, config: Config, line: np.ndarray) -> np.ndarray:
    slopes = jax.jit(jax.vmap(lambda g: lsgan.jacobian(game, config.players(g))))(jnp.asarray(line))
    return np.sort_complex(np.linalg.eigvals(np.asarray(slopes)))


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each sign: both planes, and the eigenvalues along the line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.9), layout="constrained")
    panels = figure.subplots(2, 3, width_ratios=(1, 1, 1.25))
    for sign, row, letters in zip(_LOSSES, panels, ("abc", "def"), strict=True):
        for axes, names, letter in zip(row, _PLANES, letters, strict=False):
            _draw_plane(axes, data, f"{sign}_{''.join(names)}", names)
            panel_letter(axes, letter, f"{_WORDS[sign]}, $({', '.join(names)})$")
        plotting.eigenvalues(row[2], data[f"eigenvalues_{sign}"], data["g"], label="$g$ on the line")
        panel_letter(row[2], letters[2], f"{_WORDS[sign]}, eigenvalues")
    figure.legend(*_handles(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _draw_plane(axes: "Axes", data: Arrays, key: str, names: tuple[str, str]) -> None:
    grid = dict(zip(names, (jnp.asarray(data[f"{part}_{key}"]) for part in ("first", "second")), strict=True))
    portrait = lsgan.Portrait(grid, jnp.asarray(data[f"cost_{key}"]), jnp.asarray(data[f"field_{key}"]))
    plotting.streamlines(axes, portrait, density=0.5)
    plotting.nullclines(axes, portrait)
    (x, y), (left, right) = grid.values(), names
    axes.set(xlabel=f"${left}$", ylabel=f"${right}$", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    middle = [float(values.mean()) for values in grid.values()]
    plotting.stationary(axes, middle, [lsgan.Kind[str(data[f"kind_{key}"])]])


def _handles() -> tuple[list, list[str]]:
    from matplotlib.lines import Line2D

    words: dict[str, dict[str, Any]] = {
        "first component zero": {"color": BLUE},
        "second component zero": {"color": VERMILION, "linestyle": ":"},
    }
    for name in ("stable_focus", "unstable_focus", "stable_node", "unstable_node"):
        kind = lsgan.Kind[name]
        marker, face = plotting.MARKS[kind]
        words[kind.value] = {"marker": marker, "color": "black", "markerfacecolor": face, "linestyle": "none"}
    return [Line2D([], [], **style) for style in words.values()], list(words)


def caption(data: Arrays, config: Config) -> str:
    """The planes, the line that is found, and what it is under both signs."""
    parts = []
    for sign, wants in (("paper", "D ascends"), ("Mao", "D descends")):
        line = data[f"manifold_{sign}"]
        off = np.abs(line @ np.array([0, 0, 1, 1]) - 1 / config.rate).max()
        kinds = [str(data[f"kind_{sign}_{plane}"]).replace("_", " ") for plane in ("bh", "ab")]
        parts.append(
            f"{wants}: {kinds[0]} in ($b$, $h$), {kinds[1]} in ($a$, $b$); {len(line)} points of the line as "
            f"found, $g$ + $h$ off 1/c by at most {plain(off, 1)}"
        )
    return (
        f"Logistic game, c = {given(config.rate)}, under both signs: planes through the point $a$ = 1, $b$ = "
        f"0, $g$ = {given(config.g)} of the stationary line, {config.points} x {config.points} points; and "
        f"the eigenvalues of the field at {config.eigenvalues} points of the line. {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "logistic_atlas",
        "logistic game: planes through the line of stationary points, and its eigenvalues, under both signs",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
