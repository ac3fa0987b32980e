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


_FREE = ("weights[0]", "weights[1]", "shift")


@dataclass(frozen=True)
class Config:
    """Two point masses at -1 and 1 against one at theta; D has a bump of ``width`` on each mode.

    Attributes:
        start: theta of the first point; D starts at 0.
        time: step size times number of steps before a cycle is looked for.
        shown: the step size of the run that is drawn; its first ``iterations``.
    """

    width: float = 0.6
    start: float = 0.3
    time: float = 150.0
    steps: tuple[float, ...] = (0.3, 0.16, 0.1, 0.06, 0.03, 0.016)
    shown: float = 0.1
    iterations: int = 600

    def quick(self) -> Self:
        return replace(self, steps=(0.3, 0.16), iterations=300)


def compute(config: Config) -> Arrays:
    """One path, the cycle of the flow with its divergence along it, and that of every step size."""
    game, players = _parts(config)
    run = lsgan.trajectory(game, lsgan.Simultaneous(config.shown), players, config.iterations, _FREE).players
    flow = lsgan.cycle(game, None, players, steps=round(config.time), free=_FREE)
    slopes = jax.vmap(lambda own: lsgan.jacobian(game, own, free=_FREE))(flow.players)
    cycles = [
        lsgan.cycle(game, lsgan.Simultaneous(step), players, steps=round(config.time / step), free=_FREE)
        for step in config.steps
    ]
    return {
        "step": np.asarray(config.steps),
        "period": np.asarray([cycle.period for cycle in cycles]),
        "multipliers": np.asarray([cycle.multipliers for cycle in cycles]),
        "amplitude": np.asarray([cycle.amplitude for cycle in cycles]),
        "flow_period": np.asarray(flow.period),
        "flow_multipliers": flow.multipliers,
        "flow_amplitude": flow.amplitude,
        "flow_divergence": np.asarray(jax.numpy.trace(slopes, axis1=1, axis2=2)),
        "theta": np.asarray(run.gen.shift),
        "weights": np.asarray(run.disc.weights),
    }


def _parts(config: Config) -> tuple[lsgan.Game, lsgan.Players]:
    game = lsgan.Game(lsgan.PointMasses([-1.0, 1.0]), lsgan.PointMasses([0.0]), lsgan.NonSaturating())
    disc = lsgan.RadialBasis(weights=[0.0, 0.0], centers=[-1.0, 1.0], width=config.width)
    return game, lsgan.Players(disc, lsgan.Shift(config.start))


def found(data: Arrays) -> dict[str, Found]:
    """Liouville: the Floquet multipliers of a flow multiply to exp(its divergence, integrated around)."""
    step, period, flow = data["step"], data["period"], float(data["flow_period"])
    times, around = step * period, np.abs(data["multipliers"][-1, 1]) ** period[-1]
    size = data["flow_amplitude"]
    multipliers = data["flow_multipliers"]
    volume = np.exp(flow * data["flow_divergence"].mean())
    return {
        "period of the flow": recorded(flow, 15.7879, 1e-3),
        "period times step, extrapolated to step 0": theory(_at_0(times, step), flow, 2e-3),
        "iterations of a period, step 0.16": theory(period[step == 0.16].item(), flow / 0.16, 2),
        "iterations of a period, smallest step": theory(period[-1], flow / step[-1], 2),
        "largest multiplier of the flow": theory(np.abs(multipliers[0]), 1, 1e-6),
        "modulus of the others": recorded(np.abs(multipliers[1]), 0.0846, 1e-4),
        "product of the multipliers": theory(float(np.prod(multipliers).real), volume, 1e-6),
        "modulus of the others, smallest step": theory(around, np.abs(multipliers[1]), 2e-3),
        "amplitude of theta": recorded(size[2], 0.7910, 1e-4),
        "extrapolated to step 0": theory(_at_0(data["amplitude"][:, 2], step), size[2], 2e-4),
        "difference of the amplitudes of the two weights": theory(size[1] - size[0], 0, 1e-6),
    }


def _at_0(values: np.ndarray, step: np.ndarray) -> float:
    """Along the line through those of the two smallest steps."""
    return float(values[-1] - step[-1] * (values[-2] - values[-1]) / (step[-2] - step[-1]))


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    hops, periods = figure.subplots(1, 2, width_ratios=(1.7, 1))
    _draw_hops(hops, data, config)
    step = np.geomspace(0.6 * data["step"].min(), 1.25 * data["step"].max(), 2)
    limit = float(data["flow_period"])
    periods.axhspan(100, 1000, color=GREY, alpha=0.15, linewidth=0)
    periods.text(step[1] / 1.1, 900, "100 to 1000 iterations", color=GREY, ha="right", va="top")
    periods.plot(step, limit / step, color=BLACK, linewidth=0.8)
    periods.plot(data["step"], data["period"], "o", color=VERMILION, markersize=3.5)
    periods.text(0.013, 250, rf"$T={limit:.2f}/\eta$", color=BLACK)
    periods.set(xscale="log", yscale="log", xlabel=r"step size $\eta$", ylabel="period $T$ (iterations)")
    periods.set(xlim=step, ylim=(30, 2000))
    panel_letter(periods, "b", "period of the cycle")
    return figure


def _draw_hops(axes: "Axes", data: Arrays, config: Config) -> None:
    axes.axhline(1, color=GREY, linewidth=0.6, linestyle=":")
    axes.axhline(-1, color=GREY, linewidth=0.6, linestyle=":")
    left, right = data["weights"].T
    axes.plot(right, color=BLUE, linewidth=0.8, label="weight of $D$ on the mode at $1$")
    axes.plot(left, color=ORANGE, linewidth=0.8, label="on the mode at $-1$")
    axes.plot(data["theta"], color=VERMILION, label=r"$\theta$")
    axes.set(xlabel="iteration $k$", ylabel=r"$\theta$ and weights", ylim=(-1.35, 1.9))
    axes.set_xlim(0, config.iterations)
    axes.legend(frameon=False, ncols=3, loc="upper center", columnspacing=1)
    panel_letter(axes, "a", f"step size {config.shown:g}")


def caption(data: Arrays, config: Config) -> str:
    """What is drawn."""
    return (
        f"(a) the first {config.iterations} steps of size {config.shown:g} from D = 0 and theta = "
        f"{config.start:g}; (b) the period of the invariant circle that steps of size eta end on, and (line) "
        "that of the periodic orbit of the flow over eta."
    )


CLAIM = Claim(
    name="claim13_hopping",
    title="Mode hopping of a point among two, and its period against the step size",
    source="Metz et al. (2017), figure 2; Goodfellow (2016), section 5.1.1",
    config=Config(),
    compute=compute,
    plot=plot,
    number=13,
    says="Collapse has phases: G stays on one mode, then hops to another every 100-1000 iterations.",
    model="masses 1/2 at -1 and 1 against one at theta, D two radial bumps of width {config.width:g}, "
    "non-saturating loss",
    verdict="shown; the number of iterations is only the step size",
    correct=(
        "The hops are a limit cycle of the continuous flow: D marks down the mode where the generator is, "
        "which then leaves for the other. Its period is a time, 15.8 here, so 15.8/eta iterations; a period "
        "shrinks the distance from the cycle by the factor 0.085."
    ),
    limits="A generator that can hold one mode only: whether a larger one would cover both is not decided.",
    found=found,
    caption=caption,
)
