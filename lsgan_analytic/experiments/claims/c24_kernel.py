"""Claim 24: KID is better than FID."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays, evaluated
from .._style import BLACK, BLUE, DOUBLE, GREEN, ORANGE, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """N(0, 1) and N(gap, 1) in samples of several sizes; M(center) and the normal law with its moments."""

    gap: float = 1.0
    center: float = 2.0
    std: float = 0.5
    sizes: tuple[int, ...] = (5, 10, 20, 40)
    draws: int = 2000
    largest: float = 3.0
    points: int = 31
    seed: int = 24

    def quick(self) -> Self:
        return replace(self, sizes=(5, 20), draws=200, points=7)


def _estimates(config: Config) -> Array:
    """Mean and standard error of (RBF unbiased, RBF biased, cubic unbiased, Frechet): (sizes, 4, 2)."""
    most = max(config.sizes)
    laws = lsgan.Normal(), lsgan.Normal(config.gap)

    def one(key: Array) -> Array:
        points = [law.sample(own, most) for law, own in zip(laws, jax.random.split(key), strict=True)]

        def of_first(n: Array) -> Array:
            weights = jnp.where(jnp.arange(most, dtype=float) < n, 1 / n, 0)
            p, q = (lsgan.PointMasses.unchecked(own, weights) for own in points)
            biased, rbf = divergences.mmd(p, q), divergences.mmd(p, q, unbiased=True)
            cubic = divergences.polynomial_mmd(p, q, unbiased=True)
            return jnp.stack([rbf, biased, cubic, divergences.frechet(p, q)])

        return jax.vmap(of_first)(jnp.asarray(config.sizes, float))

    keys = jax.random.split(jax.random.key(config.seed), config.draws)
    values = jax.lax.map(one, keys, batch_size=50)
    error = jnp.std(values, axis=0) / jnp.sqrt(jnp.asarray(config.draws, values.dtype))
    return jnp.stack([jnp.mean(values, axis=0), error], axis=-1)


def _fourth(place: Array, config: Config) -> Array:
    """(RBF, cubic, Frechet) between M(place) and the normal law with its mean and variance."""
    modes = tuple(lsgan.Normal(sign * place, config.std) for sign in (-1.0, 1.0))
    pair = lsgan.Mixture([0.5, 0.5], modes), lsgan.Normal(0.0, jnp.hypot(place, config.std))
    return jnp.stack([divergences.mmd(*pair), divergences.polynomial_mmd(*pair), divergences.frechet(*pair)])


def compute(config: Config) -> Arrays:
    """Exact values, estimates from samples, and what each sees of M against a normal law."""
    pair = lsgan.Normal(), lsgan.Normal(config.gap)
    places = jnp.append(jnp.linspace(0, config.largest, config.points), config.center)

    def numbers() -> dict[str, Array]:
        rbf = divergences.mmd(*pair)
        return {
            "exact": jnp.stack([rbf, rbf, divergences.polynomial_mmd(*pair), divergences.frechet(*pair)]),
            "estimates": _estimates(config),
            "place": places,
            "fourth": jax.lax.map(lambda at: _fourth(at, config), places),
        }

    return {**evaluated(numbers), "sizes": np.asarray(config.sizes)}


def found(data: Arrays) -> dict[str, Found]:
    exact = data["exact"].tolist()
    mean, error = np.moveaxis(data["estimates"], -1, 0)
    n = data["sizes"][0]
    # raw moments 0, 1, 0 and 1, 2, 4
    return {
        "RBF, N(0, 1) and N(1, 1)": theory(exact[0], 2 * (1 - np.exp(-1 / 6)) / 3**0.5, 1e-12),
        "cubic": theory(exact[2], 3 * 1 + 3 * 1 + 16, 1e-9),
        f"n = {n}, unbiased RBF": theory(mean[0, 0], exact[0], 4 * error[0, 0]),
        "unbiased cubic": theory(mean[0, 2], exact[2], 4 * error[0, 2]),
        # E k(x, x') = 1/sqrt(3) within a sample: (1 - 1/sqrt 3)/n from either
        "bias of the biased RBF": theory(mean[0, 1] - exact[1], 2 * (1 - 3**-0.5) / n, 4 * error[0, 1]),
        "cubic between M(2) and N(0, 4.25)": theory(data["fourth"][-1, 1], 0.0, 1e-9),
        "RBF between them": recorded(data["fourth"][-1, 0], 0.14184, 5e-6),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.4), layout="constrained")
    bias, blind = figure.subplots(1, 2)
    _draw_bias(bias, data)
    _draw_blind(blind, data)
    panel_letter(bias, "a", r"$N(0,1)$ and $N(1,1)$: mean estimate over the truth, $\pm 2$ s.e.")
    panel_letter(blind, "b", r"$\frac{1}{2}N(\pm m,\,0.25)$ and the normal law with its moments")
    return figure


def _draw_bias(axes: "Axes", data: Arrays) -> None:
    style = ((BLUE, "o"), (GREEN, "^"), (ORANGE, "D"), (VERMILION, "s"))
    labels = ("MMD, RBF, unbiased", "MMD, RBF, biased", "KID: MMD, cubic, unbiased", "Fréchet (FID)")
    axes.axhline(1, color=BLACK, linewidth=0.6)
    for column, ((color, marker), label) in enumerate(zip(style, labels, strict=True)):
        mean, error = data["estimates"][:, column].T / data["exact"][column]
        axes.errorbar(data["sizes"], mean, 2 * error, fmt=f"{marker}-", color=color, markersize=3.5,
                      linewidth=0.9, label=label)  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(data["sizes"], [str(n) for n in data["sizes"]])
    axes.minorticks_off()
    axes.set(xlabel="samples $n$ of each", ylabel="estimate / truth")
    axes.legend(frameon=False)


def _draw_blind(axes: "Axes", data: Arrays) -> None:
    place, values = data["place"][:-1], data["fourth"][:-1]
    axes.plot(place, values[:, 0], color=BLUE, label=r"MMD, RBF, $\ell=1$")
    axes.plot(place, values[:, 1], color=ORANGE, label="KID (cubic): 0")
    axes.plot(place, values[:, 2], "--", color=VERMILION, label="Fréchet: 0")
    axes.set(xlabel="$m$", ylabel="squared distance", xlim=(0, place[-1]))
    axes.legend(frameon=False)


CLAIM = Claim(
    name="claim24_kernel",
    title="KID: unbiased, and blind beyond three moments",
    source="Binkowski et al. (2018); Gretton et al. (2012)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=24,
    says="KID is better than FID: it assumes no normal law, and it is reliable on few samples.",
    model="N(0, 1) and N(1, 1), cubic and RBF kernels, exact and from samples; M(m) and a normal law",
    verdict="right, for its unbiasedness",
    correct=(
        "Its U-statistic has the right mean for every n >= 2. The cubic kernel sees three moments, one more "
        "than FID: 3 dM1^2 + 3 dM2^2 + dM3^2; laws that agree in these are 0 apart. An RBF kernel sees all."
    ),
    limits="One dimension; unbiased is not precise, and an estimate can be negative.",
    found=found,
)
