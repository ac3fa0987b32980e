"""Which rate ratio and which momentum: the Dirac-GAN with R1, by the step, soft and hard borders."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, listed, plain
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, panel_letter, VERMILION
from .borders import border_line, draw_border, KINDS, radii

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = "cividis"
_ORDERS = {"simultaneous": lsgan.Simultaneous, "alternating": lsgan.Alternating}
_PANELS = tuple((order, other) for other in ("ratio", "momentum") for order in _ORDERS)


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
    return game, _ORDERS[order]((step * value, step))


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
        radius = radii(training, axes[other], steps)
        data[f"radius_{order}_{other}"] = radius.astype(np.float32)  # a colour needs no more
        for kind in KINDS:
            data[f"{kind}_{order}_{other}"] = border_line(training, kind, radius, axes[other], steps)
    return data


def _best(data: Arrays, order: str, other: str) -> tuple[float, float, float]:
    """The smallest |multiplier|, the step and the other parameter it is at."""
    radius = data[f"radius_{order}_{other}"]
    row, column = np.unravel_index(np.argmin(radius), radius.shape)
    return float(radius[row, column]), float(data["steps"][row]), float(data[other][column])


def plot(data: Arrays, config: Config) -> "Figure":
    """A panel for each order and parameter."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.45), layout="constrained")
    panels = np.ravel(figure.subplots(1, len(_PANELS), sharey=True))
    scale = Normalize(0, 1)
    for axes, letter, (order, other) in zip(panels, "abcd", _PANELS, strict=True):
        radius = data[f"radius_{order}_{other}"]
        shown = np.where(radius < 1, radius, np.nan)
        axes.pcolormesh(data[other], data["steps"], shown, cmap=_COLOURS, norm=scale, rasterized=True)
        for kind in KINDS:
            draw_border(axes, data[f"{kind}_{order}_{other}"])
        size, step, value = _best(data, order, other)
        axes.plot(value, step, "*", color="white", markeredgecolor=BLACK, markersize=8)
        panel_letter(axes, letter, f"{order}, best {size:.2f}")
        names = {"ratio": r"rate ratio $\eta_D/\eta_G$", "momentum": r"momentum $\beta$"}
        axes.set(xlabel=names[other], ylim=config.steps, xlim=(data[other][0], data[other][-1]))
    panels[0].set_ylabel(r"step $\eta$ ($\eta_G$)")
    figure.colorbar(ScalarMappable(scale, _COLOURS), ax=panels, label=r"largest $|\mu|$ of a step", pad=0.01)
    lines = [
        panels[0].plot([], [], color=VERMILION, linewidth=1.6, linestyle=style, label=label)[0]
        for style, label in (("-", "soft"), ("--", "hard"), (":", "coefficient 0"))
    ]
    panels[0].legend(handles=lines, loc="upper right", frameon=False, handlelength=1.8, title="border")
    return figure


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and the best pair of every panel."""
    best = []
    for order, other in _PANELS:
        size, step, value = _best(data, order, other)
        best.append(f"{plain(size)} at step {plain(step)} and {other} {plain(value)} ({order})")
    return (
        f"The Dirac-GAN (minimax) with R1 of strength {given(config.strength)} at its equilibrium, "
        "simultaneous and alternating steps (D first): the largest modulus of a multiplier where it is below "
        "1, over the step of G and the ratio of D's step to it, or over the step of both and their momentum, "
        f"on {config.cells} x {config.cells} cells. The smallest (star) is {listed(best)}. Lines: "
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
