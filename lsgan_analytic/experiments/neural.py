"""The smallest real GAN: two networks of tanh layers on the ring of 8 and the grid of 25 modes.

What the exact models say can be seen happening: modes are lost and found on the way, and what helps on one
target does not on the other. The same ``Game``, ``simulate``, losses, regularisers and metrics.

The targets are easier than those of claim 26 (ring of radius 1 with std .01, grid of spacing 2 with std .05):
the std is .05 of the radius, not .01, and .1 of the spacing, not .025. Training is chaotic: shares are ranges
over the starts, and three starts are no interval.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan

from ._captions import given
from ._run import Arrays, Experiment, side_by_side
from ._style import BLUE, DOUBLE, GREEN, GREY, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SETTINGS = {"plain": "non-saturating", "r1": "non-saturating, R1", "gp": "Wasserstein, gradient penalty"}
_COLORS = {"plain": VERMILION, "r1": BLUE, "gp": GREEN}


@dataclass(frozen=True)
class Config:
    """Both targets, the networks, Adam, and how many points are looked at; ``least``: points a mode needs."""

    ring_std: float = 0.1
    ring_radius: float = 2.0
    grid_std: float = 0.1
    grid_spacing: float = 1.0
    width: int = 48
    depth: int = 2
    rate: float = 2e-3
    momentum: float = 0.5
    r1: float = 0.2
    penalty: float = 0.5
    points: int = 4096
    seeds: int = 3
    samples: int = 128
    steps: int = 10_000
    save_every: int = 200
    looked_at: int = 2500
    least: int = 20
    shown: int = 700

    def quick(self) -> Self:
        return replace(self, width=8, points=256, steps=40, save_every=20, seeds=1, looked_at=200, shown=100)

    def targets(self) -> dict[str, tuple[lsgan.Mixture, float]]:
        """The law and the std of its modes."""
        ring = lsgan.ring(radius=self.ring_radius, std=self.ring_std)
        grid = lsgan.grid(spacing=self.grid_spacing, std=self.grid_std)
        return {"ring": (ring, self.ring_std), "grid": (grid, self.grid_std)}

    def game(self, law: lsgan.Mixture, setting: str) -> lsgan.Game:
        """A data set and as many latent points, drawn once, float32; the loss of the setting."""
        keys = jax.random.split(jax.random.key(self.points))
        laws = (law, lsgan.MultivariateNormal())
        data, latent = (
            lsgan.PointMasses(one.sample(key, self.points).astype(jnp.float32))
            for one, key in zip(laws, keys, strict=True)
        )
        if setting == "gp":
            return lsgan.Game(data, latent, lsgan.Wasserstein(), (lsgan.GradientPenalty(self.penalty),))
        penalty = (lsgan.R1(self.r1),) if setting == "r1" else ()
        return lsgan.Game(data, latent, lsgan.NonSaturating(), penalty)

    def rule(self) -> lsgan.PerPlayer:
        adam = optax.adam(self.rate, b1=self.momentum)
        return lsgan.PerPlayer(adam, adam, order="disc")

    def players(self, seed: int) -> lsgan.Players:
        disc, gen = jax.random.split(jax.random.key(seed))
        pair = lsgan.Players(
            lsgan.NeuralDiscriminator(disc, self.width, self.depth),
            lsgan.NeuralGenerator(gen, self.width, self.depth),
        )
        return jax.tree.map(lambda leaf: leaf.astype(jnp.float32), pair)


def compute(config: Config) -> Arrays:
    """Of every target and setting: modes and good share (seeds, T), points of the first seed at the end."""
    jobs = [partial(_train, config, target, setting) for target in config.targets() for setting in _SETTINGS]
    data: Arrays = {"steps": np.arange(0, config.steps + 1, config.save_every)}
    for part in side_by_side(*jobs):
        data |= part
    return data


def prepared(config: Config, target: str, setting: str) -> tuple[lsgan.Game, jax.Array, float, jax.Array]:
    """In float32: the game, centres and std of the modes, and the latent points that are looked at."""
    law, std = config.targets()[target]
    game = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), config.game(law, setting))
    centers = jnp.stack([mode.mean for mode in law.components])  # pyright: ignore[reportAttributeAccessIssue]
    z = lsgan.MultivariateNormal().sample(jax.random.key(7), config.looked_at).astype(jnp.float32)
    return game, centers.astype(jnp.float32), std, z


def generators(
    config: Config, game: lsgan.Game, rule: lsgan.AbstractRule, seed: int
) -> lsgan.NeuralGenerator:
    """One run from the start of a seed: its generators at the saved steps."""
    runs = lsgan.simulate(
        game,
        rule,
        config.players(seed),
        key=jax.random.key(100 + seed),
        runs=1,
        samples=config.samples,
        steps=config.steps,
        save_every=config.save_every,
        protocol="fresh",
        tile=1,
    )
    return jax.tree.map(lambda leaf: leaf[0], runs.players.gen)


def _train(config: Config, target: str, setting: str) -> Arrays:
    """Every seed has its own weights and its own samples; the program is compiled for the first alone."""
    game, centers, std, z = prepared(config, target, setting)
    found: list[tuple[np.ndarray, ...]] = []
    rule = config.rule()  # one object: compiled once

    @jax.jit
    def measures(generators: lsgan.NeuralGenerator) -> tuple[jax.Array, ...]:
        made = jax.vmap(lambda gen: gen(z))(generators)
        captured = jax.vmap(lambda x: lsgan.modes.modes_captured(x, centers, std, config.least))(made)
        share = jax.vmap(lambda x: lsgan.modes.high_quality_share(x, centers, std))(made)
        return captured, share, made[-1, : config.shown]

    for seed in range(config.seeds):
        found.append(tuple(map(np.asarray, measures(generators(config, game, rule, seed)))))
    captured, share, points = zip(*found, strict=True)
    key = f"{target}_{setting}"
    return {
        f"modes_{key}": np.stack(captured).astype(np.int16),
        f"share_{key}": np.stack(share).astype(np.float32),
        f"points_{key}": points[0].astype(np.float32),
        f"centers_{target}": np.asarray(centers),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each target: what is made in the end under each setting, and modes against steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 3.9), layout="constrained")
    panels = figure.subplots(2, 4, width_ratios=(1, 1, 1, 1.25))
    targets = config.targets().items()
    for (target, (_, std)), row, letters in zip(targets, panels, ("abcd", "efgh"), strict=True):
        for setting, axes, letter in zip(_SETTINGS, row, letters, strict=False):
            _draw_points(axes, data, target, setting, std)
            panel_letter(axes, letter, _SETTINGS[setting] if target == "ring" else "")
        _draw_modes(row[3], data, target)
        panel_letter(row[3], letters[3], "modes captured")
    panels[1, 3].set_xlabel("step")
    panels[0, 3].legend(loc="lower right", frameon=False)
    return figure


def _draw_points(axes: "Axes", data: Arrays, target: str, setting: str, std: float) -> None:
    """Points of the first start; circles of three std, in which a point is good; shares of all starts."""
    from matplotlib.patches import Circle

    centers, made = data[f"centers_{target}"], data[f"points_{target}_{setting}"]
    for center in centers:
        axes.add_patch(Circle(center, 3 * std, facecolor="none", edgecolor=GREY, linewidth=0.6))
    axes.plot(*made.T, ".", color=_COLORS[setting], markersize=1, rasterized=True)
    reach = 1.35 * np.abs(centers).max()
    ends = data[f"share_{target}_{setting}"][:, -1]
    outside = (np.abs(made) > reach).any(axis=1).mean()
    text = f"{ends.min():.0%} to {ends.max():.0%} good"
    text += f", {outside:.0%} not shown" if outside > 0.005 else ""
    axes.text(0.5, 0.02, text, transform=axes.transAxes, ha="center", va="bottom", fontsize="small")
    axes.set(xlim=(-reach, reach), ylim=(-1.2 * reach, reach), aspect="equal", xticks=(), yticks=())


def _draw_modes(axes: "Axes", data: Arrays, target: str) -> None:
    for setting, color in _COLORS.items():
        for line in data[f"modes_{target}_{setting}"]:
            axes.plot(data["steps"], line, color=color, linewidth=0.3, alpha=0.5)
        mean = data[f"modes_{target}_{setting}"].mean(axis=0)
        axes.plot(data["steps"], mean, color=color, label=_SETTINGS[setting].split(", ")[-1])
    most = len(data[f"centers_{target}"])
    axes.axhline(most, color=GREY, linewidth=0.5, linestyle=":")
    axes.set(ylim=(-0.03 * most, 1.08 * most), xlim=(0, data["steps"][-1]))


def caption(data: Arrays, config: Config) -> str:
    """The targets and the training, what is drawn, and the ranges over the starts."""
    parts = []
    for target in ("ring", "grid"):
        most = len(data[f"centers_{target}"])
        for setting, name in _SETTINGS.items():
            modes, share = (data[f"{kind}_{target}_{setting}"][:, -1] for kind in ("modes", "share"))
            parts.append(
                f"{target}, {name}: {modes.min()} to {modes.max()} of {most} modes, "
                f"{100 * share.min():.0f} to {100 * share.max():.0f} % good"
            )
    return (
        f"Generator and discriminator with {config.depth} layers of {config.width} tanh units, Adam (rate "
        f"{given(config.rate)}, beta_1 = {given(config.momentum)}), alternating, {config.steps} steps on "
        f"fresh samples of {config.samples} out of {config.points} points; R1 of strength "
        f"{given(config.r1)}, gradient penalty of strength {given(config.penalty)}. Targets: a ring of "
        f"radius {given(config.ring_radius)} with modes of standard deviation {given(config.ring_std)}, a "
        f"grid of spacing {given(config.grid_spacing)} with {given(config.grid_std)}: wider modes than those "
        f"of claim 26. Points: {config.shown} of the first of {config.seeds} starts; circles: three standard "
        f"deviations, inside which a point is good; a mode counts if {config.least} of {config.looked_at} "
        "points are good for it. Curves: modes captured, thin for each start, thick their mean. In the end, "
        f"over the starts: {'; '.join(parts)}. {config.seeds} starts of a chaotic training show what can "
        "happen; they are no interval for a share."
    )


EXPERIMENTS = (
    Experiment(
        "neural",
        "two small networks on a ring of 8 and a grid of 25 modes, wider than the usual ones, from three "
        "starts: modes captured with and without remedies",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
