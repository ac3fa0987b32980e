"""The paper's sign against Mao's from the same starts: what the discriminator wants decides the end."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._cases import Case, CASE_A, CASE_B, train
from ._run import Arrays, Experiment, side_by_side
from ._style import (
    BLACK,
    BLUE,
    DOUBLE,
    GREEN,
    GREY,
    label_ends,
    panel_letter,
    PARAMETER_COLORS,
    PURPLE,
    VERMILION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOSSES = {"paper": lsgan.SquaredMinimax(), "Mao": lsgan.LeastSquares(fake=0, real=1, target=1)}
_WANTS = {"paper": "$D$ ascends (paper)", "Mao": "$D$ descends (Mao)"}

Series = tuple[tuple[str, str, str], ...]  # name, colour, dash
_PARAMETERS: Series = tuple((f"${n}$", c, "-" if n in "ab" else "--") for n, c in PARAMETER_COLORS.items())
_DISTANCES: Series = (("$W_1$", PURPLE, "-"), ("difference of means", GREEN, "--"))


@dataclass(frozen=True)
class Config:
    """Both cases under both signs, all four parameters free; the window of x at the end of each case."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    windows: tuple[tuple[float, float], tuple[float, float]] = ((-2.0, 12.0), (-3.0, 8.0))
    step: float = 0.4
    updates: int = 3000
    points: int = 1101

    def quick(self) -> Self:
        return replace(self, updates=60, points=101)


def compute(config: Config) -> Arrays:
    """Of each run: parameters, W1 and the difference of the means along it; at its end the cdfs and D."""
    data: Arrays = {"iterations": _kept(config.updates)}
    for case, window in zip(config.cases, config.windows, strict=True):
        x = np.linspace(*window, config.points)
        data |= {
            f"x_{case.name}": x,
            f"data_cdf_{case.name}": np.asarray(case.game().data.cdf(jnp.asarray(x))),
        }
    for part in side_by_side(*(partial(_under, sign, config, data) for sign in _LOSSES)):
        data |= part
    return data


def _under(sign: str, config: Config, common: Arrays) -> Arrays:
    """The runs of all cases under one sign."""
    iterations, data = common["iterations"], {}
    for case in config.cases:
        exact, x = case.game(), jnp.asarray(common[f"x_{case.name}"])
        game = lsgan.Game(data=exact.data, latent=exact.latent, loss=_LOSSES[sign])
        run = train(game, case.players(), config.step, config.updates, free=None)
        a, b, g, h = (run.parameters[name][iterations] for name in PARAMETER_COLORS)
        made = lsgan.ShiftedExponential(loc=h[-1], scale=g[-1])
        key = f"{case.name}_{sign}"
        data |= {
            f"parameters_{key}": np.stack([a, b, g, h], axis=1),
            f"distances_{key}": np.stack([_w1(1 / case.c, g, h), g + h - 1 / case.c], axis=1),
            f"made_cdf_{key}": np.asarray(made.cdf(x)),
            f"disc_{key}": np.asarray(lsgan.Erf(a=a[-1], b=b[-1])(x)),
            f"outcome_{key}": np.asarray(run.outcome),
        }
    return data


def _kept(updates: int) -> np.ndarray:
    """The iterations that are saved: evenly spaced in their logarithm, and 0."""
    return np.unique(np.concatenate([[0], np.geomspace(1, updates, 1000).round().astype(int)]))


def _w1(mean: float, g: np.ndarray, h: np.ndarray) -> np.ndarray:
    """W1 of the data and the generated law: E|(mean - g) S - h| with S ~ Exp(1), for g > 0.

    Both laws are increasing functions of one S, so that this coupling is the best one.
    """
    slope = mean - g
    crossing = np.maximum(0, np.divide(h, slope, out=np.zeros_like(h), where=slope != 0))
    signed = slope - h
    return np.abs(np.where(crossing > 0, 2 * slope * np.exp(-crossing) - signed, signed))


