"""Claim 12: a GAN that fits the marginal may have every class wrong; a conditional one may not."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLUE, SINGLE, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Class A at -place, class B at +place, each of half the data; the generator confuses a share of them."""

    place: float = 2.0
    std: float = 0.5
    points: int = 51

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """JS of the marginals, and the mean of JS over the classes, against the share that is swapped."""
    classes = tuple(lsgan.Normal(mean, config.std) for mean in (-config.place, config.place))
    shares = jnp.linspace(0, 1, config.points)

    def of_share(share):
        made = [lsgan.Mixture(jnp.stack(pair), classes) for pair in ((1 - share, share), (share, 1 - share))]
        marginal = lsgan.Mixture(0.5 * (made[0].weights + made[1].weights), classes)
        data = lsgan.Mixture(np.array([0.5, 0.5]), classes)
        each = [divergences.js(own, law) for own, law in zip(classes, made, strict=True)]
        return divergences.js(data, marginal), 0.5 * (each[0] + each[1])

    marginal, conditional = jax.jit(jax.vmap(of_share))(shares)
    arrays = {"share": shares, "marginal": marginal, "conditional": conditional}
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    return {
        "marginal JS, classes swapped": theory(data["marginal"][-1], 0, 1e-14),
        "conditional JS, classes swapped": theory(data["conditional"][-1], np.log(2), 2e-4),
        "largest marginal JS": theory(data["marginal"].max(), 0, 1e-14),
        "conditional JS, none swapped": theory(data["conditional"][0], 0, 1e-14),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SINGLE, 2.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(data["share"], data["conditional"], color=VERMILION, label="$D$ sees $x$ and the class")
    axes.plot(data["share"], data["marginal"], color=BLUE, label="$D$ sees $x$ only", clip_on=False)
    axes.axhline(np.log(2), color="#999999", lw=0.6, ls="--")
    axes.annotate(r"$\log 2$", (0.02, np.log(2)), (0, -10), textcoords="offset points", color="#666666")
    axes.set(xlabel="share of samples given the other class", ylabel="JS", xlim=(0, 1), ylim=(-0.02, 0.75))
    axes.legend(frameon=False, loc=(0.03, 0.58))
    return figure


CLAIM = Claim(
    name="claim12_conditional",
    title="Marginal and conditional Jensen-Shannon divergence when classes are confused",
    source="Mirza & Osindero (2014)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=12,
    says="A discriminator must see the class for the generator to respect it.",
    model=(
        "two classes N(-{config.place:g}, {config.std:g}^2) and N({config.place:g}, {config.std:g}^2), "
        "a share of them swapped"
    ),
    verdict="right",
    correct="The marginal is the same whatever is swapped: JS 0. Given the class it is up to log 2.",
    limits="Classes that hardly overlap; with overlap the conditional price is smaller.",
    found=found,
)
