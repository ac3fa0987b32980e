"""Which step and which penalty: borders of stability of training rules, soft and hard, on the Dirac-GAN."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic.bifurcations.border import BorderKind

from ._captions import listed, plain
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FREE = ("w", "shift")
_RULES = {
    "simultaneous": lsgan.Simultaneous,
    "alternating": lsgan.Alternating,
    "extragradient": lsgan.Extragradient,
    "optimistic": lsgan.Optimistic,
}
KINDS: tuple[BorderKind, ...] = ("neimark_sacker", "flip")
_SOFT, _HARD, _OPEN = 1, -1, 0
_COLOURS = "cividis"
_EQUAL = 1e-6  # relative: radii are stored in single precision
#: (step, another parameter) -> game and rule
Training = Callable[[Any, Any], tuple[lsgan.AbstractGame, lsgan.AbstractRule]]
_SAID = {"supercritical": _SOFT, "subcritical": _HARD}


@dataclass(frozen=True)
class Config:
    """The rectangle of R1 strengths and step sizes, and the number of cells on a side."""

    strengths: tuple[float, float] = (0.01, 2.0)
    steps: tuple[float, float] = (0.05, 6.0)
    cells: int = 120

    def quick(self) -> Self:
        return replace(self, cells=12)


def _centre() -> lsgan.Players:
    """The equilibrium, in the precision that is on when it is asked for."""
    return lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))


def _training(
    name: str, step: jax.Array, strength: jax.Array
) -> tuple[lsgan.Game, lsgan.updates.AbstractRule]:
    point = lsgan.PointMasses([0.0])
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    return game, _RULES[name](step)


def compute(config: Config) -> Arrays:
    """Largest |multiplier| over the rectangle, and the borders of stability with what lies beyond them."""
    strengths, steps = (np.linspace(*ends, config.cells) for ends in (config.strengths, config.steps))
    data: Arrays = {"strengths": strengths, "steps": steps}
    for name in _RULES:
        training = partial(_training, name)
        radius = radii(training, strengths, steps)
        data[f"radius_{name}"] = radius.astype(np.float32)  # a colour needs no more
        for kind in KINDS:
            data[f"{kind}_{name}"] = border_line(training, kind, radius, strengths, steps)
    return data


def radii(training: Training, others: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """(steps, others), the largest |multiplier|."""

    def slope(step: jax.Array, other: jax.Array) -> jax.Array:
        game, rule = training(step, other)
        return lsgan.step_jacobian(game, rule, _centre(), free=_FREE)

    over = jax.jit(jax.vmap(jax.vmap(slope, (None, 0)), (0, None)))
    return np.abs(np.linalg.eigvals(np.asarray(over(jnp.asarray(steps), jnp.asarray(others))))).max(axis=-1)


def border_line(
    training: Training, kind: BorderKind, radius: np.ndarray, others: np.ndarray, steps: np.ndarray
) -> np.ndarray:
    """(n, 3): other, step and whether the loss of stability is soft (1), hard (-1) or not decided (0)."""
    inside = radius < 1
    crossings = np.argwhere(inside[1:] != inside[:-1])
    for place in crossings[np.linspace(0, len(crossings) - 1, min(6, len(crossings))).astype(int)]:
        start = (float(steps[place[0]]), float(others[place[1]]))
        try:
            border = lsgan.continue_border(
                training,
                _centre(),
                kind,
                start,
                (float(steps[0]), float(steps[-1])),
                (float(others[0]), float(others[-1])),
                free=_FREE,
            )
        except ValueError:
            continue  # the border near this place is of the other kind
        size = np.abs(border.eigenvalues).max(axis=1)
        edge = np.flatnonzero(size < 1 + 1e-6)  # where the other multipliers are inside
        if edge.size:
            said = [_SAID.get(border.normal_form(int(i)).criticality, _OPEN) for i in edge]
            return np.stack([border.q[edge], border.p[edge], said], axis=1)
    return np.zeros((0, 3))


def plot(data: Arrays, config: Config) -> "Figure":
    """A panel for each rule."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.45), layout="constrained")
    panels = np.ravel(figure.subplots(1, len(_RULES), sharey=True))
    scale = Normalize(0, 1)
    for axes, letter, name in zip(panels, "abcd", _RULES, strict=True):
        radius = data[f"radius_{name}"]
        shown = np.where(radius < 1, radius, np.nan)
        axes.pcolormesh(data["strengths"], data["steps"], shown, cmap=_COLOURS, norm=scale, rasterized=True)
        for kind in KINDS:
            draw_border(axes, data[f"{kind}_{name}"])
        row, columns = _best(radius)
        middle = columns[len(columns) // 2]
        axes.plot(data["strengths"][middle], data["steps"][row], "*", color="white", markeredgecolor=BLACK,
                  markersize=8)  # fmt: skip
        panel_letter(axes, letter, f"{name}, best {radius[row, middle]:.2f}")
        axes.set(xlabel=r"R1 strength $\gamma$", xlim=config.strengths, ylim=config.steps)
    panels[0].set_ylabel(r"step $\eta$")
    figure.colorbar(ScalarMappable(scale, _COLOURS), ax=panels, label=r"largest $|\mu|$ of a step", pad=0.01)
    lines = [
        panels[-1].plot([], [], color=VERMILION, linewidth=1.6, linestyle=style, label=label)[0]
        for style, label in (("-", "soft"), ("--", "hard"), (":", "coefficient 0"))
    ]
    panels[-1].legend(handles=lines, loc="upper right", frameon=False, handlelength=1.8, title="border")
    return figure


def _best(radius: np.ndarray) -> tuple[int, np.ndarray]:
    """The row of the smallest radius, and all columns of that row that are as good, to single precision."""
    row, column = np.unravel_index(np.argmin(radius), radius.shape)
    return int(row), np.flatnonzero(radius[row] <= radius[row, column] * (1 + _EQUAL))


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and the best pair of every rule."""
    best = []
    for name in _RULES:
        radius = data[f"radius_{name}"]
        row, columns = _best(radius)
        ends = [plain(data["strengths"][column]) for column in (columns[0], columns[-1])]
        where = f"= {ends[0]}" if len(columns) == 1 else f"from {ends[0]} to {ends[1]} (star at the middle)"
        best.append(
            f"{name} {plain(radius[row, columns[0]])} at $\\eta$ = {plain(data['steps'][row])}, "
            f"$\\gamma$ {where}"
        )
    return (
        "The Dirac-GAN (minimax) with R1 of strength $\\gamma$ at its equilibrium, under four rules of step "
        "$\\eta$: the largest modulus of a multiplier where it is below 1, on "
        f"{config.cells} x {config.cells} cells. The smallest (star) is that of {listed(best)}. Lines: "
        "Neimark-Sacker points and flips with all other multipliers inside the unit circle; solid: "
        "supercritical, a small circle or two-cycle past the border; dashed: subcritical; dotted: the "
        "coefficient of the normal form is 0. A border without a line has a multiplier +1. Gaps are strong "
        "resonances."
    )


def _pieces(border: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Stretches of one verdict, each with the first point of the next."""
    at = 0
    for said, group in groupby(border[:, 2]):
        size = len(list(group))
        yield int(said), border[at : at + size + 1, :2]
        at += size


def draw_border(axes: "Axes", border: np.ndarray) -> None:
    for said, piece in _pieces(border):
        axes.plot(
            *piece.T, color=VERMILION, linewidth=1.6, linestyle={_SOFT: "-", _HARD: "--", _OPEN: ":"}[said]
        )


EXPERIMENTS = (
    Experiment(
        "borders",
        "step against R1 strength: where four rules are stable, how fast, and what lies beyond",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
