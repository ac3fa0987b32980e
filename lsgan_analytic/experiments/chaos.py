"""Are cases 3 and 4 of the sequel chaotic? Growth of small differences, exact and on samples.

Finite-time exponents above 0 do not decide it: all runs leave the domain, and no exponent is a limit. What
can be said is by how much differences grow before, and that they do not keep growing as those of a chaotic
map do.
"""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, of, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, PURPLE, SKY, VERMILION
from .logistic import Case, Config as Published

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Cases 3 and 4, and how many sampled games of each."""

    numbers: tuple[int, ...] = (3, 4)
    cases: tuple[Case, ...] = Published().cases[2:]
    step: float = 0.1
    updates: int = 700
    runs: int = 40
    samples: int = 1000
    seed: int = 2021
    early: int = 400  # runs that leave before and after it are told apart
    contrast: int = 25  # steps of the chaotic map

    def quick(self) -> Self:
        return replace(self, updates=60, runs=4, samples=50)


def compute(config: Config) -> Arrays:
    """Of each case: log10 of the growth at every step, exponents with errors exact and sampled."""
    rule, data = lsgan.Simultaneous(config.step), {"growth_chaotic": _chaotic(config.contrast)}

    @eqx.filter_jit
    def exact(case: Case, h: jax.Array) -> lsgan.Spectrum:
        players = eqx.tree_at(lambda players: players.gen.h, case.players(), h)
        return lsgan.lyapunov(case.game(), rule, players, config.updates)

    @eqx.filter_jit
    def sampled(case: Case, h: jax.Array, keys: jax.Array) -> lsgan.Spectrum:
        players, game = eqx.tree_at(lambda players: players.gen.h, case.players(), h), case.game()

        def one(key: jax.Array) -> lsgan.Spectrum:
            data_key, latent_key = jax.random.split(key)
            drawn = lsgan.Game(
                lsgan.PointMasses(game.data.sample(data_key, config.samples)),
                lsgan.PointMasses(game.latent.sample(latent_key, config.samples)),
                game.loss,
            )
            return lsgan.lyapunov(drawn, rule, players, config.updates)

        return jax.vmap(one)(keys)

    keys = jax.random.split(jax.random.key(config.seed), config.runs)
    first = config.cases[0]  # the cases differ in h alone: one program for both
    for number, case in zip(config.numbers, config.cases, strict=True):
        h = jax.numpy.asarray(case.h)
        for name, found in (("exact", exact(first, h)), ("sampled", sampled(first, h, keys))):
            key = f"{name}_{number}"
            valid = np.arange(config.updates) < np.asarray(found.steps_taken)[..., None]
            growth = np.where(valid, np.asarray(found.growth) / np.log(10), np.nan)
            data |= {
                f"growth_{key}": growth.astype(np.float32),
                f"exponents_{key}": np.asarray(found.exponents),
                f"errors_{key}": np.asarray(found.errors),
                f"max_growth_{key}": np.asarray(found.max_growth),
                f"steps_{key}": np.asarray(found.steps_taken),
                f"sensitive_{key}": np.asarray(found.late_growth > np.log(1e3)),
            }
    return data


def _chaotic(steps: int) -> np.ndarray:
    """log10 of the growth of a small difference in x -> 4 x (1 - x), log10 2 a step in the mean."""
    x, slopes = 0.3, []
    for _ in range(steps):
        slopes.append(np.log10(np.abs(4 - 8 * x)))
        x = 4 * x * (1 - x)
    return np.cumsum(slopes)


def plot(data: Arrays, config: Config) -> "Figure":
    """Distance of neighbours against the step, beside a chaotic map, and leading exponents of all runs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.8), layout="constrained")
    panels = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
    for axes, number, case, letter in zip(panels, config.numbers, config.cases, "ab", strict=False):
        _draw_growth(axes, data, number, config)
        axes.set(xlabel="iteration $k$", xlim=(0, config.updates), ylim=(0.3, 3e6))
        if case.points < config.updates:
            axes.axvline(case.points, color=GREY, linewidth=0.6, linestyle=":")
            axes.text(case.points + 8, 0.5, "published", color=GREY)
        most = data[f"max_growth_sampled_{number}"].max()
        panel_letter(axes, letter, f"case {number}: at most {plain(np.exp(most), 2)}-fold")
        axes.legend(loc="upper right", frameon=False, handlelength=1.4, borderaxespad=0.2)
    panels[0].set_ylabel("distance of neighbours over that at the start")
    _draw_exponents(panels[2], data, config)
    return figure


