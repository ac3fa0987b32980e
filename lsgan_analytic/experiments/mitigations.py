"""Remedies for mode collapse side by side, on one game that collapses.

Data are two modes of some width, about -2 and 2, by a Gauss-Hermite rule each; the generator makes two
points, shift -+ scale, that start side by side; D has a bump on each mode, or on each pair of modes if it
sees packs of two. Between the modes D is flat: what helps is what reaches a mode from afar. Were the modes
points, at the tops of the bumps, a penalty on the slope of D at the data would do nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Non-saturating loss, simultaneous steps; the same random starts for all.

    Attributes:
        mode: the modes are at -mode and mode, with this std, by rules of so many nodes.
        width: of D's bumps; near: a mode is kept by a point so near.
        scale: half the distance of the generator's points at the start; weights: std of D's.
        the rest: strengths of the remedies.
    """

    mode: float = 2.0
    std: float = 0.3
    nodes: int = 5
    width: float = 0.6
    near: float = 0.5
    scale: float = 0.1
    weights: float = 0.1
    starts: int = 64
    seed: int = 7
    step: float = 0.1
    updates: int = 2000
    slope: float = 0.3
    noise: float = 1.0
    unrolled: int = 5
    coverage: float = 0.3
    radius: float = 0.2

    def quick(self) -> Self:
        return replace(self, starts=8, updates=100)


@dataclass(frozen=True)
class Remedy:
    """What is changed of the game: regularisers, the rule, packs of two points, or two generators."""

    parts: tuple = ()
    rule: Callable[..., Any] = lsgan.Simultaneous
    packed: bool = False
    several: bool = False


def remedies(config: Config) -> dict[str, Remedy]:
    """By name, in the order of the figure."""
    return {
        "none": Remedy(),
        "R1": Remedy((lsgan.R1(config.slope),)),
        "gradient penalty": Remedy((lsgan.GradientPenalty(config.slope),)),
        "spectral norm": Remedy((lsgan.SpectralNorm(),)),
        "unrolling": Remedy(rule=partial(lsgan.Unrolled, k=config.unrolled)),
        "packing": Remedy(packed=True),
        "instance noise": Remedy((lsgan.InstanceNoise(config.noise),)),
        "mode regularisation": Remedy((lsgan.ModeCoverage(config.coverage, config.radius),)),
        "two generators": Remedy(several=True),
    }


class Play:
    """A remedy at work: its game, its starts, and the points that its generator makes."""

    def __init__(self, config: Config, remedy: Remedy):
        self.config, self.remedy = config, remedy
        signs = np.array([-1.0, 1.0])
        units = np.stack(np.meshgrid(signs, signs), axis=-1).reshape(-1, 2) if remedy.packed else signs
        self.centers = config.mode * units
        latent = lsgan.PointMasses(config.scale * units if remedy.several else units)
        data = self.data(signs)
        self.game = lsgan.Game(data, latent, lsgan.NonSaturating(), remedy.parts)
        self.rule = remedy.rule(step=config.step)

    def data(self, signs: np.ndarray) -> lsgan.PointMasses:
        """Both modes, or all pairs of their points for a discriminator of packs of two."""
        offsets, weights = np.polynomial.hermite_e.hermegauss(self.config.nodes)
        points = (self.config.mode * signs[:, None] + self.config.std * offsets[None]).ravel()
        masses = np.tile(weights / weights.sum() / signs.size, signs.size)
        if self.remedy.packed:
            points = np.stack(np.meshgrid(points, points), axis=-1).reshape(-1, 2)
            masses = np.outer(masses, masses).ravel()
        return lsgan.PointMasses(points, masses / masses.sum())

    def players(self, shifts: jax.Array, weights: jax.Array) -> lsgan.Players:
        """A start: ``shifts`` (2,), of which one generator takes the first, and ``weights`` (2,) of D."""
        if self.remedy.packed:  # D of a pair is the mean of D of its points
            both = jnp.stack([0.5 * (one + other) for other in weights for one in weights])
            disc = lsgan.PlaneRadialBasis(both, self.centers, self.config.width)
        else:
            disc = lsgan.RadialBasis(weights, self.centers, self.config.width)
        if self.remedy.several:
            return lsgan.Players(disc, lsgan.MixtureOfShifts(shifts))
        return lsgan.Players(disc, lsgan.Affine(self.config.scale, shifts[0]))

    def free(self, players: lsgan.Players) -> tuple[str, ...]:
        """All parameters but the places and the width of the bumps."""
        names = lsgan.parameter_names(players)
        return tuple(name for name in names if not name.startswith(("centers", "width")))

    def kept(self, shifts: jax.Array, weights: jax.Array) -> jax.Array:
        """(T,), the number of modes with a generated point near."""
        start = self.players(shifts, weights)
        updates = self.config.updates
        path = lsgan.trajectory(self.game, self.rule, start, steps=updates, free=self.free(start))
        gen, signs = path.players.gen, jnp.array([[-1.0, 1.0]])
        if self.remedy.several:
            points = (gen.shifts[..., None] + self.config.scale * signs[None]).reshape(updates + 1, -1)
        else:
            points = gen.shift[:, None] + gen.scale[:, None] * signs
        off = jnp.abs(points[..., None] - self.config.mode * signs[None]).min(axis=1)
        return jnp.sum(off < self.config.near, axis=1)

    def cost(self, shifts: jax.Array, weights: jax.Array) -> float:
        """Operations of one compiled step, transcendental functions counted as 10, a loop as one pass."""
        start = self.players(shifts, weights)
        step = jax.jit(lambda players: self.rule.step(self.game, players, self.rule.init(players))[0])
        counts = step.lower(start).compile().cost_analysis() or {}
        return counts.get("flops", 0.0) + 10 * counts.get("transcendentals", 0.0)


