"""Claim 27: latent variables of a VAE collapse, and more latents make it worse."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREY, ORANGE, panel_letter
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Data N(0, diag(variances)), noise of the decoder held at ``noise``; its ELBO by gradient ascent."""

    variances: tuple[float, ...] = (4.0, 1.0, 0.49)
    noise: float = 0.5
    latents: tuple[int, int] = (3, 6)
    step: float = 0.05
    steps: int = 30_000
    swept: tuple[float, float] = (0.05, 8.0)
    points: int = 41
    seed: int = 27

    def quick(self) -> Self:
        return replace(self, points=11)


def _kl(encoder: Array, log_std: Array, variances: Array) -> Array:
    """E_x KL(N(V x, diag s^2) || N(0, 1)) of every latent, x ~ N(0, diag(variances))."""
    means = jnp.sum(jnp.square(encoder) * variances[None], axis=1)
    return 0.5 * (means + jnp.exp(2 * log_std) - 1 - 2 * log_std)


def _elbo(parameters: tuple[Array, Array, Array], variances: Array, noise: float) -> Array:
    """The exact ELBO of x | z ~ N(W z, noise I), z | x ~ N(V x, diag s^2), but for a constant.

    E|x - W z|^2 = tr[(I - W V) Lambda (I - W V)^T] + sum_i s_i^2 |w_i|^2.
    """
    decoder, encoder, log_std = parameters
    left = jnp.eye(variances.size) - jnp.sum(decoder[:, :, None] * encoder[None], axis=1)
    lost = jnp.sum(jnp.square(left) * variances[None])
    lost = lost + jnp.sum(jnp.exp(2 * log_std) * jnp.sum(jnp.square(decoder), axis=0))
    return -0.5 * lost / noise - jnp.sum(_kl(encoder, log_std, variances))


def _trained(variances: Array, latents: int, config: Config) -> Array:
    """KL of every latent after gradient ascent from a small random start."""
    first, second = jax.random.split(jax.random.key(config.seed))
    d = variances.size
    start = (
        0.3 * jax.random.normal(first, (d, latents)),
        0.3 * jax.random.normal(second, (latents, d)),
        jnp.zeros(latents),
    )
    slope = jax.grad(_elbo)
    size = config.step / jnp.maximum(1, jnp.square(jnp.max(variances) / 4))  # the Hessian grows as lambda^2

    def step(own, _):
        along = slope(own, variances, config.noise)
        return jax.tree.map(lambda value, by: value + size * by, own, along), None

    (_, encoder, log_std), _ = jax.lax.scan(step, start, length=config.steps)
    return _kl(encoder, log_std, variances)


def compute(config: Config) -> Arrays:
    """KL of the latents with as many as dimensions and with more, and of one latent over the variance."""
    variances = jnp.asarray(config.variances)
    swept = jnp.geomspace(*config.swept, config.points)
    few, many = (jax.jit(lambda n=n: _trained(variances, n, config))() for n in config.latents)
    return {
        "few": np.sort(few)[::-1],
        "many": np.sort(many)[::-1],
        "variance": np.asarray(swept),
        "kl": np.asarray(jax.jit(jax.vmap(lambda own: _trained(own[None], 1, config)[0]))(swept)),
    }


def found(data: Arrays) -> dict[str, Found]:
    few, many = data["few"], data["many"]
    return {
        "KL at variance 4": theory(few[0], 0.5 * np.log(4 / 0.5), 1e-6),
        "at 1": theory(few[1], 0.5 * np.log(1 / 0.5), 1e-6),
        "at .49": theory(few[2], 0.0, 1e-6),
        "with 3 more latents, at 4": theory(many[0], 0.5 * np.log(4 / 0.5), 1e-6),
        "with 3 more, at 1": theory(many[1], 0.5 * np.log(1 / 0.5), 1e-6),
        "sum over the 4 others": theory(many[2:].sum(), 0.0, 1e-6),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.3), layout="constrained")
    law, bars = figure.subplots(1, 2)
    _draw_law(law, data, config)
    _draw_bars(bars, data, config)
    panel_letter(law, "a", r"one latent: collapse is a threshold at $\lambda=\sigma^2$")
    panel_letter(bars, "b", r"$\lambda=(4,\,1,\,0.49)$: extra latents take nothing away")
    return figure


def _draw_law(axes: "Axes", data: Arrays, config: Config) -> None:
    fine = np.geomspace(*config.swept, 400)
    exact = 0.5 * np.log(np.maximum(fine / config.noise, 1))
    axes.semilogx(fine, exact, color=BLACK, label=r"$\frac{1}{2}\log(\lambda/\sigma^2)_+$")
    axes.semilogx(data["variance"], data["kl"], "o", color=BLUE, markersize=3.5, fillstyle="none",
                  label="gradient ascent of the ELBO")  # fmt: skip
    axes.axvline(config.noise, color=GREY, linewidth=0.6, linestyle=":")
    axes.text(config.noise * 0.95, 0.75, "collapsed", ha="right", color=GREY)
    axes.text(config.noise * 1.05, 0.75, "active", color=GREY)
    axes.set(xlabel=r"variance $\lambda$ of the data", ylabel=r"KL$(q(z|x)\,\|\,N(0,1))$")
    axes.set_xlim(*config.swept)
    axes.set_xticks([0.1, 0.5, 1, 5], ["0.1", "0.5", "1", "5"])
    axes.legend(frameon=False, loc="upper left")


def _draw_bars(axes: "Axes", data: Arrays, config: Config) -> None:
    for name, color, off in (("few", BLUE, -0.19), ("many", ORANGE, 0.19)):
        place = np.arange(data[name].size) + 1 + off
        axes.bar(place, data[name], 0.36, color=color, label=f"{data[name].size} latents")
    for variance in config.variances[:2]:
        exact = 0.5 * np.log(variance / config.noise)
        axes.axhline(exact, color=BLACK, linewidth=0.6, linestyle="--")
        axes.text(6.45, exact + 0.02, rf"$\lambda={variance:g}$: {exact:.4f}", ha="right")
    axes.text(4.5, 0.03, "collapsed: KL $< 10^{-6}$", ha="center", color=GREY)
    axes.set(xlabel="latent, by its KL", ylabel="KL of the latent", xlim=(0.5, 6.5), ylim=(0, 1.2))
    axes.legend(frameon=False, loc="center right")


CLAIM = Claim(
    name="claim27_posterior_collapse",
    title="Linear VAE: posterior collapse is a threshold law",
    source="Lucas et al. (2019), Don't blame the ELBO; Tipping & Bishop (1999)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=27,
    says="VAE latents collapse because of the KL term or a strong decoder; more latents make more collapse.",
    model="linear VAE on N(0, diag(4, 1, .49)), decoder noise .5, exact ELBO, gradient ascent",
    verdict="a threshold law",
    correct=(
        "Latent i carries (1/2) log(lambda_i/sigma^2) where the variance lambda_i of its direction exceeds "
        "the decoder's noise, else nothing: the marginal likelihood itself asks for it. Extra latents "
        "collapse and leave the active ones as they are."
    ),
    limits="A linear decoder with its noise held; a learnt one moves the threshold, depth adds optima.",
    found=found,
)
