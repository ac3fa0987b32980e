"""Claim 21: several generators cover several modes."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """N(-2, 1)/2 + N(2, 1)/2 against two normals of width 1 that start at ``start`` -+ offset; optimal D."""

    mode: float = 2.0
    start: float = 0.5
    offsets: tuple[float, ...] = (0.0, 1e-9, 1e-6, 1e-3)
    step: float = 1.0
    updates: int = 300

    def quick(self) -> Self:
        return replace(self, updates=20)


def compute(config: Config) -> Arrays:
    """(O, T, 2) means of the two, 2 JS along their paths, and JS at the truth."""
    modes = lsgan.Normal(-config.mode, 1.0), lsgan.Normal(config.mode, 1.0)
    data, latent = lsgan.Mixture([0.5, 0.5], modes), lsgan.Normal()
    game = lsgan.Game(data, latent, lsgan.Minimax())
    disc = lsgan.OptimalDiscriminator(data, latent)

    def run(offset: jax.Array) -> tuple[jax.Array, jax.Array]:
        gen = lsgan.MixtureOfShifts(config.start + offset * np.array([-1.0, 1.0]))
        rule = lsgan.Simultaneous(step=config.step)
        path = lsgan.trajectory(game, rule, lsgan.Players(disc, gen), steps=config.updates)
        return path.players.gen.shifts, path.cost

    means, cost = jax.jit(jax.vmap(run))(np.asarray(config.offsets))
    truth = lsgan.pushforward(latent, lsgan.MixtureOfShifts([-config.mode, config.mode]))
    return {
        "offset": np.asarray(config.offsets),
        "means": np.asarray(means),
        "divergence": 0.5 * (np.asarray(cost) + np.log(4)),
        "truth": np.asarray(divergences.js(data, truth)),
    }


def found(data: Arrays) -> dict[str, Found]:
    apart = np.diff(data["means"], axis=-1)[..., 0]
    return {
        "JS at the truth": theory(float(data["truth"]), 0, 1e-14),
        "JS at the end, apart by 1e-3": theory(data["divergence"][-1, -1], 0, 1e-6),
        "distance of equal ones, largest": theory(np.abs(apart[0]).max(), 0, 0),
        "JS of equal ones at the end": recorded(data["divergence"][0, -1], 0.187892, 1e-6),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.4), layout="constrained")
    means, divergence = figure.subplots(1, 2)
    for mode in (-config.mode, config.mode):
        means.axhline(mode, color=GREY, linewidth=0.6, linestyle=":")
    colors = VERMILION, ORANGE, GREEN, BLUE
    for offset, path, js, color in zip(
        data["offset"], data["means"], data["divergence"], colors, strict=True
    ):
        text = "equal" if offset == 0 else rf"apart by $2\times10^{{{round(np.log10(offset))}}}$"
        means.plot(path, color=color)
        divergence.plot(js, color=color, label=text)
    means.set(xlabel="iteration $k$", ylabel=r"means $\mu_1,\,\mu_2$", xlim=(0, config.updates))
    divergence.set(xlabel="iteration $k$", ylabel="JS", xlim=(0, config.updates), ylim=(0, None))
    divergence.legend(frameon=False)
    panel_letter(means, "a", "two generators, optimal $D$")
    panel_letter(divergence, "b")
    return figure


CLAIM = Claim(
    name="claim21_several",
    title="Two generators that start equal, or nearly so, against two modes",
    source="Ghosh et al. (2018); Hoang et al. (2018)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=21,
    says="Several generators cover several modes.",
    model="sum_i N(mu_i, 1)/2 against modes at -2 and 2, optimal D",
    verdict="right, with a trap",
    correct=(
        "JS = 0 is reachable and reached; but two generators that start equal get equal gradients and never "
        "part, and from nearly equal ones the time to part grows as log(1/distance)."
    ),
    limits="Equal and fixed weights; a D that is told which generator made a point breaks the symmetry.",
    found=found,
)