def plot(data: Arrays, config: Config) -> "Figure":
    """A column for each run; rows: parameters, distances, and the two cdfs with D at the end."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 5.0), layout="constrained")
    panels = figure.subplots(3, 4, sharey="row", height_ratios=(1.3, 1, 1))
    columns = [(case.name, sign) for case in config.cases for sign in _LOSSES]
    for (case, sign), (top, middle, bottom), letter in zip(columns, panels.T, "abcd", strict=True):
        key = f"{case}_{sign}"
        _draw_series(top, data, f"parameters_{key}", _PARAMETERS)
        _draw_series(middle, data, f"distances_{key}", _DISTANCES)
        _draw_end(bottom, data, case, key)
        middle.axhline(0, color=GREY, linewidth=0.5, linestyle=":")
        panel_letter(top, letter, f"{case}: {_WANTS[sign]}")
        end = str(data[f"outcome_{key}"]).split(":")[0]
        top.text(0.96, 0.06, end, transform=top.transAxes, ha="right", color=GREY)
        top.tick_params(labelbottom=False)
        middle.set_xlabel("iteration $k$")
        bottom.set_xlabel("$x$")
    names, colors, _ = zip(*_PARAMETERS, strict=True)
    panels[0, 0].set_ylim(-5.6, 5)
    for axes, (case, sign) in zip(panels[0], columns, strict=True):
        label_ends(axes, data[f"parameters_{case}_{sign}"][-1], names, colors, gap=0.1)
    _name_curves(*panels[:, 0])
    return figure


def _draw_series(axes: "Axes", data: Arrays, key: str, series: Series) -> None:
    for values, (name, color, dash) in zip(data[key].T, series, strict=True):
        axes.plot(data["iterations"][1:], values[1:], dash, color=color, label=name)
    axes.set(xscale="log", xlim=(1, data["iterations"][-1]))


def _draw_end(axes: "Axes", data: Arrays, case: str, key: str) -> None:
    """The two cdfs, W1 between them, and D."""
    x, real, made = data[f"x_{case}"], data[f"data_cdf_{case}"], data[f"made_cdf_{key}"]
    axes.fill_between(x, real, made, color=PURPLE, alpha=0.25, linewidth=0)
    axes.plot(x, real, color=BLUE)
    axes.plot(x, made, color=VERMILION, linestyle="--")
    axes.plot(x, data[f"disc_{key}"], color=BLACK, linewidth=1.0)
    axes.set(xlim=(x[0], x[-1]), ylim=(-0.04, 1.12), yticks=(0, 0.5, 1))
    w1, shift = data[f"distances_{key}"][-1]
    text = f"area $W_1={w1:.2f}$\nmeans differ by {abs(shift):.2f}"
    axes.text(0.97, 0.05, text, transform=axes.transAxes, ha="right", color=GREY)


def _name_curves(top: "Axes", middle: "Axes", bottom: "Axes") -> None:
    top.set_ylabel("parameter")
    middle.set_ylabel("distance from the data")
    middle.legend(loc="lower right", frameon=False, handlelength=1.2, borderaxespad=0.2)
    bottom.set_ylabel("cdf and $D$ at the end")
    bottom.text(-0.75, 0.55, "$D$", ha="right", va="center", color=BLACK)
    bottom.text(0.5, 0.86, "data", va="center", color=BLUE)
    bottom.text(4.9, 0.55, "generated", va="center", color=VERMILION)


def caption(data: Arrays, config: Config) -> str:
    """The starts, both signs, and the ends."""
    ends = []
    for case in config.cases:
        for sign, wants in (("paper", "ascends"), ("Mao", "descends")):
            key = f"{case.name}_{sign}"
            w1, means = data[f"distances_{key}"][-1]
            ends.append(
                f"Case {case.name}, D {wants}: {str(data[f'outcome_{key}']).split(':')[0]}, W1 = "
                f"{plain(w1)}, means {plain(abs(means), 2)} apart"
            )
    return (
        f"Cases A and B, all four parameters free, {config.updates} simultaneous steps of size "
        f"{given(config.step)}, exact expectations, the discriminator ascending (paper) or descending (Mao "
        "et al.) its cost. Top: the parameters; middle: W1 (solid) and the difference of the means (dashed); "
        "bottom: the cdf of the data (blue) and of what is generated (dashed) at the end, W1 between them "
        f"shaded, and D (black). {'; '.join(ends)}."
    )


EXPERIMENTS = (
    Experiment(
        "two_signs",
        "The same starts when D ascends (paper) and when it descends (Mao)",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
