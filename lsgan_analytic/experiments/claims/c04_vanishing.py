"""Claim 4: a strong discriminator makes gradients vanish, and the non-saturating loss mends it."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, panel_letter, VERMILION
from ._claim import Claim, Found, recorded
from ._pair import MINIMAX, NON_SATURATING, slopes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "saturating": ("saturating", VERMILION),
    "nonsaturating": ("non-saturating", BLUE),
    "squares": ("least squares", GREEN),
}

_HEIGHTS = ((1e-11, 1e3), (1e-3, 10))  # without and with noise


@dataclass(frozen=True)
class Config:
    """N(0, std) against N(gap, std); D optimal, and held; ``noise`` on all D sees."""

    std: float = 0.1
    noise: float = 1.0
    gaps: tuple[float, ...] = (0.5, 1.0)
    largest: float = 1.5
    points: int = 241

    def quick(self) -> Self:
        return replace(self, points=11)


def losses() -> dict[str, lsgan.losses.AbstractLoss]:
    return {
        "saturating": MINIMAX,
        "nonsaturating": NON_SATURATING,
        "squares": lsgan.LeastSquares(fake=0.0, real=1.0, target=1.0),
    }


def compute(config: Config) -> Arrays:
    """What every loss does to the shift of the generator, without and with instance noise."""
    gaps = jnp.concatenate([jnp.linspace(0, config.largest, config.points), jnp.asarray(config.gaps)])
    arrays = {"gap": gaps}
    for name, loss in losses().items():
        both = [slopes(loss, gaps, config.std, noise=noise) for noise in (0.0, config.noise)]
        arrays[name] = jnp.stack(both) * (2 if name == "squares" else 1)  # E(D - 1)^2, not its half
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    near, far = {}, {}
    for name, exact, within in (
        ("saturating", 0.474, 5e-4),
        ("nonsaturating", 49.5, 0.05),
        ("squares", 0.341, 5e-4),
    ):
        near[f"{name}, gap 0.5"] = recorded(data[name][0, -2], exact, within)
    for name, exact, within in (
        ("saturating", 4.5e-5, 5e-7), ("nonsaturating", 100.0, 0.01), ("squares", 3.3e-5, 5e-7),
    ):  # fmt: skip
        far[f"{name}, gap 1"] = recorded(data[name][0, -1], exact, within)
    return (
        near | far | {"saturating with noise 1, gap 1": recorded(data["saturating"][1, -1], 0.394863, 5e-6)}
    )


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    panels = figure.subplots(1, 2)
    gap = data["gap"][:-2]
    titles = ("no noise", rf"instance noise of std {config.noise:g}")
    for row, (axes, title) in enumerate(zip(panels, titles, strict=True)):
        for name, (label, color) in STYLES.items():
            axes.semilogy(gap[1:], data[name][row, 1:-2], color=color, label=label)
        axes.axhline(1, color="#666666", lw=0.8, ls="--", label=r"$W_1$")
        axes.set(xlabel=r"gap $\theta$", xlim=(0, config.largest), ylim=_HEIGHTS[row])
        panel_letter(axes, "ab"[row], title)
    panels[0].set_ylabel(r"generator's slope in $\theta$")
    panels[0].legend(frameon=False, loc="lower left")
    return figure


CLAIM = Claim(
    name="claim04_vanishing",
    title="Generator gradient against gap for every loss, with and without instance noise",
    source="Goodfellow et al. (2014), section 3; Arjovsky & Bottou (2017); Mao et al. (2017)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=4,
    says="A strong D makes the generator's gradients vanish; the non-saturating and the least-squares loss "
    "mend it.",
    model="N(0, {config.std:g}^2) against N(theta, {config.std:g}^2), D optimal and then held",
    verdict="right; but least squares does not help a D in (0, 1)",
    correct="Saturating slopes carry the factor D, which vanishes; -log D divides it out. Least squares with "
    "a D in (0, 1) carries D as well, and vanishes like the saturating loss. Instance noise restores all.",
    limits="D is optimal. The best unbounded D of least squares is the same function; on the way it is not.",
    found=found,
)
