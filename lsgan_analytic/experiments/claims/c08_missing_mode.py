"""Claim 8: nothing in the objective penalises missing modes."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREEN, label_ends, ORANGE, PURPLE, SKY, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "kl_forward": (r"KL$(p\|q)$", BLUE),
    "chi2_forward": (r"$\chi^2(p\|q)$", SKY),
    "w1": (r"$W_1$", GREEN),
    "chi2_reverse": (r"$\chi^2(q\|p)$", PURPLE),
    "kl_reverse": (r"KL$(q\|p)$", BLACK),
    "tv": (r"TV", ORANGE),
    "le_cam": (r"Le Cam", "#8B5A2B"),
    "js": (r"JS", VERMILION),
}


@dataclass(frozen=True)
class Config:
    """A mode of mass epsilon at +place, the rest of the data at -place; the generator has only the rest."""

    place: float = 3.0
    std: float = 0.5
    masses: tuple[float, ...] = (0.01, 0.5)
    least: float = 1e-4
    points: int = 161

    def quick(self) -> Self:
        return replace(self, points=9)


def compute(config: Config) -> Arrays:
    """The price of the missing mode under every divergence, by its mass."""
    grid = jnp.geomspace(config.least, 0.9, config.points)
    masses = jnp.concatenate([grid, jnp.asarray(config.masses)])
    made = lsgan.Normal(-config.place, config.std)
    blank = lsgan.Mixture(np.array([0.5, 0.5]), (made, lsgan.Normal(config.place, config.std)))

    def prices(mass):
        data = lsgan.Mixture(jnp.stack([1 - mass, mass]), blank.components)
        return {
            "js": divergences.js(data, made),
            "kl_forward": divergences.kl(data, made),
            "kl_reverse": divergences.kl(made, data),
            "tv": divergences.tv(data, made),
            "chi2_forward": divergences.chi2(data, made),
            "chi2_reverse": divergences.chi2(made, data),
            "w1": divergences.w1(data, made),
            "le_cam": divergences.le_cam(data, made),
        }

    found = jax.jit(jax.vmap(prices))(masses)
    return {name: np.asarray(array) for name, array in {"mass": masses, **found}.items()}


def found(data: Arrays) -> dict[str, Found]:
    """At mass 0.01: closed forms for modes that do not overlap (12 std apart)."""
    e = 0.01
    js = 0.5 * ((1 - e) * np.log(2 * (1 - e) / (2 - e)) + e * np.log(2) + np.log(2 / (2 - e)))
    # of the missing mode r: E_r log r/made = 6^2/(2 0.5^2) = 72, E_r r/made = e^144
    forward = e * (np.log(e) + 72) + (1 - e) * np.log(1 - e)
    return {
        "JS at mass 0.01": theory(data["js"][-2], js, 1e-9),
        "JS/(mass log 2/2)": theory(data["js"][-2] / (0.5 * e * np.log(2)), 1, 5e-3),
        "KL(q || p)": theory(data["kl_reverse"][-2], -np.log(1 - e), 1e-9),
        "KL(p || q)": theory(data["kl_forward"][-2], forward, 1e-6),
        "TV": theory(data["tv"][-2], e, 1e-9),
        "chi2(q || p)": theory(data["chi2_reverse"][-2], e / (1 - e), 1e-9),
        "log10 chi2(p || q)": theory(
            np.log10(data["chi2_forward"][-2]), (2 * np.log(e) + 144) / np.log(10), 1e-6
        ),
        "W1": theory(data["w1"][-2], 6 * e, 1e-10),
        "Le Cam": theory(data["le_cam"][-2], 0.5 * (e * e / (2 - e) + e), 1e-9),
        "JS at mass 0.5": theory(data["js"][-1], 0.75 * np.log(4 / 3), 1e-6),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE * 0.62, 3.2), layout="constrained")
    axes = figure.subplots()
    mass = data["mass"][:-2]
    axes.set(xscale="log", yscale="log", xlim=(mass[0], mass[-1]), ylim=(1e-5, 1e3))
    shown = [name for name in STYLES if name != "chi2_forward"]
    for name in shown:
        axes.plot(mass, data[name][:-2], color=STYLES[name][1])
    axes.plot(mass, 0.5 * mass * np.log(2), color="#999999", lw=0.8, ls=":")
    axes.annotate(
        r"$\frac{1}{2}\epsilon\log 2$", (5e-4, 2.5e-4 * np.log(2)), (6, -10),
        textcoords="offset points", color="#666666",
    )  # fmt: skip
    off = r"$\chi^2(p\|q)\approx\epsilon^2 e^{144}$: off the scale"
    axes.text(0.03, 0.95, off, transform=axes.transAxes, va="top", color=STYLES["chi2_forward"][1])
    axes.set(xlabel=r"mass $\epsilon$ of the missing mode", ylabel="price")
    twin = axes.twinx()
    twin.set(ylim=np.log10(axes.get_ylim()), yticks=[])
    ends = [np.log10(data[name][len(mass) - 1]) for name in shown]
    label_ends(twin, ends, [STYLES[name][0] for name in shown], [STYLES[name][1] for name in shown], gap=0.06)
    return figure


CLAIM = Claim(
    name="claim08_missing_mode",
    title="The price of a missing mode under every divergence",
    source="Arora & Zhang (2017) and surveys after it; Goodfellow (2016), tutorial, section 5.1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=8,
    says="The objective has no penalty for missing modes.",
    model="data (1 - epsilon) N(-{config.place:g}, "
    "{config.std:g}^2) + epsilon N({config.place:g}, {config.std:g}^2), "
    "generator N(-{config.place:g}, {config.std:g}^2)",
    verdict="wrong as stated",
    correct="Every divergence charges for it: JS about epsilon (log 2)/2, reverse KL -log(1 - epsilon), W1 "
    "mass times distance; only forward KL and chi-square make it dear. Small modes are cheap, not free.",
    limits="Laws, not samples: a D that sees a finite sample may not notice a mode of less than its share.",
    found=found,
)
