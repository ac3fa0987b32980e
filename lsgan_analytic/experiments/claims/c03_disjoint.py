"""Claim 3: the Jensen-Shannon divergence gives useful gradients when supports are disjoint."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, label_ends, ORANGE, panel_letter, SKY, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {"js": (r"JS", VERMILION), "kl": (r"KL$(q\|p)$", BLUE), "w1": (r"$W_1$", GREEN)}


@dataclass(frozen=True)
class Config:
    """U(0, 1) against U(shift, 1 + shift), N(0, std) against N(gap, std), and ``noises`` on both."""

    std: float = 0.1
    noises: tuple[float, ...] = (0.3, 1.0)
    shift: float = 0.5
    far: float = 1.5
    gap: float = 1.0
    points: int = 241

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """Divergences of shifted uniforms, and slopes of those of shifted normals."""
    data = lsgan.Uniform(0.0, 1.0)
    shifts = jnp.concatenate([jnp.linspace(0, 2, config.points), jnp.asarray([config.shift, config.far])])
    gaps = jnp.append(jnp.linspace(0, 1.5, config.points), config.gap)

    def of_uniforms(shift):
        made = lsgan.Uniform(shift, 1 + shift)
        return divergences.js(data, made), divergences.w1(data, made)

    def of_normals(gap, std):
        one = jnp.ones_like(gap)

        def values(gap):
            p, q = lsgan.Normal(0.0, std), lsgan.Normal(gap, std)
            return divergences.js(p, q), divergences.kl(q, p), divergences.w1(p, q)

        return jax.jvp(values, (gap,), (one,))[1]

    js, w1 = jax.jit(jax.vmap(lambda shift: jax.jvp(of_uniforms, (shift,), (jnp.ones_like(shift),))))(shifts)
    stds = jnp.asarray([config.std, *np.hypot(config.std, config.noises)])
    slopes = jax.jit(jax.vmap(jax.vmap(of_normals, (0, None)), (None, 0)))(gaps, stds)
    arrays = {"shift": shifts, "uniform": jnp.stack(js), "uniform_slope": jnp.stack(w1), "gap": gaps}
    arrays |= dict(zip(STYLES, slopes, strict=True))
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    half, far = data["uniform"][0, -2:], data["uniform_slope"][0, -1]
    return {
        "JS of uniforms, shift 0.5": theory(half[0], 0.5 * np.log(2), 1e-12),
        "JS of uniforms, shift 1.5": theory(half[1], np.log(2), 1e-12),
        "its slope at 1.5": theory(round(float(far), 15) + 0.0, 0, 1e-12),  # rounding is shown as 0
        "slope of W1 there": theory(data["uniform_slope"][1, -1], 1, 1e-9),
        "normals at gap 1: dJS": recorded(data["js"][0, -1], 2.2e-5, 5e-7),
        "dKL": theory(data["kl"][0, -1], 100, 1e-8),
        "dW1": theory(data["w1"][0, -1], 1, 1e-9),
        "dJS with noise 1": recorded(data["js"][-1, -1], 0.197431, 5e-6),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for row, name in enumerate(("js", "w1")):
        label, color = STYLES[name]
        left.plot(data["shift"][:-2], data["uniform"][row, :-2], color=color, label=label)
    left.axvline(1, color="#999999", lw=0.5, ls=":")
    left.text(1.03, 0.08, "disjoint", color="#666666")
    left.set(xlabel=r"shift $\theta$", ylabel="divergence", xlim=(0, 2), ylim=(0, 2))
    left.legend(frameon=False, loc="upper left")
    panel_letter(left, "a", r"$U(0,1)$ against $U(\theta,1+\theta)$")
    gap, ends, labels, colors = data["gap"][1:-1], [], [], []
    right.set_yscale("log")
    right.set(ylim=(1e-11, 1e3), xlim=(0, gap[-1]))
    lines = [(data[name][0], *STYLES[name]) for name in STYLES]
    tints = (ORANGE, SKY)
    for row, (noise, tint) in enumerate(zip(config.noises, tints, strict=True), start=1):
        lines.append((data["js"][row], rf"JS, noise {noise:g}", tint))
    for values, label, color in lines:
        right.plot(gap, np.abs(values[1:-1]), color=color)
        ends.append(np.log10(abs(values[-2])))
        labels.append(label)
        colors.append(color)
    right.set(xlabel=r"gap $\theta$ of the means", ylabel=r"slope in $\theta$")
    panel_letter(right, "b", rf"$N(0,{config.std:g}^2)$ against $N(\theta,{config.std:g}^2)$")
    _label(right, ends, labels, colors)
    return figure


def _label(axes, ends, labels, colors) -> None:
    """Labels at the ends of lines on a logarithmic axis."""
    low, high = (np.log10(end) for end in axes.get_ylim())
    twin = axes.twinx()
    twin.set(ylim=(low, high), yticks=[])
    label_ends(twin, ends, labels, colors)


CLAIM = Claim(
    name="claim03_disjoint",
    title="Slopes of divergences when the laws are far apart",
    source="Arjovsky & Bottou (2017); Arjovsky, Chintala & Bottou (2017), example 1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=3,
    says="The Jensen-Shannon divergence, unlike KL, gives useful gradients when supports are disjoint.",
    model="uniform and normal laws that are shifted apart",
    verdict="backwards",
    correct="JS is finite there but flat (log 2): no slope. W1 has slope 1, and KL is infinite or steep; "
    "noise on both laws gives JS a slope again.",
    limits="Of the divergences themselves: what a trained critic conveys of them is another matter.",
    found=found,
)
