"""Claim 26: the ring of 8 and the grid of 25 as benchmarks of mode collapse."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan

from .._run import Arrays, evaluated
from .._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PERFECT = float(-np.expm1(-4.5))


@dataclass(frozen=True)
class Config:
    """Perfect samplers of both, of as many points as are usual."""

    points: int = 2500
    draws: int = 40
    ring_std: float = 0.01
    grid_std: float = 0.05
    seed: int = 26

    def quick(self) -> Self:
        return replace(self, draws=10)


def _centers(law: lsgan.Mixture) -> Array:
    return jnp.stack([one.mean for one in law.components])  # pyright: ignore


def _measured(law: lsgan.Mixture, std: float, config: Config) -> tuple[Array, Array, Array]:
    """(high-quality share, modes captured, effective modes) of every draw, by a perfect sampler."""
    centers = _centers(law)

    def one(key: Array) -> tuple[Array, Array, Array]:
        sample = law.sample(key, config.points)
        return (
            lsgan.modes.high_quality_share(sample, centers, std),
            lsgan.modes.modes_captured(sample, centers, std),
            lsgan.modes.effective_modes(lsgan.modes.mode_histogram(sample, centers)),
        )

    return jax.lax.map(one, jax.random.split(jax.random.key(config.seed), config.draws))


def _closed_ring(modes: int) -> Array:
    """Centres as well-known code has them: angles from an interval with both ends."""
    angle = jnp.linspace(0, 2 * jnp.pi, modes)
    return jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)


def compute(config: Config) -> Arrays:
    """Metrics of perfect samplers of both, and the modes of a ring whose ends meet."""
    ring, grid = lsgan.ring(std=config.ring_std), lsgan.grid(std=config.grid_std)
    shown = jax.random.key(config.seed + 1)

    def numbers() -> dict[str, Array]:
        closed = _closed_ring(8)
        distinct = closed[:-1]  # the last is the first
        held = lsgan.modes.mode_histogram(closed, distinct)
        arrays = {
            "closed": closed,
            "closed_effective": lsgan.modes.effective_modes(held),
            "closed_captured": lsgan.modes.modes_captured(closed, distinct, config.ring_std),
            "ring_centers": _centers(ring),
            "grid_centers": _centers(grid),
            "grid_sample": grid.sample(shown, config.points).astype(jnp.float32),
        }
        for name, law, std in (("ring", ring, config.ring_std), ("grid", grid, config.grid_std)):
            share, captured, effective = _measured(law, std, config)
            arrays |= {f"{name}_share": share, f"{name}_captured": captured, f"{name}_effective": effective}
        return arrays

    return evaluated(numbers)


def found(data: Arrays) -> dict[str, Found]:
    def share(name: str) -> Found:
        values = data[f"{name}_share"]
        return theory(values.mean(), _PERFECT, 4 * values.std() / np.sqrt(values.size))

    return {
        "perfect high-quality share": recorded(_PERFECT, 0.9889, 5e-5),
        "ring, sampled": share("ring"),
        "grid, sampled": share("grid"),
        "modes captured on the ring": theory(float(data["ring_captured"].min()), 8, 0),
        "on the grid": theory(float(data["grid_captured"].min()), 25, 0),
        "distinct modes of the closed ring": theory(float(data["closed_captured"]), 7, 0),
        # weights 2/8 and 6 times 1/8: exp of the entropy, 8/2^(2/8)
        "effective modes of it": theory(float(data["closed_effective"]), 8 * 2**-0.25, 1e-9),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    ring, grid, share = figure.subplots(1, 3)
    _draw_ring(ring, data)
    _draw_grid(grid, data, config)
    _draw_share(share, data, config)
    panel_letter(ring, "a", "the ring, and one with a closed end")
    panel_letter(grid, "b", "the grid: samples about their modes")
    panel_letter(share, "c", "what a perfect sampler scores")
    return figure


def _draw_ring(axes: "Axes", data: Arrays) -> None:
    axes.plot(*data["ring_centers"].T, "o", color=BLUE, markersize=6, fillstyle="none", label="8 distinct")
    axes.plot(*data["closed"].T, "x", color=VERMILION, markersize=5, label="closed end: 7")
    axes.annotate(
        "double", data["closed"][0], xytext=(0, 6), textcoords="offset points", ha="center", color=VERMILION
    )  # fmt: skip
    axes.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal")
    axes.legend(frameon=False, loc="center", handletextpad=0.2)


def _draw_grid(axes: "Axes", data: Arrays, config: Config) -> None:
    """All modes on one another, in std: drawn to scale they would be points."""
    from matplotlib.patches import Circle

    sample, centers = data["grid_sample"], data["grid_centers"]
    nearest = np.linalg.norm(sample[:, None] - centers[None], axis=-1).argmin(axis=1)
    scaled = (sample - centers[nearest]) / config.grid_std
    off = np.linalg.norm(scaled, axis=1) > 3
    axes.plot(*scaled[~off].T, "o", color=BLUE, markersize=1.2, markeredgewidth=0, rasterized=True)
    axes.plot(
        *scaled[off].T, "o", color=VERMILION, markersize=2.6, markeredgewidth=0,
        label=f"{off.sum()} of {len(sample)} beyond $3\\sigma$",
    )  # fmt: skip
    axes.add_patch(Circle((0, 0), 3, facecolor="none", edgecolor=BLACK, linewidth=0.7))
    axes.set(xlabel=r"$(x_1-\mu_1)/\sigma$", ylabel=r"$(x_2-\mu_2)/\sigma$", aspect="equal")
    axes.set(xlim=(-4.6, 4.6), ylim=(-4.2, 5.4), xticks=(-4, -2, 0, 2, 4), yticks=(-4, -2, 0, 2, 4))
    axes.legend(frameon=False, loc="upper right", handletextpad=0.1, borderaxespad=0.1)


def _draw_share(axes: "Axes", data: Arrays, config: Config) -> None:
    bins = np.linspace(0.98, 0.9975, 15).tolist()
    both = [data["ring_share"], data["grid_share"]]
    axes.hist(both, bins, color=[BLUE, GREY], label=["ring", "grid"])
    axes.axvline(_PERFECT, color=VERMILION)
    axes.text(_PERFECT + 0.0003, 0.97, r"$1-e^{-9/2}$", transform=axes.get_xaxis_transform(),
              color=VERMILION, va="top")  # fmt: skip
    axes.set(xlabel="high-quality share", ylabel=f"samplings (of {config.draws})")
    axes.set_xticks([0.98, 0.985, 0.99, 0.995])
    axes.legend(frameon=False, loc="upper left")


CLAIM = Claim(
    name="claim26_benchmarks",
    title="Ring-8 and grid-25: what a perfect sampler scores, and a ring with 7 modes",
    source="Metz et al. (2017); Srivastava et al. (2017), VEEGAN",
    config=Config(),
    compute=compute,
    plot=plot,
    number=26,
    says="On the ring of 8 and the grid of 25 a good GAN holds all modes with 100 % of high quality.",
    model="ring r=1 sd .01, grid {{-4..4}}^2 sd .05; 3-sd rule; 2500 points of the laws themselves",
    verdict="right, with two corrections",
    correct=(
        "A perfect sampler scores 1 - e^-4.5 = 98.89 %, not 100 %: more is a sign of modes too narrow. A "
        "well-known ring takes its angles from a closed interval: 7 modes, one double."
    ),
    limits="All modes held says nothing of their weights; the effective number of modes does.",
    found=found,
)
