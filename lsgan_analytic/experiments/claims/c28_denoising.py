"""Claim 28: learning to denoise is learning the score (the base of diffusion models)."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic.laws import AbstractLaw, noisy

from .._run import Arrays, evaluated
from .._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, SKY, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (BLUE, VERMILION, GREEN, ORANGE)  # of the score models


@dataclass(frozen=True)
class Config:
    """Data N(-center, std)/2 + N(center, std)/2, and noise on them."""

    center: float = 2.0
    std: float = 0.5
    noise: float = 0.5
    reach: float = 4.5
    points: int = 61

    def quick(self) -> Self:
        return replace(self, points=15)

    def data(self) -> lsgan.Mixture:
        modes = tuple(lsgan.Normal(sign * self.center, self.std) for sign in (-1.0, 1.0))
        return lsgan.Mixture([0.5, 0.5], modes)


def _models(scale: Array, x: Array) -> Array:
    """Four score models of one strength: their values at x, (4, n)."""
    bumps = lsgan.RadialBasis(weights=[-1.0, 1.0], centers=[-3.0, 3.0], width=1.0)
    return scale * jnp.stack([-x, -jnp.tanh(x), 4 * jnp.tanh(2 * x) - 2 * x, -bumps(x)])


def _losses(scale: Array, law: AbstractLaw, seen: AbstractLaw, noise: float) -> tuple[Array, Array]:
    """(denoising, explicit) score matching of every model, (4,) each, by Gauss rules.

    ESM = E|s(y) - d log q(y)|^2 / 2 over noisy y; DSM = E|s(x + noise e) + e/noise|^2 / 2 over x and e.
    """
    y, at_y = seen.composite_nodes(jnp.zeros(1))
    true = jax.vmap(jax.grad(seen.log_pdf))(y)
    explicit = 0.5 * jnp.sum(at_y[None] * jnp.square(_models(scale, y) - true[None]), axis=1)
    x, at_x = law.nodes()
    e, at_e = lsgan.Normal().nodes(64)
    both = (x[:, None] + noise * e[None]).ravel()
    weights, target = (at_x[:, None] * at_e[None]).ravel(), jnp.tile(-e / noise, x.size)
    denoising = 0.5 * jnp.sum(weights[None] * jnp.square(_models(scale, both) - target[None]), axis=1)
    return denoising, explicit


def _posterior_mean(law: AbstractLaw, y: Array, noise: float) -> Array:
    """E[x | x + noise e = y] by a rule over x: no score anywhere."""
    x, weights = law.nodes()
    near = weights * jnp.exp(lsgan.Normal(0.0, noise).log_pdf(y - x))
    return jnp.sum(near * x) / jnp.sum(near)


def compute(config: Config) -> Arrays:
    """Both losses for four families of score models, and the denoiser in two ways."""
    law = config.data()
    seen = noisy(law, jnp.asarray(config.noise))
    scales = jnp.linspace(0, 1.6, config.points)
    y = jnp.linspace(-config.reach, config.reach, 4 * config.points + 1)

    def numbers() -> dict[str, Array]:
        score = jax.vmap(jax.grad(seen.log_pdf))
        z, at_z = seen.composite_nodes(jnp.zeros(1))
        denoising, explicit = jax.vmap(lambda scale: _losses(scale, law, seen, config.noise))(scales)
        return {
            "scale": scales,
            "denoising": denoising,
            "explicit": explicit,
            "constant": 0.5 * (config.noise**-2 - jnp.sum(at_z * jnp.square(score(z)))),
            "y": y,
            "density": seen.pdf(y),
            "tweedie": y + config.noise**2 * score(y),
            "posterior_mean": jax.vmap(lambda at: _posterior_mean(law, at, config.noise))(y),
        }

    return evaluated(numbers)


def found(data: Arrays) -> dict[str, Found]:
    difference = data["denoising"] - data["explicit"]
    apart = np.abs(data["tweedie"] - data["posterior_mean"])
    return {
        "DSM - ESM, mean over the models": theory(difference.mean(), float(data["constant"]), 1e-10),
        "its range": theory(np.ptp(difference), 0.0, 1e-9),
        # by Stein's identity, with E y^2 = 4.5: (1.6^2 4.5 - 2 1.6)/2
        "ESM of -1.6 y less that of 0": theory(data["explicit"][-1, 0] - data["explicit"][0, 0], 4.16, 1e-9),
        "Tweedie against the posterior mean": theory(apart.max(), 0.0, 1e-9),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.75), layout="constrained")
    losses, apart, denoiser = figure.subplots(1, 3, width_ratios=(1, 0.8, 1))
    _draw_losses(losses, data)
    _draw_difference(apart, data)
    _draw_denoiser(denoiser, data, config)
    panel_letter(losses, "a", "losses of four score models")
    panel_letter(apart, "b", "their difference: one constant")
    panel_letter(denoiser, "c", r"Tweedie: $E[x|y]=y+\sigma^2\,\partial\log q_\sigma(y)$")
    figure.legend(*losses.get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False)
    return figure


def _draw_losses(axes: "Axes", data: Arrays) -> None:
    names = (r"$-cy$", r"$-c\tanh y$", r"$c(4\tanh 2y-2y)$", "two bumps")
    for column, (name, color) in enumerate(zip(names, _COLORS, strict=True)):
        axes.plot(data["scale"], data["denoising"][:, column], color=color, label=name)
        axes.plot(data["scale"], data["explicit"][:, column], "--", color=color)
    axes.plot([], [], color=GREY, label="denoising (DSM)")
    axes.plot([], [], "--", color=GREY, label="explicit (ESM)")
    axes.set(xlabel="$c$", ylabel="loss of the score model", xlim=(0, 1.6), ylim=(0, 8))


def _draw_difference(axes: "Axes", data: Arrays) -> None:
    difference, constant = data["denoising"] - data["explicit"], float(data["constant"])
    for column, color in enumerate(_COLORS):  # every sixth scale, and each model at another
        at = slice(column, None, 6)
        axes.plot(data["scale"][at], difference[at, column], "o", color=color, markersize=3)
    axes.axhline(constant, color=BLACK, linewidth=0.8, zorder=0)
    text = rf"$\frac{{1}}{{2}}(\sigma^{{-2}}-E|\partial\log q_\sigma|^2)={constant:.4f}$"
    axes.text(0.5, 0.6, text, transform=axes.transAxes, ha="center")
    power = int(np.ceil(np.log10(max(np.ptp(difference), 1e-16))))
    words = rf"the same within $10^{{{power}}}$"
    axes.text(0.5, 0.3, words, transform=axes.transAxes, ha="center", color=GREY)
    axes.set(xlabel="$c$", ylabel="DSM $-$ ESM", xlim=(0, 1.6), ylim=(constant - 0.1, constant + 0.1))


def _draw_denoiser(axes: "Axes", data: Arrays, config: Config) -> None:
    y = data["y"]
    top = axes.twinx()
    top.fill_between(y, data["density"], color=SKY, alpha=0.4, linewidth=0)
    top.set(ylim=(0, 1.4), yticks=[])
    axes.set_zorder(top.get_zorder() + 1)
    axes.patch.set_visible(False)
    axes.plot(y, y, ":", color=GREY, linewidth=0.8, label="$y$")
    axes.plot(y, data["tweedie"], color=BLACK, label="from the score")
    few = slice(None, None, 12)
    axes.plot(y[few], data["posterior_mean"][few], "o", color=VERMILION, markersize=3.5, fillstyle="none",
              label=r"$E[x\,|\,y]$ by integration")  # fmt: skip
    axes.set(xlabel="noisy $y$", ylabel="denoised", xlim=(-config.reach, config.reach))
    axes.legend(frameon=False, loc="upper left")


CLAIM = Claim(
    name="claim28_denoising",
    title="Denoising score matching is score matching up to a constant; Tweedie's formula",
    source="Vincent (2011); Efron (2011)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=28,
    says="A diffusion model that learns to denoise learns the score of the noisy data.",
    model="N(-2, .5^2)/2 + N(2, .5^2)/2 with noise .5; four families of score models, exact losses",
    verdict="right",
    correct=(
        "DSM - ESM = (1/noise^2 - E|score|^2)/2 for every score model, so both have the same minimiser and "
        "slopes; the best denoiser is y + noise^2 score(y)."
    ),
    limits="Of the noisy law at one noise level; finite data and networks are another matter (claim 29).",
    found=found,
)
