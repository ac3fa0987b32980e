"""A generator with fewer dimensions than the data: the optimal D is no density ratio, and nothing pulls.

Data x ~ N(0, I) in the plane, z ~ N(0, 1), G(z) = (z, h): all generated points lie on a line, where the data
have no mass. For every h the best D is 0 on the line and 1 off it, V = 0, JSD = log 2.
"""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators import AbstractProbability

from ._captions import plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (BLUE, SKY, GREEN, ORANGE, VERMILION)
_HEIGHTS = ("-", "--", "-.", ":")
_LOG2 = float(np.log(2))
_LOSS = lsgan.Minimax()


@dataclass(frozen=True)
class Config:
    """Where the line is, how near D comes to its supremum, and the noise on both laws."""

    heights: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    shown_height: float = 1.0
    stds: tuple[float, ...] = (0.0, 0.03, 0.1, 0.3, 1.0)
    reach: float = 3.0
    gaps: tuple[float, float] = (1e-6, 0.3)
    std_range: tuple[float, float] = (0.01, 10.0)
    points: int = 121
    cloud: int = 1000
    seed: int = 2014

    def quick(self) -> Self:
        return replace(self, points=25, cloud=200)


def _level(height: Array, offsets: Array) -> Array:
    """The lines x2 = height + offset."""
    up = jnp.ones_like(offsets)
    return jnp.stack([0 * up, up, height + offsets], axis=1)


class Step(AbstractProbability):
    """gap on the line x2 = height, 1 - gap off it."""

    height: Array
    gap: Array

    def logit(self, x: Array):
        sure = jnp.log1p(-self.gap) - jnp.log(self.gap)
        return jnp.where(x[..., 1] == self.height, -sure, sure)


class Ditch(AbstractProbability):
    """The logit of ``Step`` made continuous, by a Gaussian ditch that is ``gap`` wide."""

    height: Array
    gap: Array

    def logit(self, x: Array):
        sure = jnp.log1p(-self.gap) - jnp.log(self.gap)
        return sure * (1 - 2 * jnp.exp(-0.5 * jnp.square((x[..., 1] - self.height) / self.gap)))

    def breakpoints(self):
        return _level(self.height, self.gap * jnp.asarray((-8.0, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 8)))


class Naive(AbstractProbability):
    """p(x)/(p(x) + p_z(x1)): the density of z in the place of the density that G(z) does not have."""

    data: lsgan.MultivariateNormal
    latent: lsgan.Normal

    def logit(self, x: Array):
        return self.data.log_pdf(x) - self.latent.log_pdf(x[..., 0])


class Ratio(AbstractProbability):
    """p(x)/(p(x) + q(x)) for two normal laws, q flat along x2 = its mean."""

    p: lsgan.MultivariateNormal
    q: lsgan.MultivariateNormal

    def logit(self, x: Array):
        return self.p.log_pdf(x) - self.q.log_pdf(x)

    def breakpoints(self):
        std = jnp.sqrt(self.q.covariance[1, 1])
        offsets = jnp.asarray((-16.0, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 16))
        return _level(self.q.mean[1], std * offsets)


def _line(height: float | Array) -> lsgan.Curve:
    """G(z) = (z, height)."""
    still, moving = jnp.stack([0.0 * height, height + 0.0]), jnp.asarray([1.0, 0.0])
    return lsgan.Curve(jnp.stack([still, moving], axis=1))


def value(disc: AbstractProbability, height: Array) -> Array:
    """V = E log D(x) + E log(1 - D(G(z)))."""
    game = lsgan.Game(lsgan.MultivariateNormal(), lsgan.Normal(), _LOSS)
    return game.cost(lsgan.Players(disc, _line(height)))


def _noisy(height: Array, std: Array) -> tuple[Array, Array]:
    """JSD between both laws with noise, and its slope in the height: V = 2 JSD - log 4 at the best D."""
    flat, noise = lsgan.AffineMap([[1.0, 0.0], [0.0, 0.0]]), lsgan.InstanceNoise(1.0)
    noise = eqx.tree_at(lambda own: own.std, noise, std)
    data = lsgan.MultivariateNormal()
    game = lsgan.Game(data, data, _LOSS, regularizers=(noise,))

    def cost(height: Array, disc: AbstractProbability) -> Array:
        gen = eqx.tree_at(lambda own: own.shift, flat, jnp.stack([0.0 * height, height]))
        return game.cost(lsgan.Players(disc, gen))

    own = data.with_factor(jnp.stack([0.0 * height, height]), flat.matrix)
    best = Ratio(noise.transform_law(data), noise.transform_law(own))  # pyright: ignore
    value, slope = jax.value_and_grad(cost)(height, best)  # D answers: its own change is of second order
    return 0.5 * (value + 2 * _LOG2), 0.5 * slope


