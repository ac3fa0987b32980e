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
from ._claim import Claim, Found

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
    """d/dgap of what each generator loss descends when D is optimal, by two ways."""
    data = lsgan.Normal(0.0, config.std)
    gaps = jnp.append(jnp.linspace(0, config.largest, config.points), config.gap)

    def made(gap):
        return lsgan.Normal(gap, config.std)

    def slopes(gap):
        kl = jax.grad(lambda gap: divergences.kl(made(gap), data))(gap)
        js = jax.grad(lambda gap: divergences.js(data, made(gap)))(gap)
        return 2 * js, kl - 2 * js

    saturating, other = jax.lax.map(slopes, gaps)
    return {"gap": np.asarray(gaps), "saturating": np.asarray(saturating), "other": np.asarray(other)}


def found(data: Arrays) -> dict[str, Found]:
    return {
        "saturating slope at gap 0.2": Found(data["saturating"][-1], 4.496, 5e-4),
        "non-saturating slope at gap 0.2": Found(data["other"][-1], 15.504, 5e-4),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SINGLE, 2.3), layout="constrained")
    axes = figure.subplots()
    gap = data["gap"][:-1]
    for name, label, color in (
        ("saturating", r"saturating: $2\,$JS", VERMILION),
        ("other", r"non-saturating: KL$(q\|p)-2\,$JS", BLUE),
    ):
        axes.plot(gap, data[name][:-1], color=color, label=label)
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
    model="N(0, 0.1^2) against N(theta, 0.1^2), D optimal and then held",
    verdict="wrong",
    correct="They share the fixed point, but descend 2 JS and KL(q || p) - 2 JS: other slopes, other paths.",
    limits="An optimal D and equal widths; with a first-order D neither divergence is descended.",
    found=found,
)
