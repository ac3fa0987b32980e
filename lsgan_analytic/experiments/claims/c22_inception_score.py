"""Claim 22: a higher Inception Score means better samples."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
from jax import Array

import lsgan_analytic as lsgan

from .._run import Arrays, evaluated
from .._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, SKY, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Data of two classes at +-center, and generators of points at +-place."""

    center: float = 1.0
    std: float = 1.0
    far: float = 6.0
    farthest: float = 8.0
    points: int = 161

    def quick(self) -> Self:
        return replace(self, points=17)

    def data(self) -> lsgan.Mixture:
        modes = tuple(lsgan.Normal(sign * self.center, self.std) for sign in (-1.0, 1.0))
        return lsgan.Mixture([0.5, 0.5], modes)


def _log_posteriors(law: lsgan.Mixture, x: Array) -> Array:
    """log p(class | x) by Bayes' rule, exactly."""
    joint = jnp.stack([one.log_pdf(x) for one in law.components], axis=-1) + jnp.log(law.weights)[None]
    return joint - law.log_pdf(x)[:, None]


def compute(config: Config) -> Arrays:
    """The exact score of the data, and of two points at +-place."""
    law = config.data()
    places = jnp.append(jnp.linspace(0, config.farthest, config.points), config.far)

    def pair(place: Array) -> Array:
        return lsgan.modes.inception_score(_log_posteriors(law, jnp.stack([-place, place])))

    def spread(place: Array) -> Array:
        """Both modes with the right width, at the wrong place."""
        z, weights = lsgan.Normal(0.0, config.std).composite_nodes(jnp.zeros(1))
        x = jnp.concatenate([z - place, z + place])
        return lsgan.modes.inception_score(_log_posteriors(law, x), 0.5 * jnp.tile(weights, 2))

    def numbers() -> dict[str, Array]:
        x, weights = law.composite_nodes(jnp.zeros(1))
        grid = jnp.linspace(-config.farthest, config.farthest, 2 * config.points - 1)
        one = jnp.full((1,), config.far)
        return {
            "real": lsgan.modes.inception_score(_log_posteriors(law, x), weights),
            "one": lsgan.modes.inception_score(_log_posteriors(law, one)),
            "place": places,
            "pair": jax.lax.map(pair, places),
            "spread": jax.lax.map(spread, places),
            "x": grid,
            "density": law.pdf(grid),
            "posterior": jnp.exp(_log_posteriors(law, grid)[:, 1]),
        }

    return evaluated(numbers)


def found(data: Arrays) -> dict[str, Found]:
    return {
        "score of the data": recorded(float(data["real"]), 1.4005, 5e-5),
        "of two points at +-6": recorded(data["pair"][-1], 1.9998, 5e-5),
        "of one point at 6": theory(float(data["one"]), 1.0, 1e-12),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.3), layout="constrained")
    laws, scores = figure.subplots(1, 2)
    laws.fill_between(data["x"], data["density"], color=SKY, alpha=0.5, linewidth=0, label="data $p(x)$")
    laws.plot(data["x"], data["posterior"], color=BLACK, label=r"classifier $p(y{=}1\,|\,x)$, exact")
    for place in (-config.far, config.far):
        laws.plot([place, place], [0, 0.55], color=VERMILION, linewidth=1.5)
        laws.plot(place, 0.55, "o", color=VERMILION, markersize=4)
    laws.plot([], [], "o-", color=VERMILION, markersize=4, label=r"generator: two points $\pm 6$")
    laws.set(xlabel="$x$", ylabel="density, probability", xlim=(-8, 8), ylim=(0, 1.55))
    laws.legend(frameon=False, loc="upper left")
    place = data["place"][:-1]
    scores.axhline(2, color=GREY, linewidth=0.6, linestyle=":")
    scores.plot(place, data["pair"][:-1], color=VERMILION, label=r"two points $\pm a$")
    scores.plot(place, data["spread"][:-1], color=BLUE, label=r"$\frac{1}{2}N(\pm a,1)$")
    scores.axhline(data["real"], color=BLACK, linewidth=0.8, linestyle="--")
    scores.text(7.9, data["real"] - 0.015, f"data: {data['real']:.4f}", ha="right", va="top")
    scores.plot(config.far, data["pair"][-1], "o", color=VERMILION, markersize=4)
    scores.annotate(
        f"{data['pair'][-1]:.4f}",
        (config.far, data["pair"][-1]),
        xytext=(0, -10),
        textcoords="offset points",
        ha="center",
        color=VERMILION,
    )
    scores.set(xlabel="place $a$ of the generated modes", ylabel="Inception Score", xlim=(0, 8))
    scores.set_ylim(0.98, 2.04)
    scores.legend(frameon=False, loc="lower right")
    panel_letter(laws, "a", "samples that no datum resembles")
    panel_letter(scores, "b", "score them above the data")
    return figure


CLAIM = Claim(
    name="claim22_inception_score",
    title="Inception Score with an exact classifier: two far points beat the data",
    source="Salimans et al. (2016); Barratt & Sharma (2018)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=22,
    says="The higher the Inception Score, the better the samples.",
    model="data N(-1, 1)/2 + N(1, 1)/2 with its exact posterior as classifier; generator: two points +-a",
    verdict="misleads",
    correct=(
        "The data are not its maximum: points far out, each of one clear class, reach the number of classes "
        "with no density near them and no variety inside a class. It never sees the data."
    ),
    limits="Two classes that overlap; a classifier of images is not exact, which adds errors of its own.",
    found=found,
)