def compute(config: Config) -> Arrays:
    """(R, starts, T) modes kept and (R,) costs of a step, R remedies."""
    shift_key, weight_key = jax.random.split(jax.random.key(config.seed))
    reach = 1.25 * config.mode
    shifts = jax.random.uniform(shift_key, (config.starts, 2), minval=-reach, maxval=reach)
    weights = config.weights * jax.random.normal(weight_key, (config.starts, 2))

    def one(remedy: Remedy) -> tuple[np.ndarray, float]:
        play = Play(config, remedy)
        return np.asarray(jax.jit(jax.vmap(play.kept))(shifts, weights)), play.cost(shifts[0], weights[0])

    results = side_by_side(*(partial(one, remedy) for remedy in remedies(config).values()))
    kept, cost = zip(*results, strict=True)
    # of a loop one pass is counted: a step's cost is linear in the number of passes
    names, passes = list(remedies(config)), config.unrolled
    single = Play(config, Remedy(rule=partial(lsgan.Unrolled, k=1))).cost(shifts[0], weights[0])
    costs = dict(zip(names, cost, strict=True))
    costs["unrolling"] = costs["none"] + passes * (single - costs["none"])
    every = np.stack(kept)
    both = every == 2
    # the first step from which both modes are kept to the end; none: beyond the last
    lost = config.updates + 1 - np.argmax(~both[:, :, ::-1], axis=2)
    first = np.where(both.all(axis=2), 0, lost)
    return {
        "name": np.asarray(names),
        "kept": every[:, :, -1],
        "first": first,
        "mean": every.mean(axis=1),
        "cost": np.asarray([costs[name] for name in names]),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """Shares of starts by modes kept, steps to both, cost of a step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.9), layout="constrained")
    modes, steps, cost = figure.subplots(1, 3, sharey=True, width_ratios=(1.3, 1, 1))
    rows = np.arange(data["name"].size)
    left = np.zeros(rows.size)
    for count, color in ((2, BLUE), (1, SKY), (0, "#DDDDDD")):
        share = (data["kept"] == count).mean(axis=1)
        modes.barh(rows, share, left=left, color=color, height=0.7, label=str(count))
        left += share
    modes.set(yticks=rows, yticklabels=data["name"], xlim=(0, 1), xlabel=f"share of {config.starts} starts")
    modes.invert_yaxis()
    modes.tick_params(axis="y", length=0)
    modes.legend(ncols=3, frameon=False, loc="lower right", bbox_to_anchor=(1.02, 0.985), columnspacing=0.8)
    panel_letter(modes, "a", "modes kept:")
    _draw_steps(steps, data, config)
    cost.axvline(1, color=GREY, linewidth=0.6, linestyle=":")
    cost.plot(data["cost"] / data["cost"][0], rows, "o", color=BLACK, markersize=4)
    cost.grid(axis="x")
    cost.set(xlabel="operations of a step, none = 1", xscale="log", xlim=(0.5, None))
    cost.tick_params(axis="y", length=0)
    panel_letter(cost, "c", "cost")
    return figure


def _draw_steps(axes: "Axes", data: Arrays, config: Config) -> None:
    for row, first in enumerate(data["first"]):
        done = np.sort(first[first <= config.updates])
        if done.size:
            low, middle, high = np.quantile(done, (0.25, 0.5, 0.75))
            axes.plot((low, high), (row, row), color=VERMILION, linewidth=1.5)
            axes.plot(middle, row, "o", color=VERMILION, markersize=4)
        share = f"{done.size} of {first.size}"
        axes.text(0.98, row, share, transform=axes.get_yaxis_transform(), ha="right", va="center")
    axes.set(xscale="log", xlabel="step $k$", xlim=(10, 8 * config.updates))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    panel_letter(axes, "b", "both from step $k$ (quartiles)")


def caption(data: Arrays, config: Config) -> str:
    """The game, the marks, and how many starts keep both modes under each remedy."""
    both = (data["kept"] == 2).sum(axis=1)
    ends = [f"{name} {count}" for name, count in zip(data["name"], both, strict=True)]
    return (
        f"Non-saturating loss, simultaneous steps of size {given(config.step)}, {config.updates} of them, "
        f"the same {config.starts} random starts for each remedy (seed {config.seed}). Data: modes at "
        f"-{given(config.mode)} and {given(config.mode)} with standard deviation {given(config.std)}, on "
        f"{config.nodes} nodes each; the generator makes two points, {given(2 * config.scale)} apart at the "
        f"start; D has a bump of width {given(config.width)} on each mode and is flat between them. A mode "
        f"is kept if a generated point is nearer than {given(config.near)}. (a) Shares of starts by the "
        f"number of modes kept in the end; both modes, of {config.starts} starts: {', '.join(ends)}. (b) The "
        "step from which both are kept to the end: median and quartiles of the starts that keep both, whose "
        "number is at the right; the other starts have no such step. (c) Operations of a step, "
        "transcendental functions counted as 10, over those without a remedy. The "
        "game was chosen because it collapses: it says which remedies reach a mode from afar, not which is "
        "best on other games."
    )


EXPERIMENTS = (
    Experiment(
        "mitigations",
        "Remedies for mode collapse side by side, modes of some width: modes kept, steps, cost of a step",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
