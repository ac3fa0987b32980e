"""Are cases 3 and 4 of the sequel chaotic? Growth of small differences, exact and on samples."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, of, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, VERMILION
from .logistic import Case, Config as Published

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_THOUSAND = np.log10(1e3)


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

    def quick(self) -> Self:
        return replace(self, updates=60, runs=4, samples=50)


def compute(config: Config) -> Arrays:
    """Of each case: log10 of the growth at every step, exponents with errors exact and sampled."""
    rule, data = lsgan.Simultaneous(config.step), {}

    @eqx.filter_jit
    def exact(case: Case, h: jax.Array) -> lsgan.Spectrum:
        players = eqx.tree_at(lambda own: own.gen.h, case.players(), h)
        return lsgan.lyapunov(case.game(), rule, players, config.updates)

    @eqx.filter_jit
    def sampled(case: Case, h: jax.Array, keys: jax.Array) -> lsgan.Spectrum:
        players, game = eqx.tree_at(lambda own: own.gen.h, case.players(), h), case.game()

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


def plot(data: Arrays, config: Config) -> "Figure":
    """Growth of a small difference against the step, and leading exponents of all runs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    panels = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
    for axes, number, case, letter in zip(panels, config.numbers, config.cases, "ab", strict=False):
        _draw_growth(axes, data, number)
        axes.set(xlabel="iteration $k$", xlim=(0, config.updates), ylim=(-1.2, 4.6))
        if case.points < config.updates:
            axes.axvline(case.points, color=GREY, linewidth=0.6, linestyle=":")
            axes.text(case.points + 8, -1.0, "published", color=GREY)
        panel_letter(axes, letter, f"case {number}")
    panels[0].set_ylabel(r"$\log_{10}$ growth of a small difference")
    panels[0].legend(loc="lower right", frameon=False, bbox_to_anchor=(1, 0.08))
    _draw_exponents(panels[2], data, config)
    return figure


def _draw_growth(axes: "Axes", data: Arrays, number: int) -> None:
    k = np.arange(1, len(data[f"growth_exact_{number}"]) + 1)
    for index, line in enumerate(data[f"growth_sampled_{number}"]):
        axes.plot(k, line, color=BLUE, linewidth=0.4, alpha=0.6, label="_" if index else "on samples")
    exact = data[f"growth_exact_{number}"]
    axes.plot(k, exact, color=BLACK, linewidth=1.5, label="exact")
    last = int(data[f"steps_exact_{number}"])
    axes.plot(
        last,
        exact[last - 1],
        "X",
        color=VERMILION,
        markersize=6,
        label="leaves through $a=0$",
        linestyle="none",
    )
    axes.axhline(_THOUSAND, color=GREY, linewidth=0.6, linestyle="--")
    axes.text(
        0.98, _THOUSAND + 0.1, "a thousandfold", color=GREY, ha="right", transform=axes.get_yaxis_transform()
    )


def _draw_exponents(axes: "Axes", data: Arrays, config: Config) -> None:
    for number, color, marker in zip(config.numbers, (BLUE, VERMILION), "os", strict=True):
        for name, size, face in (("sampled", 2.5, color), ("exact", 7, "white")):
            key = f"{name}_{number}"
            leading, error = (
                np.atleast_2d(data[f"exponents_{key}"])[:, 0],
                np.atleast_2d(data[f"errors_{key}"])[:, 0],
            )
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
    axes.axhline(0, color=BLACK, linewidth=0.5)
    axes.set(
        xlabel="steps until the run leaves",
        ylabel=r"leading exponent $\lambda_1$ per step",
        xlim=(0, config.updates * 1.03),
    )
    axes.legend(loc="upper right", frameon=False)
    panel_letter(axes, "c", r"finite-time exponents, $\pm2$ s.e.")


def caption(data: Arrays, config: Config) -> str:
    """What grows, by how much, and the finite-time exponents with their errors."""
    parts = []
    for number in config.numbers:
        leading, error = data[f"exponents_sampled_{number}"][:, 0], data[f"errors_sampled_{number}"][:, 0]
        growth = data[f"max_growth_sampled_{number}"] / np.log(10)
        above = int(np.sum(leading > 2 * error))
        parts.append(
            f"case {number}: the exact run leaves after {int(data[f'steps_exact_{number}'])} steps, a small "
            f"difference having grown at most 10^{plain(data[f'max_growth_exact_{number}'] / np.log(10), 2)} "
            f"times, on samples 10^{plain(growth.min(), 2)} to 10^{plain(growth.max(), 2)} times; "
            f"{of(above, len(leading))} sampled runs have a finite-time exponent more than two standard "
            "errors above 0"
        )
    return (
        f"Growth of a small difference along the sequel's cases 3 and 4, steps of size {given(config.step)}: "
        f"exact, and {config.runs} runs on {config.samples} points each (seed {config.seed}). A finite-time "
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
