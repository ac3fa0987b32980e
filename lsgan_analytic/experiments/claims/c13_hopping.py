"""Claim 13: collapse goes through phases, and the generator hops between modes every 100-1000 iterations."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREY, ORANGE, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Two point masses at -1 and 1 against one at theta; D has a bump of ``width`` on each mode.

    Attributes:
        time: step size times number of steps, the same for all ``steps``.
        start: theta of the first point; D starts at 0.
    """

    width: float = 0.6
    start: float = 0.3
    time: float = 120.0
    steps: tuple[float, ...] = (0.3, 0.16, 0.1, 0.06, 0.03, 0.016, 0.01)

    def quick(self) -> Self:
        return replace(self, steps=(0.3, 0.1))


def compute(config: Config) -> Arrays:
    """One path in full, and the times of the hops (theta through 0) for every step size."""
    sizes, most = np.asarray(config.steps), round(config.time / min(config.steps))
    runs = jax.jit(jax.vmap(lambda size: _run(config, size, most)))(sizes)
    theta, weights = np.asarray(runs.gen.shift), np.asarray(runs.disc.weights)
    periods = [_period(path[: round(config.time / h) + 1]) for path, h in zip(theta, sizes, strict=True)]
    shown = list(config.steps).index(0.1)
    last = round(config.time / config.steps[shown]) + 1
    return {
        "step": sizes,
        "period": np.asarray(periods),
        "theta": theta[shown, :last],
        "weights": weights[shown, :last],
    }


def _run(config: Config, size: jax.Array, steps: int) -> lsgan.Players:
    game = lsgan.Game(lsgan.PointMasses([-1.0, 1.0]), lsgan.PointMasses([0.0]), lsgan.NonSaturating())
    disc = lsgan.RadialBasis(weights=[0.0, 0.0], centers=[-1.0, 1.0], width=config.width)
    players = lsgan.Players(disc, lsgan.Shift(config.start))
    free = ("weights[0]", "weights[1]", "shift")
    return lsgan.trajectory(game, lsgan.Simultaneous(step=size), players, steps=steps, free=free).players


def _period(theta: np.ndarray) -> float:
    """Iterations from a hop to the next but one, averaged over the hops after the first six."""
    before = np.flatnonzero(theta[1:] * theta[:-1] < 0)
    hops = before + theta[before] / (theta[before] - theta[before + 1])  # between two iterations
    hops = hops[6:] if hops.size % 2 else hops[7:]  # an odd number of hops: whole periods
    return 2 * float(np.diff(hops).mean())


def found(data: Arrays) -> dict[str, Found]:
    times = data["step"] * data["period"]
    power = np.polyfit(np.log(data["step"]), np.log(data["period"]), 1)[0]
    return {
        "period times step, smallest step": recorded(times[-1], 15.79, 0.02),
        "spread of period times step over all steps": theory(np.ptp(times) / times[-1], 0, 0.05),
        "power of the step in the period": theory(power, -1, 0.02),
        "iterations of a period, step 0.16": theory(
            data["period"][np.argmin(abs(data["step"] - 0.16))], times[-1] / 0.16, 3
        ),
        "iterations of a period, step 0.016": theory(
            data["period"][np.argmin(abs(data["step"] - 0.016))], times[-1] / 0.016, 5
        ),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    hops, periods = figure.subplots(1, 2, width_ratios=(1.7, 1))
    _draw_hops(hops, data)
    step = np.geomspace(0.8 * data["step"].min(), 1.25 * data["step"].max(), 2)
    limit = data["step"][-1] * data["period"][-1]
    periods.axhspan(100, 1000, color=GREY, alpha=0.15, linewidth=0)
    periods.text(step[1] / 1.1, 900, "100 to 1000 iterations", color=GREY, ha="right", va="top")
    periods.plot(step, limit / step, color=BLACK, linewidth=0.8)
    periods.plot(data["step"], data["period"], "o", color=VERMILION, markersize=3.5)
    periods.text(0.011, 300, rf"$T={limit:.2f}/h$", color=BLACK)
    periods.set(xscale="log", yscale="log", xlabel="step size $h$", ylabel="period $T$ (iterations)")
    periods.set(xlim=step, ylim=(30, 3000))
    panel_letter(periods, "b", "period against step size")
    return figure


def _draw_hops(axes: "Axes", data: Arrays) -> None:
    axes.axhline(1, color=GREY, linewidth=0.6, linestyle=":")
    axes.axhline(-1, color=GREY, linewidth=0.6, linestyle=":")
    left, right = data["weights"].T
    axes.plot(right, color=BLUE, linewidth=0.8, label="weight of $D$ on the mode at $1$")
    axes.plot(left, color=ORANGE, linewidth=0.8, label="on the mode at $-1$")
    axes.plot(data["theta"], color=VERMILION, label=r"$\theta$")
    axes.set(xlabel="iteration $k$", ylabel=r"$\theta$ and weights", xlim=(0, 600), ylim=(-1.35, 1.9))
    axes.legend(frameon=False, ncols=3, loc="upper center", columnspacing=1)
    panel_letter(axes, "a", "step size 0.1")


CLAIM = Claim(
    name="claim13_hopping",
    title="Mode hopping of a point among two, and its period against the step size",
    source="Metz et al. (2017), figure 2; Goodfellow (2016), section 5.1.1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=13,
    says="Collapse has phases: G stays on one mode, then hops to another every 100-1000 iterations.",
    model="masses 1/2 at -1 and 1 against one at theta, D two radial bumps of width 0.6, non-saturating loss",
    verdict="shown; the number of iterations is only the step size",
    correct=(
        "The hops are a limit cycle of the continuous flow: D marks down the mode where the generator is, "
        "which then leaves for the other. Its period is a time, 15.8 here, so 15.8/h iterations."
    ),
    limits="A generator that can hold one mode only: whether a larger one would cover both is not decided.",
    found=found,
)
