"""Claim 5: the saturating and the non-saturating generator loss are equivalent."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLUE, SINGLE, VERMILION
from ._claim import Claim, Found, recorded, theory
from ._pair import MINIMAX, NON_SATURATING, slopes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """N(0, std) against N(gap, std)."""

    std: float = 0.1
    gap: float = 0.2
    largest: float = 0.5
    points: int = 51

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """d/dgap of two divergences, and of what the generators descend in the game, D optimal and held."""
    data = lsgan.Normal(0.0, config.std)
    gaps = jnp.append(jnp.linspace(0, config.largest, config.points), config.gap)

    def both(gap):
        made = lsgan.Normal(gap, config.std)
        js = divergences.js(data, made)
        return 2 * js, divergences.kl(made, data) - 2 * js

    _, (saturating, other) = jax.jit(jax.vmap(lambda gap: jax.jvp(both, (gap,), (jnp.ones_like(gap),))))(gaps)
    arrays = {
        "gap": gaps,
        "saturating": saturating,
        "other": other,
        "game_saturating": slopes(MINIMAX, gaps, config.std),
        "game_other": slopes(NON_SATURATING, gaps, config.std),
    }
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    return {
        "saturating slope at gap 0.2": recorded(data["game_saturating"][-1], 4.496, 5e-4),
        "non-saturating slope at gap 0.2": recorded(data["game_other"][-1], 15.504, 5e-4),
        "|game - d 2 JS|": theory(np.abs(data["game_saturating"] - data["saturating"]).max(), 0, 1e-9),
        "|game - d(KL - 2 JS)|": theory(np.abs(data["game_other"] - data["other"]).max(), 0, 1e-9),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SINGLE, 2.3), layout="constrained")
    axes = figure.subplots()
    gap = data["gap"][:-1]
    for name, label, color in (
        ("saturating", r"$2\,$JS", VERMILION),
        ("other", r"KL$(q\|p)-2\,$JS", BLUE),
    ):
        axes.plot(gap, data[name][:-1], color=color, label=label)
        game = "saturating" if name == "saturating" else "non-saturating"
        points = data[f"game_{name}"][:-1:4]
        axes.plot(gap[::4], points, "o", ms=3, mfc="white", color=color, label=f"game, {game}")
    axes.set(xlabel=r"gap $\theta$ of the means", ylabel=r"slope in $\theta$", xlim=(0, config.largest))
    axes.legend(frameon=False)
    return figure


CLAIM = Claim(
    name="claim05_saturating",
    title="Generator slopes under the optimal discriminator: saturating and non-saturating loss",
    source="Arjovsky & Bottou (2017), theorem 2.5",
    config=Config(),
    compute=compute,
    plot=plot,
    number=5,
    says="The saturating and the non-saturating generator loss lead to the same dynamics.",
    model="N(0, {config.std:g}^2) against N(theta, {config.std:g}^2), D optimal and then held",
    verdict="wrong",
    correct="They share the fixed point, but descend 2 JS and KL(q || p) - 2 JS: other slopes, other paths.",
    limits="An optimal D and equal widths; with a first-order D neither divergence is descended.",
    found=found,
)
