"""Claim 1: the optimal discriminator is p/(p + q), and the value of the game is -log 4 + 2 JS."""

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
    """N(0, 1) against N(gap, 1), and D with a logit of ``steepness`` times the best one."""

    gap: float = 1.0
    largest: float = 4.0
    points: int = 81

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """The value of the game for worse and better D, and at the best D for generators near and far."""
    law = lsgan.Normal(0.0, 1.0)
    game = lsgan.Game(law, law, MINIMAX)
    best = lsgan.OptimalDiscriminator(law, law)
    steepness = jnp.append(jnp.linspace(0, 3, config.points), 1.0)
    gaps = jnp.append(jnp.linspace(0, config.largest, config.points), config.gap)

    def worse(steepness):
        w = -steepness * config.gap  # the best logit is gap (gap/2 - x)
        players = lsgan.Players(lsgan.Sigmoid(w, -0.5 * config.gap * w), lsgan.Shift(config.gap))
        return game.cost(players)

    def at_best(gap):
        value = game.cost(lsgan.Players(best, lsgan.Shift(gap)))
        return value, divergences.js(law, lsgan.Normal(gap, 1.0))

    value, js = jax.jit(jax.vmap(at_best))(gaps)
    arrays = {
        "steepness": steepness,
        "value_of_d": jax.jit(jax.vmap(worse))(steepness),
        "gap": gaps,
        "value": value,
        "js": js,
    }
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    value, js = data["value"], data["js"]
    return {
        "JS": recorded(js[-1], 0.111421, 5e-7),
        "V at the best D": recorded(value[-1], -1.163451, 5e-7),
        "V at the best logit": recorded(data["value_of_d"][-1], -1.163451, 5e-7),
        "largest excess of another D": theory(max(0, data["value_of_d"].max() - value[-1]), 0, 1e-13),
        "|V - (2 JS - log 4)|": theory(np.abs(value - 2 * js + np.log(4)).max(), 0, 1e-12),
        "min over G of max over D": theory(value.min(), -np.log(4), 1e-12),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.3), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(data["steepness"][:-1], data["value_of_d"][:-1], color=BLUE)
    left.plot(1, data["value_of_d"][-1], "o", color=BLACK, ms=4)
    left.annotate(
        r"$D=p/(p+q)$", (1, data["value_of_d"][-1]), (0, 6), textcoords="offset points", ha="center"
    )
    left.set(xlabel=r"steepness $c$: logit $D=c\,\log(p/q)$", ylabel=r"$V(D)$", xlim=(0, 3))
    left.margins(y=0.16)
    panel_letter(left, "a", rf"one generator, $\theta={config.gap:g}$")
    right.plot(data["gap"][:-1], data["value"][:-1], color=BLUE, label=r"$\max_D V$")
    right.plot(
        data["gap"][:-1:4], 2 * data["js"][:-1:4] - np.log(4), "o", ms=3, mfc="none", color=VERMILION,
        label=r"$2\,$JS$\,-\log 4$",
    )  # fmt: skip
    for level, text in ((-np.log(4), r"$-\log 4$: equal"), (0, r"$0$: disjoint")):
        right.axhline(level, color=GREY, lw=0.6, ls="--")
        right.annotate(
            text, (config.largest, level), (-3, 3), textcoords="offset points", ha="right", color=GREY
        )
    right.set(xlabel=r"gap $\theta$ of the means", ylabel=r"$V$", xlim=(0, config.largest), ylim=(-1.5, 0.2))
    right.legend(frameon=False, loc=(0.02, 0.6))
    panel_letter(right, "b", "the best D for every generator")
    return figure


CLAIM = Claim(
    name="claim01_optimal",
    title="The optimal discriminator and the value of the game",
    source="Goodfellow et al. (2014), proposition 1 and theorem 1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=1,
    says="The best D is p/(p + q), and the game then has the value -log 4 + 2 JS(p, q).",
    model="N(0, 1) against N(theta, 1)",
    verdict="right",
    correct="It is max_D V, for one generator; the value of the game, min over G too, is -log 4.",
    limits="Both laws have densities and D is any function; claim 2 is what happens without them.",
    found=found,
)
