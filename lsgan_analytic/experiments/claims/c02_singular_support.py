"""Claim 2: the optimal D is p/(p + q), also for a generator with fewer dimensions than the data."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan

from .._run import Arrays, evaluated
from .._style import DOUBLE, panel_letter
from ..two_dimensions import Config as Plane, Ditch, draw_laws, draw_values, Naive, Step, value
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOG4 = float(np.log(4))


@dataclass(frozen=True)
class Config:
    """Data N(0, I) on the plane, G(z) = (z, height), z ~ N(0, 1)."""

    heights: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0, 2.0)
    shown_height: float = 1.0
    gaps: tuple[float, float] = (1e-6, 0.3)
    points: int = 31
    cloud: int = 1000
    seed: int = 2

    def quick(self) -> Self:
        return replace(self, points=25, cloud=200)


def compute(config: Config) -> Arrays:
    """V of discriminators that come near the supremum, of the naive one, and the slopes in the height."""
    data, latent = lsgan.MultivariateNormal(), lsgan.Normal()
    shown, heights = jnp.asarray(config.shown_height), jnp.asarray(config.heights)
    gaps, one = jnp.geomspace(*config.gaps, config.points), jnp.asarray(1e-3)
    draws, own = jax.random.split(jax.random.key(config.seed))

    def numbers() -> dict[str, Array]:
        # the best D answers every height: V as a function of the height alone
        over, slope = jax.vmap(jax.value_and_grad(lambda h: value(Ditch(h, gaps[0]), h)))(heights)
        return {
            "gaps": gaps,
            "step": jax.vmap(lambda gap: value(Step(shown, gap), shown))(gaps),
            "ditch": jax.vmap(lambda gap: value(Ditch(shown, gap), shown))(gaps),
            "step_at_1e-3": jax.vmap(lambda h: value(Step(h, one), h))(heights),
            "naive": value(Naive(data, latent), jnp.asarray(0.0)),
            "answered": over,
            "slope": slope,
            "cloud": data.sample(draws, config.cloud).astype(jnp.float32),
            "latent": latent.sample(own, config.cloud).astype(jnp.float32),
        }

    return evaluated(numbers)


def found(data: Arrays) -> dict[str, Found]:
    steps = data["step_at_1e-3"]
    return {
        "V of the step, eps = 1e-3": recorded(steps[0], -0.0020, 5e-5),
        "its range over heights": theory(np.ptp(steps), 0.0, 1e-12),
        "V of the naive p/(p + p_z)": recorded(float(data["naive"]), -1.999, 5e-4),
        "JSD from the continuous D, eps = 1e-6, least over heights": theory(
            (data["answered"].min() + _LOG4) / 2, _LOG4 / 2, 1e-4
        ),
        "largest slope of V in the height": theory(np.abs(data["slope"]).max(), 0.0, 1e-4),
        "V of the continuous D, eps = 1e-6": theory(data["ditch"][0], 0.0, 1e-4),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.7), layout="constrained")
    laws, values = figure.subplots(1, 2)
    draw_laws(laws, data, Plane(shown_height=config.shown_height))
    draw_values(values, data)
    panel_letter(laws, "a", r"data $N(0,I_2)$ and $G(z)=(z,h)$: no common density")
    panel_letter(values, "b", r"$\sup V=0$ for every $h$; no continuous $D$ attains it")
    return figure


CLAIM = Claim(
    name="claim02_singular_support",
    title="dim z < dim x: the best D is no ratio of densities, and V does not depend on G",
    source="Goodfellow et al. (2014), proposition 1; Arjovsky & Bottou (2017), theorem 2.1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=2,
    says="The optimal discriminator p/(p + q) and V = 2 JSD - log 4 fail when dim z < dim x.",
    model="data N(0, I) on the plane, G(z) = (z, h): generated points have no density",
    verdict="right for densities and continuous D",
    correct=(
        "With Radon-Nikodym derivatives in the place of densities the theorem holds: D* = 1[x2 != h], V = 0, "
        "JSD = log 2 for every such G, so no gradient in h. No continuous D attains it, one comes as near as "
        "it likes; p/(p + p_z) is not even close."
    ),
    limits="A flat line and no noise; with noise on both laws the densities, and a gradient, are back.",
    found=found,
)
