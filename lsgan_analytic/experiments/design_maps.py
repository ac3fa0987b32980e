"""Which rate ratio and which momentum: the Dirac-GAN with R1, by the step, soft and hard borders."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._border_maps import best, draw_keys, draw_map, map_of
from ._captions import given, listed, plain
from ._run import Arrays, Experiment
from ._style import DOUBLE, panel_letter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ORDERS = {"simultaneous": lsgan.Simultaneous, "alternating": lsgan.Alternating}
_PANELS = tuple((order, other) for other in ("ratio", "momentum") for order in ORDERS)


class HeavyBall(lsgan.AbstractRule):
    """v_{k+1} = momentum v_k + step field, theta_{k+1} = theta_k + v_{k+1}; D first if alternating.

    As ``PerPlayer`` of ``optax.sgd(step, momentum)``, with numbers that JAX may trace.
    """

    step_size: Any
    momentum: Any
    alternating: bool = eqx.field(static=True)

    def init(self, players: lsgan.Players) -> lsgan.Players:
        return jax.tree.map(jnp.zeros_like, players)

    def step(self, game: lsgan.AbstractGame, players: lsgan.Players, state: Any) -> tuple[lsgan.Players, Any]:
        def moved(velocity: Any, along: Any) -> Any:
            return jax.tree.map(lambda v, f: self.momentum * v + self.step_size * f, velocity, along)

        disc = moved(state.disc, lsgan.field(game, players).disc)
        after_disc = lsgan.Players(jax.tree.map(jnp.add, players.disc, disc), players.gen)
        gen = moved(state.gen, lsgan.field(game, after_disc if self.alternating else players).gen)
        after = lsgan.Players(after_disc.disc, jax.tree.map(jnp.add, players.gen, gen))
        return after, lsgan.Players(disc, gen)


@dataclass(frozen=True)
class Config:
    """R1 strength, the rectangles of ratios and momenta with step sizes, and the cells on a side."""

    strength: float = 0.5
    ratios: tuple[float, float] = (0.05, 6.0)
    momenta: tuple[float, float] = (-0.9, 0.9)
    steps: tuple[float, float] = (0.05, 8.0)
    cells: int = 120

    def quick(self) -> Self:
        return replace(self, cells=8)


def _training(
    order: str, other: str, strength: float, step: Any, value: Any
) -> tuple[lsgan.AbstractGame, lsgan.AbstractRule]:
    """The step is that of G; D's is ``ratio`` times as large."""
    point = lsgan.PointMasses([0.0])
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    if other == "momentum":
        return game, HeavyBall(step, value, order == "alternating")
    return game, ORDERS[order]((step * value, step))


def compute(config: Config) -> Arrays:
    """Largest |multiplier| over the rectangles, and the borders with what lies beyond them."""
    steps = np.linspace(*config.steps, config.cells)
    axes = {
        "ratio": np.linspace(*config.ratios, config.cells),
        "momentum": np.linspace(*config.momenta, config.cells),
    }
    data: Arrays = {"steps": steps, **axes}
    for order, other in _PANELS:
        training = partial(_training, order, other, config.strength)
        data |= map_of(f"{order}_{other}", training, axes[other], steps)
    return data


def _best(data: Arrays, order: str, other: str) -> tuple[float, float, float]:
    """The smallest |multiplier|, the step and the other parameter it is at."""
    row, columns = best(data, f"{order}_{other}")
    size = data[f"radius_{order}_{other}"][row, columns[0]]
    return float(size), float(data["steps"][row]), float(data[other][columns[0]])


def plot(data: Arrays, config: Config) -> "Figure":
    """A panel for each order and parameter."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.45), layout="constrained")
    panels = np.ravel(figure.subplots(1, len(_PANELS), sharey=True))
    names = {"ratio": r"rate ratio $\eta_D/\eta_G$", "momentum": r"momentum $\beta$"}
    for axes, letter, (order, other) in zip(panels, "abcd", _PANELS, strict=True):
        size, step, value = _best(data, order, other)
        draw_map(axes, data, f"{order}_{other}", data[other], data["steps"], (value, step))
        panel_letter(axes, letter, f"{order}, best {size:.2f}")
        axes.set_xlabel(names[other])
    panels[0].set_ylabel(r"step $\eta$ ($\eta_G$)")
    draw_keys(figure, panels, panels[0], data)
    return figure


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and the best pair of every panel."""
    found = []
    for order, other in _PANELS:
        size, step, value = _best(data, order, other)
        found.append(f"{plain(size)} at step {plain(step)} and {other} {plain(value)} ({order})")
    return (
        f"The Dirac-GAN (minimax) with R1 of strength {given(config.strength)} at its equilibrium, "
        "simultaneous and alternating steps (D first): the largest modulus of a multiplier where it is below "
        "1, over the step of G and the ratio of D's step to it, or over the step of both and their momentum, "
        f"on {config.cells} x {config.cells} cells. The smallest (star) is {listed(found)}. Lines: "
        "Neimark-Sacker points and flips with all other multipliers inside the unit circle; solid: "
        "supercritical, a small circle or two-cycle past the border; dashed: subcritical, training leaves; "
        "dotted: the coefficient of the normal form is 0. Gaps are strong resonances, or not followed."
    )


EXPERIMENTS = (
    Experiment(
        "design_maps",
        "step against rate ratio and momentum: where the Dirac-GAN is stable, how fast, what lies beyond",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