def compute(config: Config) -> Arrays:
    """The values of the critics, and JSD and its slope over heights and noise."""
    data, shown = lsgan.MultivariateNormal(), jnp.asarray(config.shown_height)
    gaps = jnp.geomspace(*config.gaps, config.points)
    stds = jnp.geomspace(*config.std_range, config.points)
    offsets = jnp.linspace(-config.reach, config.reach, 2 * config.points - 1)
    over = jax.jit(jax.vmap(jax.vmap(_noisy, (None, 0)), (0, None)))
    step, ditch = (
        jax.jit(jax.vmap(lambda gap, kind=kind: value(kind(shown, gap), shown)))(gaps)
        for kind in (Step, Ditch)
    )
    one = jnp.asarray(1e-3)
    profile, _ = over(offsets, jnp.asarray([std for std in config.stds if std]))
    slopes = over(jnp.asarray(config.heights), stds)
    draws, latent = jax.random.split(jax.random.key(config.seed))
    heights = (0.0, *config.heights)
    return {
        "cloud": np.asarray(data.sample(draws, config.cloud), dtype=np.float32),
        "latent": np.asarray(lsgan.Normal().sample(latent, config.cloud), dtype=np.float32),
        "gaps": np.asarray(gaps),
        "step": np.asarray(step),
        "ditch": np.asarray(ditch),
        "step_at_1e-3": np.asarray([value(Step(jnp.asarray(h), one), jnp.asarray(h)) for h in heights]),
        "naive": np.asarray(value(Naive(data, lsgan.Normal()), jnp.asarray(0.0))),
        "offsets": np.asarray(offsets),
        "profile": np.asarray(profile).T,
        "stds": np.asarray(stds),
        "jsd": np.asarray(slopes[0]),
        "slope": np.asarray(slopes[1]),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """(a) the two laws, (b) values of critics, (c) JSD over the height, (d) its slope over the noise."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 5.3), layout="constrained")
    (laws, values), (profile, slope) = figure.subplots(2, 2)
    draw_laws(laws, data, config)
    draw_values(values, data)
    _draw_profile(profile, data, config)
    _draw_slope(slope, data, config)
    panel_letter(laws, "a", r"data $N(0,I_2)$ and $G(z)=(z,h)$: no common density")
    panel_letter(values, "b", r"$\sup V=0$ for every $h$; no continuous $D$ attains it")
    panel_letter(profile, "c", r"JSD against the height of the line, noise $\sigma$ on both")
    panel_letter(slope, "d", r"the slope: none without noise, little with much")
    return figure


def draw_laws(axes: "Axes", data: Arrays, config: Config) -> None:
    axes.plot(*data["cloud"].T, "o", color=SKY, markersize=1.8, markeredgewidth=0, alpha=0.7, rasterized=True)
    z, h = data["latent"], np.full_like(data["latent"], config.shown_height)
    axes.plot(z, h, "|", color=VERMILION, markersize=3.5, markeredgewidth=0.3, rasterized=True)
    axes.annotate(
        "", (2.75, 0.02), (2.75, config.shown_height), arrowprops={"arrowstyle": "<->", "linewidth": 0.6}
    )
    axes.text(2.85, config.shown_height / 2, "$h$", va="center")
    axes.axhline(0, color=GREY, linewidth=0.5, linestyle=":")
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    axes.text(-3.35, config.shown_height + 0.32, "$D^{*}=0$ on the line", color=VERMILION, bbox=box)
    axes.text(-3.35, -2.85, "$D^{*}=1$ off it: almost everywhere", color=BLUE, bbox=box)
    axes.set(xlim=(-3.5, 3.5), ylim=(-3.1, 3.1), xlabel="$x_1$", ylabel="$x_2$")


def draw_values(axes: "Axes", data: Arrays) -> None:
    gaps, naive = data["gaps"], float(-data["naive"])
    rows = (
        (
            -data["step"],
            BLUE,
            "-",
            r"$1-\varepsilon$ off the line, $\varepsilon$ on it: $2\log(1-\varepsilon)$",
        ),
        (-data["ditch"], GREEN, "-", r"the same, continuous over a width $\varepsilon$"),
    )
    for values, color, dash, text in rows:
        axes.loglog(gaps, values, dash, color=color, label=text)
    axes.axhline(2 * _LOG2, color=GREY, linestyle="--", linewidth=0.9, label=r"$D=\frac{1}{2}$: $-\log 4$")
    axes.axhline(naive, color=VERMILION, label=rf"naive $p/(p+p_z)$: $-{naive:.3f}$")
    axes.plot(1e-3, -data["step_at_1e-3"][0], "o", color=BLUE, markersize=3.5)
    axes.annotate(
        rf"${data['step_at_1e-3'][0]:.4f}$",
        (1e-3, -data["step_at_1e-3"][0]),
        xytext=(3, 6),
        textcoords="offset points",
        color=BLUE,
    )
    axes.invert_yaxis()
    axes.set(xlabel=r"$\varepsilon$", ylabel="$V$ (logarithmic, 0 above)", xlim=(gaps[0], gaps[-1]))
    axes.set_ylim(10, 1e-6)
    powers = range(-6, 2)
    names = {0: "$-1$", 1: "$-10$"}
    axes.set_yticks([10.0**k for k in powers], [names.get(k, rf"$-10^{{{k}}}$") for k in powers])
    axes.minorticks_off()
    axes.legend(loc="upper right", frameon=False)


def _draw_profile(axes: "Axes", data: Arrays, config: Config) -> None:
    h = data["offsets"]
    rows = np.concatenate([np.full((1, h.size), _LOG2), data["profile"]]) / _LOG2
    for color, std, values in zip(_COLORS, config.stds, rows, strict=True):
        axes.plot(h, values, color=color)
        text = rf"$\sigma={std:g}$" + (": flat" if std == 0 else "")
        axes.annotate(
            text, (0, values.min()), xytext=(0, 4), textcoords="offset points", color=color, ha="center"
        )
    axes.set(xlabel="height $h$ of the line", ylabel=r"JSD / $\log 2$", xlim=(h[0], h[-1]), ylim=(0, 1.1))


def _draw_slope(axes: "Axes", data: Arrays, config: Config) -> None:
    stds = data["stds"]
    looks = zip(config.heights, data["slope"], _HEIGHTS, strict=True)  # colours are those of the noise in (c)
    for height, values, dash in looks:
        axes.loglog(stds, values, dash, color=BLACK, label=f"$h={height:g}$")
    axes.set(
        xlabel=r"noise $\sigma$", ylabel=r"$\partial\,\mathrm{JSD}/\partial h$", xlim=(stds[0], stds[-1])
    )
    axes.legend(loc="lower center", frameon=False)


def caption(data: Arrays, config: Config) -> str:
    """The law on a line in the plane, what the best D is worth, and what noise restores."""
    best = max(float(np.max(data["step"])), float(np.max(data["ditch"])))
    std = np.abs(data["stds"] - 1).argmin()
    quiet, loud = np.nanmax(np.abs(data["slope"][:, 0])), np.nanmax(np.abs(data["slope"][:, std]))
    return (
        f"Data N(0, I) in the plane, generator N(0, 1) on a horizontal line. {config.cloud} points of each "
        f"(seed {config.seed}). A step on the line and a continuous ditch around it bring the value of the "
        f"game to {plain(best, 3)} of at most 0: the laws are told apart whatever the height, and JSD is log "
        f"2 = {plain(np.log(2), 5)} without a gradient. The plain density ratio is worth "
        f"{plain(data['naive'], 4)}. Noise of standard deviation s on both laws makes JSD depend on the "
        f"height: its largest slope over the heights is {plain(quiet, 2)} at s = {plain(data['stds'][0], 2)} "
        f"and {plain(loud, 2)} at s = {plain(data['stds'][std], 2)}."
    )


EXPERIMENTS = (
    Experiment(
        "two_dimensions",
        "z in R, x in R^2: no density, no gradient; noise",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
