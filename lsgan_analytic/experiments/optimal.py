"""The sequel's game of the generator alone, under the optimal discriminator and the authors' variant of it.

Everything is in units of 1/c: with rate 1, start (cg, ch) and step eps c^2 the path is c times that of the
published case, so that all four are played by one compiled game and end at one truth, (1, 0).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DISCRIMINATORS = {
    "authors": lsgan.AuthorsOptimalDiscriminator,
    "best": lsgan.OptimalDiscriminator,
}
_TITLES = {"authors": "the authors' $D$", "best": "$D=p/(p+q)$"}
_COLORS = (ORANGE, BLUE, GREEN, VERMILION)
_DIVERGENCES = {"kl": r"KL$(p\Vert q)$", "js": "JS", "tv": "TV"}
_TOP = 5.0  # of the panel with KL


@dataclass(frozen=True)
class Config:
    """The published cases (c, g, h) and their step, all with 100 points; stochastic runs of each."""

    cases: tuple[tuple[float, float, float], ...] = (
        (2.1, 0.9, -1.5),
        (1.2, 1.5, -2.0),
        (1.2, 1.9, -3.0),
        (1.2, 1.9, -2.9),
    )
    step: float = 0.4
    updates: int = 99
    runs: int = 20
    samples: int = 1000
    seed: int = 2021

    def quick(self) -> Self:
        return replace(self, cases=self.cases[:2], updates=10, samples=50)


def compute(config: Config) -> Arrays:
    """Of each D: (C, T, 2) paths of cg and ch, (C, R, T, 2) stochastic ones, (C, T) divergences."""
    jobs = [partial(play, config, name) for name in _DISCRIMINATORS for play in (_exact, _stochastic)]
    results = side_by_side(*jobs)
    data: Arrays = {}
    for name, paths, runs in zip(_DISCRIMINATORS, results[::2], results[1::2], strict=True):
        data |= {f"paths_{name}": paths, f"runs_{name}": runs.astype(np.float32)}
    every = np.stack(results[::2])
    for symbol, values in zip(_DIVERGENCES, _divergences(every), strict=True):
        data |= {f"{symbol}_{name}": one for name, one in zip(_DISCRIMINATORS, values, strict=True)}
    return data


def _games(config: Config, name: str) -> Iterator[tuple[lsgan.Game, lsgan.Simultaneous, lsgan.Players]]:
    """Of each case: the game in units of 1/c, the rule and the start."""
    data, latent = lsgan.Exponential(rate=1.0), lsgan.Rayleigh()
    disc = _DISCRIMINATORS[name](data=data, latent=latent)
    game = lsgan.Game(data=data, latent=latent, loss=lsgan.SquaredMinimax())
    for c, g, h in config.cases:
        start = lsgan.Players(disc=disc, gen=lsgan.Square(g=c * g, h=c * h))
        yield game, lsgan.Simultaneous(step=config.step * c**2), start


def _exact(config: Config, name: str) -> np.ndarray:
    paths = [lsgan.trajectory(*play, steps=config.updates).players for play in _games(config, name)]
    return np.stack([np.stack(jax.tree.leaves(path), axis=1) for path in paths])


def _stochastic(config: Config, name: str) -> np.ndarray:
    shape: dict[str, Any] = {"runs": config.runs, "samples": config.samples, "steps": config.updates}
    key = jax.random.key(config.seed)
    return np.stack([lsgan.simulate(*play, key=key, **shape).values for play in _games(config, name)])


@jax.jit
def _divergences(paths: jax.Array) -> tuple[jax.Array, ...]:
    """KL(data || generated), JS and TV at every (cg, ch)."""

    def measure(point: jax.Array) -> tuple[jax.Array, ...]:
        data, made = lsgan.Exponential(rate=1.0), lsgan.ShiftedExponential(loc=point[1], scale=point[0])
        return tuple(getattr(lsgan.divergences, symbol)(data, made) for symbol in _DIVERGENCES)

    return jax.vmap(jax.vmap(jax.vmap(measure)))(paths)


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each discriminator: the paths, and their divergences against the iteration."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    figure = Figure(figsize=(DOUBLE, 4.5), layout="constrained")
    panels = figure.subplots(2, 4, sharex="col", sharey="col", width_ratios=(1.7, 1, 1, 1))
    for row, name, letter in zip(panels, _DISCRIMINATORS, "ab", strict=True):
        _draw_plane(row[0], data, config, name)
        panel_letter(row[0], letter, _TITLES[name])
        for axes, (symbol, label) in zip(row[1:], _DIVERGENCES.items(), strict=True):
            _draw_divergence(axes, data[f"{symbol}_{name}"])
            axes.set_title(label, loc="left", pad=4)
    for axes in panels[1, 1:]:
        axes.set(xlabel="iteration $k$", xlim=(0, config.updates))
    panels[0, 1].set(yscale="log", ylim=(1e-3, _TOP))
    panels[0, 2].set_ylim(0, 0.5)
    panels[0, 3].set_ylim(0, 0.9)
    panels[1, 1].text(
        0.05, 0.05, "triangles:\nKL$\\,=\\infty$, $h>0$", transform=panels[1, 1].transAxes, color=GREY
    )
    _explain(panels[0, 0], panels[1, 0])
    handles = [
        Line2D([], [], color=color, marker=".", linewidth=0.6, label=f"$c={c:g}$: $g={g:g}$, $h={h:g}$")
        for (c, g, h), color in zip(config.cases, _COLORS, strict=False)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return figure


def _draw_plane(axes: "Axes", data: Arrays, config: Config, name: str) -> None:
    axes.axhline(0, color=GREY, linewidth=0.5, linestyle=":")
    for (c, *_), paths, runs, color in zip(
        config.cases, data[f"paths_{name}"], data[f"runs_{name}"], _COLORS, strict=False
    ):
        for run in runs:
            axes.plot(*run.T, color=color, linewidth=0.3, alpha=0.5, rasterized=True)
        axes.plot(*paths.T, color=color, linewidth=0.3)
        axes.plot(*paths.T, ".", color=color, markersize=3, markeredgewidth=0, label=f"$c={c}$")
        axes.plot(*paths[0], "o", color=color, markerfacecolor="white", markersize=4.5, zorder=4)
    axes.plot(1, 0, "*", color=BLACK, markersize=8, zorder=5)
    axes.set(xlabel="$cg$", ylabel="$ch$")


def _draw_divergence(axes: "Axes", values: np.ndarray) -> None:
    """A dot for each iteration; infinity as a triangle at the top."""
    for one, color in zip(values, _COLORS, strict=False):
        (gone,) = np.nonzero(np.isinf(one))
        axes.plot(np.where(np.isinf(one), np.nan, one), ".", color=color, markersize=2.6, markeredgewidth=0)
        if gone.size:
            axes.plot(gone, np.full(gone.size, _TOP), "^", color=color, markersize=2.5, clip_on=False)


def _explain(authors: "Axes", best: "Axes") -> None:
    for axes in (authors, best):
        axes.annotate("truth", (1, 0), xytext=(-6, 4), textcoords="offset points", ha="right")
    authors.text(0.04, 0.06, "dots: exact\nlines: samples", transform=authors.transAxes, color=GREY)
    text = "samples do not feel\nthe jumps of $D$"
    best.text(0.97, 0.96, text, transform=best.transAxes, ha="right", va="top", color=GREY)
    best.set(xlim=(0.55, 3.2), ylim=(-4, 1.4))


def caption(data: Arrays, config: Config) -> str:
    """The cases, both discriminators, and how near the truth each comes."""
    near = {
        name: np.linalg.norm(data[f"paths_{name}"][:, -1] - (1, 0), axis=-1).max() for name in _DISCRIMINATORS
    }
    infinite = sum(int(np.isinf(data[f"kl_{name}"]).sum()) for name in _DISCRIMINATORS)
    return (
        f"The generator against the optimal discriminator: the authors' variant and p/(p + q). "
        f"{len(config.cases)} published starts in units of 1/c, {config.updates} steps of size "
        f"{given(config.step)} c^2; thin: {config.runs} runs of {config.samples} points (seed "
        f"{config.seed}). KL, JS and TV of data and generated law along the exact paths; KL(data, generated) "
        f"is infinite where h > 0, at {infinite} of the points. The ends are at most "
        f"{plain(near['authors'], 2)} (authors) and {plain(near['best'], 2)} (p/(p + q)) from the truth (cg, "
        "ch) = (1, 0)."
    )


EXPERIMENTS = (
    Experiment(
        "optimal",
        "The optimal-discriminator game of (g, h): the authors' variant and the true p/(p+q)",
        "sequel",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