def _draw_growth(axes: "Axes", data: Arrays, number: int, config: Config) -> None:
    k, last = np.arange(1, config.updates + 1), data[f"steps_sampled_{number}"]
    for late, color, label in ((False, BLUE, "leaving early"), (True, SKY, "leaving late")):
        lines = data[f"growth_sampled_{number}"][(last > config.early) == late]
        for index, line in enumerate(lines):
            named = "_" if index else f"{len(lines)} on samples, {label}"
            axes.semilogy(k, 10.0**line, color=color, linewidth=0.5, alpha=0.8, label=named)
    exact, end = 10.0 ** data[f"growth_exact_{number}"], int(data[f"steps_exact_{number}"])
    axes.semilogy(k, exact, color=BLACK, linewidth=1.5, label="exact")
    axes.plot(end, exact[end - 1], "X", color=VERMILION, markersize=6, label="leaves", linestyle="none")
    contrast = 10.0 ** data["growth_chaotic"]
    axes.semilogy(k[: len(contrast)], contrast, color=GREEN, linewidth=1.0, label=r"chaotic map $4x(1-x)$")


def _draw_exponents(axes: "Axes", data: Arrays, config: Config) -> None:
    above = []
    for number, color, marker in zip(config.numbers, (ORANGE, PURPLE), "os", strict=True):
        for name, size, face in (("sampled", 2.5, color), ("exact", 7, "white")):
            key = f"{name}_{number}"
            leading, error = (np.atleast_2d(data[f"{what}_{key}"])[:, 0] for what in ("exponents", "errors"))
            axes.errorbar(
                np.atleast_1d(data[f"steps_{key}"]),
                leading,
                2 * error,
                fmt=marker,
                color=color,
                markersize=size,
                markerfacecolor=face,
                elinewidth=0.4,
                label=f"case {number}" if name == "sampled" else "_",
                zorder=3 if name == "exact" else 2,
            )
            if name == "sampled":
                above.append(str(int(np.sum(leading > 2 * error))))
    axes.axhline(0, color=BLACK, linewidth=0.5)
    axes.set(
        xlabel="steps until the run leaves",
        ylabel=r"finite-time exponent $\lambda_1$ per step",
        xlim=(0, config.updates * 1.03),
    )
    axes.legend(loc="upper right", frameon=False)
    panel_letter(axes, "c", rf"{' and '.join(above)} above 0 ($\pm2$ s.e.)")


def caption(data: Arrays, config: Config) -> str:
    """What grows, by how much, and the finite-time exponents with their errors."""
    parts = []
    for number in config.numbers:
        leading, error = data[f"exponents_sampled_{number}"][:, 0], data[f"errors_sampled_{number}"][:, 0]
        growth = np.exp(data[f"max_growth_sampled_{number}"])
        early = int(np.sum(data[f"steps_sampled_{number}"] <= config.early))
        above = int(np.sum(leading > 2 * error))
        parts.append(
            f"case {number}: the exact run leaves after {int(data[f'steps_exact_{number}'])} steps, a small "
            f"difference having grown at most {plain(np.exp(data[f'max_growth_exact_{number}']), 2)} times, "
            f"on samples {plain(growth.min(), 2)} to {plain(growth.max(), 2)} times; "
            f"{of(early, len(growth))} of these runs leave within {config.early} steps; "
            f"{of(above, len(leading))} sampled runs have a finite-time exponent more than two standard "
            "errors above 0"
        )
    return (
        f"Growth of a small difference along the sequel's cases 3 and 4, steps of size {given(config.step)}: "
        f"exact, and {config.runs} runs on {config.samples} points each (seed {config.seed}). Green: "
        f"the same in the chaotic map 4 x (1 - x), {plain(10.0 ** data['growth_chaotic'][-1], 1)} times "
        f"after {config.contrast} steps. A finite-time "
        "exponent above 0 says that differences have grown by the time the run leaves the domain; it is no "
        f"asymptotic exponent, and a run that leaves has none. {'; '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "chaos",
        "sequel's cases 3 and 4: finite-time Lyapunov exponents and growth of differences, exact and sampled",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
