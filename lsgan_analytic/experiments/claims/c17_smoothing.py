"""Claim 17: label smoothing keeps the generator's gradients alive."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory
from ._pair import MINIMAX, NON_SATURATING, slopes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "none": ("labels 1, 0", BLUE),
    "one": ("labels 0.9, 0", GREEN),
    "two": ("labels 0.9, 0.1", VERMILION),
}


@dataclass(frozen=True)
class Config:
    """N(0, std) against N(gap, std); D = (real p + fake q)/(p + q), held."""

    std: float = 0.1
    real: float = 0.9
    fake: float = 0.1
    gap: float = 1.0
    largest: float = 1.5
    points: int = 241

    def quick(self) -> Self:
        return replace(self, points=11)


def compute(config: Config) -> Arrays:
    """Slopes without smoothing, with that of the real label, and with that of both; by loss."""
    gaps = jnp.append(jnp.linspace(0, config.largest, config.points), config.gap)
    labels = {"none": (1.0, 0.0), "one": (config.real, 0.0), "two": (config.real, config.fake)}
    arrays = {"gap": gaps}
    for name, pair in labels.items():
        both = [slopes(loss, gaps, config.std, pair) for loss in (MINIMAX, NON_SATURATING)]
        arrays[name] = jnp.stack(both)
    return {name: np.asarray(array) for name, array in arrays.items()}


def found(data: Arrays) -> dict[str, Found]:
    return {
        "saturating, no smoothing": recorded(data["none"][0, -1], 4.5e-5, 5e-7),
        "saturating, real label 0.9": recorded(data["one"][0, -1], 3.1e-5, 5e-7),
        "non-saturating, no smoothing": theory(data["none"][1, -1], 100, 0.01),
        "non-saturating, real label 0.9": theory(data["one"][1, -1], 100, 0.01),
        "non-saturating, labels 0.9 and 0.1": recorded(data["two"][1, -1], 8.6e-5, 5e-7),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.5), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    gap = data["gap"][1:-1]
    dashes = {"none": "-", "one": (0, (3, 4)), "two": (0, (1, 1))}
    for row, (axes, title) in enumerate(zip(panels, ("saturating", "non-saturating"), strict=True)):
        for name, (label, color) in STYLES.items():
            axes.semilogy(gap, np.abs(data[name][row, 1:-1]), color=color, label=label, ls=dashes[name])
        axes.set(xlabel=r"gap $\theta$", xlim=(0, config.largest), ylim=(1e-11, 1e3))
        panel_letter(axes, "ab"[row], title)
    panels[0].set_ylabel(r"generator's slope in $\theta$, $|\cdot|$")
    panels[0].legend(frameon=False, loc="lower left")
    return figure


CLAIM = Claim(
    name="claim17_smoothing",
    title="Generator gradient against gap with smoothed labels",
    source="Salimans et al. (2016), section 3.4; Goodfellow (2016), tutorial, section 4.2",
    config=Config(),
    compute=compute,
    plot=plot,
    number=17,
    says="Label smoothing keeps the generator's gradients alive.",
    model=(
        "N(0, {config.std:g}^2) against N(theta, {config.std:g}^2), the best D for smoothed labels, then held"
    ),
    verdict="helps D, not G",
    correct="It bounds the logit of D on the data. Where the generator's points are it leaves the slope of "
    "the saturating loss as small as it was, and smoothing both labels destroys the non-saturating one.",
    limits="D is optimal; smoothing also slows an overconfident D on its way there, which is not seen here.",
    found=found,
)
