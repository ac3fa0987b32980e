"""Claim 23: FID measures how far generated images are from the data."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays, evaluated
from .._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, SKY, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Data M(center), a normal law with its two moments, and the data moved a little."""

    center: float = 2.0
    std: float = 0.5
    shift: float = 0.1
    sizes: tuple[int, ...] = (25, 50, 100, 200, 400, 800)
    draws: int = 5000
    seed: int = 23

    def quick(self) -> Self:
        return replace(self, sizes=(25, 100, 400), draws=200)

    def laws(self) -> tuple[lsgan.Mixture, lsgan.Normal, lsgan.Mixture]:
        """(data, normal law, data moved)."""
        data, moved = (
            lsgan.Mixture(
                [0.5, 0.5], tuple(lsgan.Normal(s * self.center + by, self.std) for s in (-1.0, 1.0))
            )
            for by in (0.0, self.shift)
        )
        return data, lsgan.Normal(0.0, float(np.hypot(self.center, self.std))), moved

    def slopes(self) -> tuple[float, float]:
        """n times the bias, to first order, for the two generators.

        E(mean difference)^2 has (v + v)/n, E(std difference)^2 v (kurtosis - 1)/(4 n) of each sample.
        """
        variance = self.center**2 + self.std**2
        fourth = self.center**4 + 6 * (self.center * self.std) ** 2 + 3 * self.std**4
        own = fourth / variance**2
        return tuple(variance * (2 + (own - 1 + other - 1) / 4) for other in (3.0, own))  # pyright: ignore


def _estimates(config: Config) -> Array:
    """Mean and standard error of the distance of n data to n generated points: (sizes, generators, 2)."""
    most = max(config.sizes)
    data, *generators = config.laws()
    key = jax.random.key(config.seed)

    def one(key: Array) -> Array:
        keys = jax.random.split(key, 3)
        points = [law.sample(own, most) for law, own in zip((data, *generators), keys, strict=True)]

        def of_first(n: Array) -> Array:
            weights = jnp.where(jnp.arange(most, dtype=float) < n, 1 / n, 0)
            real, *fake = (lsgan.PointMasses.unchecked(own, weights) for own in points)
            return jnp.stack([divergences.frechet(real, own) for own in fake])

        return jax.vmap(of_first)(jnp.asarray(config.sizes, float))

    values = jax.lax.map(one, jax.random.split(key, config.draws), batch_size=50)
    error = jnp.std(values, axis=0) / jnp.sqrt(jnp.asarray(config.draws, values.dtype))
    return jnp.stack([jnp.mean(values, axis=0), error], axis=-1)


def compute(config: Config) -> Arrays:
    """Exact distances between the laws, and what samples make of them."""
    data, normal, moved = config.laws()

    def numbers() -> dict[str, Array]:
        x = jnp.linspace(-6.0, 6.0, 301)
        return {
            "frechet": jnp.stack([divergences.frechet(data, law) for law in (normal, moved)]),
            "js": jnp.stack([divergences.js(data, law) for law in (normal, moved)]),
            "estimates": _estimates(config),
            "x": x,
            "densities": jnp.stack([law.pdf(x) for law in (data, normal, moved)]),
        }

    return {**evaluated(numbers), "sizes": np.asarray(config.sizes)}


def found(data: Arrays) -> dict[str, Found]:
    config = Config()
    bias, estimates, n = config.slopes(), data["estimates"], data["sizes"][-1]
    within = 4 * estimates[-1, :, 1] + 20 / n**2
    return {
        "FID of M(2) and N(0, 4.25)": theory(data["frechet"][0], 0.0, 1e-10),
        "their JSD": recorded(data["js"][0], 0.200986, 1e-6),
        "FID of M(2) and M(2) + .1": theory(data["frechet"][1], 0.1**2, 1e-10),
        f"n = {n}: mean estimate, normal": theory(estimates[-1, 0, 0], bias[0] / n, within[0]),
        "moved": theory(estimates[-1, 1, 0], 0.01 + bias[1] / n, within[1]),
        "n = 100: normal less moved > 0": theory(float(estimates[2, 0, 0] > estimates[2, 1, 0]), 1, 0),
        f"n = {n}: normal less moved < 0": theory(float(estimates[-1, 0, 0] < estimates[-1, 1, 0]), 1, 0),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    laws, bias = figure.subplots(1, 2)
    _draw_laws(laws, data)
    _draw_bias(bias, data, config)
    panel_letter(laws, "a", "two moments are all that FID sees")
    panel_letter(bias, "b", "from samples: the ranking turns with $n$")
    return figure


def _draw_laws(axes: "Axes", data: Arrays) -> None:
    x, (real, normal, moved) = data["x"], data["densities"]
    axes.fill_between(x, real, color=SKY, alpha=0.5, linewidth=0, label=r"data $\frac{1}{2}N(\pm 2,\,0.25)$")
    for values, color, name, row in (
        (normal, VERMILION, "$N(0,\\,4.25)$", 0),
        (moved, BLUE, "data $+\\,0.1$", 1),
    ):
        text = f"{name}: FID {abs(data['frechet'][row]):.2f}, JSD {data['js'][row]:.3f}"
        axes.plot(x, values, color=color, label=text)
    axes.set(xlabel="$x$", ylabel="density", xlim=(-6, 6), ylim=(0, 0.72))
    axes.legend(frameon=False, loc="upper left")


def _draw_bias(axes: "Axes", data: Arrays, config: Config) -> None:
    fine = np.geomspace(20, 2 * data["sizes"][-1], 200)
    for column, (color, marker, true, slope) in enumerate(
        zip((VERMILION, BLUE), ("o", "s"), data["frechet"], config.slopes(), strict=True)
    ):
        mean, error = data["estimates"][:, column].T
        axes.loglog(fine, abs(true) + slope / fine, color=color)
        axes.errorbar(data["sizes"], mean, 2 * error, fmt=marker, color=color, markersize=3.5)
        if true > 1e-6:
            axes.axhline(true, color=color, linewidth=0.7, linestyle="--")
    first, second = config.slopes()
    turn = (first - second) / data["frechet"][1]
    axes.axvline(turn, 0.3, color=GREY, linewidth=0.6, linestyle=":")
    axes.text(turn * 1.1, 0.35, rf"$n={turn:.0f}$", color=GREY)
    axes.plot([], [], color=BLACK, label="exact, to first order in $1/n$")
    axes.plot([], [], "o", color=BLACK, markersize=3.5, label=f"mean of {config.draws} estimates")
    axes.plot([], [], "--", color=BLUE, linewidth=0.7, label="true FID of data $+\\,0.1$ (other: 0)")
    axes.set(xlabel="samples $n$ of each", ylabel="FID from samples", xlim=(20, 1600), ylim=(2e-3, 0.7))
    axes.legend(frameon=False, loc="lower left")


CLAIM = Claim(
    name="claim23_frechet",
    title="Frechet distance: zero between different laws, biased, and ranks that turn with n",
    source="Heusel et al. (2017); Binkowski et al. (2018); Chong & Forsyth (2020)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=23,
    says="FID is a distance between the laws of data and generated images; the lower the better.",
    model="M(2) against N(0, 4.25), which has its two moments, and against itself moved by .1",
    verdict="misleads",
    correct=(
        "It compares two moments: M(2) and a normal law with no gap have FID 0. From n samples it is too "
        "large by about v (2 + (k_p + k_q - 2)/4)/n, v the variance and k the kurtosis of each: "
        "generators have different biases, and which is better depends on n."
    ),
    limits="One dimension in place of 2048 features: there the bias is larger.",
    found=found,
)
