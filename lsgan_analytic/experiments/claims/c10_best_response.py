"""Claim 10: the best response of the generator concentrates its mass."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLUE, GREY, SINGLE, VERMILION
from ._claim import Claim, Found, theory
from ._pair import NON_SATURATING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Data with mass alpha on a set S (point 0) and the rest elsewhere (point 1).

    The held D gives S the probability 1 - delta of being fake, as the best one does when the generator puts
    little there.
    """

    alpha: float = 0.5
    alphas: tuple[float, ...] = (0.1, 0.9)
    delta: float = 0.4
    points: int = 101

    def quick(self) -> Self:
        return replace(self, points=21)


def compute(config: Config) -> Arrays:
    """What the generator wants, E_q log D, against its share of S: D held, and D answering."""
    uniform = lsgan.Uniform(0.0, 1.0)
    shares = jnp.append(jnp.linspace(0, 1, config.points)[1:-1], 1 - 1e-15)

    def wanted(alpha, share, logits):
        data = lsgan.PointMasses.unchecked(jnp.asarray([0.0, 1.0]), jnp.stack([alpha, 1 - alpha]))
        made = lsgan.Categorical(jnp.stack([jnp.log(share), jnp.log1p(-share)]))
        game = lsgan.Game(data, uniform, NON_SATURATING)
        return -game.objectives(lsgan.Players(lsgan.Tabular(logits), made))[1]

    def answered(alpha, share):
        best = jnp.stack([jnp.log(alpha / share), jnp.log((1 - alpha) / (1 - share))])
        return wanted(alpha, share, best)

    alphas = jnp.asarray([config.alpha, *config.alphas])
    held = jnp.asarray([np.log((1 - config.delta) / config.delta), 0.0])
    both = jax.jit(jax.vmap(jax.vmap(answered, (None, 0)), (0, None)))
    arrays = {
        "alpha": alphas,
        "share": shares,
        "answered": both(alphas, shares),
        "held": jax.jit(jax.vmap(lambda share: wanted(alphas[0], share, held)))(shares),
        "at_data": jax.jit(jax.vmap(lambda alpha: answered(alpha, alpha)))(alphas),
    }
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    alphas = data["alpha"]
    everything = {
        f"D answers, alpha {alpha:g}: log alpha/(1 + alpha)": theory(
            value, np.log(alpha / (1 + alpha)), 1e-12
        )
        for alpha, value in zip(alphas, data["answered"][:, -1], strict=True)
    }
    return everything | {
        "q = p: -log 2": theory(data["at_data"][0], -np.log(2), 1e-12),
        "best there is": theory(data["answered"][:, :-1].max(), -np.log(2), 1e-12),
        "D held: all mass on S": theory(data["held"][-1], np.log(0.6), 1e-12),
        "share of the best answer to a held D": theory(data["share"][np.argmax(data["held"])], 1, 1e-12),
        "share of the best answer to D answering": theory(
            data["share"][np.argmax(data["answered"][0])], 0.5, 1e-12
        ),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SINGLE, 2.6), layout="constrained")
    axes = figure.subplots()
    share = data["share"]
    axes.plot(share, data["held"], color=VERMILION, label="$D$ held")
    styles = ((BLUE, "-"), (BLUE, "--"), (BLUE, ":"))
    for alpha, values, peak, (color, dash) in zip(
        data["alpha"], data["answered"], data["at_data"], styles, strict=True
    ):
        axes.plot(share, values, color=color, ls=dash, label=rf"$D$ answers, $\alpha={alpha:g}$")
        axes.plot(alpha, peak, "o", ms=3.5, color=color)
        axes.plot(1, values[-1], "s", ms=3.5, color=color, clip_on=False)
    axes.plot(1, data["held"][-1], "s", ms=3.5, color=VERMILION, clip_on=False)
    axes.axhline(-np.log(2), color=GREY, lw=0.6, ls="--")
    axes.annotate(
        r"$-\log 2$", (1, -np.log(2)), (5, 0), textcoords="offset points", va="center", annotation_clip=False
    )
    axes.set(
        xlabel="share of the generator on the set $S$", ylabel=r"$E_q\log D$", xlim=(0, 1), ylim=(-2.6, -0.4)
    )
    axes.legend(
        frameon=False, loc="lower center", bbox_to_anchor=(0.47, 0), title=r"data: mass $\alpha$ on $S$"
    )
    return figure


CLAIM = Claim(
    name="claim10_best_response",
    title="The generator's best response to a held and to an answering discriminator",
    source="Goodfellow (2016), tutorial, section 5.1; Metz et al. (2017), section 2",
    config=Config(),
    compute=compute,
    plot=plot,
    number=10,
    says="The generator's best response puts all its mass where D is most easily fooled.",
    model="two sets, the data with mass alpha on S; a generator of any share on S; a table for D",
    verdict="half right",
    correct="Against a held D all mass on S is best. Once D answers, E_q log D is log(alpha/(1 + alpha)) "
    "there, below -log 2: a generator that covers (share alpha) has more. Only a D that stays collapses it.",
    limits="Best responses, not steps: with both learning slowly it depends on who leads (claims 9 and 16).",
    found=found,
)
