"""Which step and which penalty: borders of stability of training rules, soft and hard, on the Dirac-GAN."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._border_maps import best, draw_keys, draw_map, map_of
from ._captions import listed, plain
from ._run import Arrays, Experiment
from ._style import DOUBLE, panel_letter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RULES = {
    "simultaneous": lsgan.Simultaneous,
    "alternating": lsgan.Alternating,
    "extragradient": lsgan.Extragradient,
    "optimistic": lsgan.Optimistic,
}


@dataclass(frozen=True)
class Config:
    """The rectangle of R1 strengths and step sizes, and the number of cells on a side."""

    strengths: tuple[float, float] = (0.01, 2.0)
    steps: tuple[float, float] = (0.05, 6.0)
    cells: int = 120

    def quick(self) -> Self:
        return replace(self, cells=12)


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
        data |= map_of(name, partial(_training, name), strengths, steps)
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """A panel for each rule."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.45), layout="constrained")
    panels = np.ravel(figure.subplots(1, len(_RULES), sharey=True))
    for axes, letter, name in zip(panels, "abcd", _RULES, strict=True):
        row, columns = best(data, name)
        middle = columns[len(columns) // 2]
        star = float(data["strengths"][middle]), float(data["steps"][row])
        draw_map(axes, data, name, data["strengths"], data["steps"], star)
        panel_letter(axes, letter, f"{name}, best {data[f'radius_{name}'][row, middle]:.2f}")
        axes.set_xlabel(r"R1 strength $\gamma$")
    panels[0].set_ylabel(r"step $\eta$")
    draw_keys(figure, panels, panels[-1], data)
    return figure


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and the best pair of every rule."""
    found = []
    for name in _RULES:
        row, columns = best(data, name)
        size, step = data[f"radius_{name}"][row, columns[0]], data["steps"][row]
        ends = [plain(data["strengths"][column]) for column in (columns[0], columns[-1])]
        where = f"= {ends[0]}" if len(columns) == 1 else f"from {ends[0]} to {ends[1]} (star at the middle)"
        found.append(f"{name} {plain(size)} at $\\eta$ = {plain(step)}, $\\gamma$ {where}")
    return (
        "The Dirac-GAN (minimax) with R1 of strength $\\gamma$ at its equilibrium, under four rules of step "
        "$\\eta$: the largest modulus of a multiplier where it is below 1, on "
        f"{config.cells} x {config.cells} cells. The smallest (star) is that of {listed(found)}. Lines: "
        "Neimark-Sacker points and flips with all other multipliers inside the unit circle; solid: "
        "supercritical, a small circle or two-cycle past the border; dashed: subcritical; dotted: the "
        "coefficient of the normal form is 0. A border without a line has a multiplier +1. Gaps are strong "
        "resonances."
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
