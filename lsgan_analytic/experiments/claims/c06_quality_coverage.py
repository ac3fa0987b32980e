"""Claim 6: of the two halves of JS, coverage gives the generator no gradient."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory
from ._pair import MINIMAX

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Two normal modes of the data at +-mode, and a generator N(shift, 1)."""

    mode: float = 2.0
    std: float = 0.5
    shift: float = 1.0
    largest: float = 4.0
    points: int = 81

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """The halves and their slopes; the slopes of the game with D optimal and held, whole and of E log D."""
    modes = tuple(lsgan.Normal(mean, config.std) for mean in (-config.mode, config.mode))
    data, latent = lsgan.Mixture(np.array([0.5, 0.5]), modes), lsgan.Normal(0.0, 1.0)
    game = lsgan.Game(data, latent, MINIMAX)
    disc = lsgan.OptimalDiscriminator(data, latent, frozen=True)
    shifts = jnp.append(jnp.linspace(-config.largest, config.largest, config.points), config.shift)

    def halves(shift):
        return jnp.stack(divergences.js_split(data, lsgan.Normal(shift, 1.0)))

    def terms(shift):
        return jnp.stack(game.cost_terms(lsgan.Players(disc, lsgan.Shift(shift))))

    def both(shift):
        one = jnp.ones_like(shift)
        return *jax.jvp(halves, (shift,), (one,)), jax.jvp(terms, (shift,), (one,))[1]

    values, slopes, held = jax.jit(jax.vmap(both))(shifts)
    arrays = {"shift": shifts, "halves": values, "slopes": slopes, "held": held}
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    (quality, coverage), held = data["slopes"][-1], data["held"]
    return {
        "dC": recorded(coverage, -0.0731, 5e-5),
        "dQ": recorded(quality, -0.0106, 5e-5),
        "slope of the game, D held": recorded(held[-1].sum(), -0.1674, 5e-5),
        "of E_p log D alone": theory(np.abs(held[:, 0]).max(), 0, 1e-12),
        "|game - 2 (dQ + dC)|": theory(
            np.abs(held.sum(axis=1) - 2 * data["slopes"].sum(axis=1)).max(), 0, 1e-10
        ),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    shift, halves, slopes, held = (data[name][:-1] for name in ("shift", "halves", "slopes", "held"))
    labels = ("quality $Q$", "coverage $C$")
    for column, (label, color) in enumerate(zip(labels, (BLUE, VERMILION), strict=True)):
        left.plot(shift, halves[:, column], color=color, label=label)
        right.plot(
            shift,
            2 * slopes[:, column],
            color=color,
            label=("$2\\,dQ/d\\theta$", "$2\\,dC/d\\theta$")[column],
        )
    left.plot(shift, halves.sum(axis=1), color=BLACK, label="JS $=Q+C$")
    right.plot(shift, 2 * slopes.sum(axis=1), color=BLACK, label=r"$2\,d\,$JS$/d\theta$")
    right.plot(
        shift[::4], held[::4].sum(axis=1), "o", ms=3, mfc="white", color=BLACK, label="game, best $D$ held"
    )
    right.plot(shift, held[:, 0], "--", color=GREY, linewidth=0.9, label=r"of $E_p\log D$ alone, $D$ held: 0")
    for axes in (left, right):
        axes.set(xlabel=r"mean $\theta$ of the generator", xlim=(shift[0], shift[-1]))
    left.set(ylabel="divergence", ylim=(0, 0.75))
    right.set(ylabel=r"slope in $\theta$", ylim=(-0.45, 0.75))
    left.legend(frameon=False, loc="upper center", ncols=3, columnspacing=1, handlelength=1.5)
    right.legend(frameon=False, loc="upper left", ncols=2, columnspacing=1, handlelength=1.5)
    panel_letter(left, "a", r"halves of JS, data at $\pm 2$")
    panel_letter(right, "b", "the envelope theorem")
    return figure


CLAIM = Claim(
    name="claim06_quality_coverage",
    title="Quality and coverage: the halves of the Jensen-Shannon divergence, and their slopes",
    source="Goodfellow et al. (2014), theorem 1; Milgrom & Segal (2002) on the envelope theorem",
    config=Config(),
    compute=compute,
    plot=plot,
    number=6,
    says="JS has a quality and a coverage half; the latter, E_p log D, gives the generator no gradient.",
    model="two modes N(+-{config.mode:g}, {config.std:g}^2) against N(theta, 1), at theta = {config.shift:g}",
    verdict="the split is right, the claim about gradients wrong",
    correct="Only the slope of E_p log D at a held D is 0. The slope of E_q log(1 - D) at the held best D is "
    "that of both halves, 2 dQ + 2 dC: coverage does reach the generator, here with the greater slope.",
    limits="D is the best one; a D that lags gives neither half exactly.",
    found=found,
)
