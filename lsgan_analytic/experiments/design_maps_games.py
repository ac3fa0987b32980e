"""Which step, R1 strength, rate ratio and momentum: a logistic discriminator on data that have a width."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan

from ._border_maps import best, draw_keys, draw_map, map_of, Place
from ._captions import given, listed, plain
from ._run import Arrays, Experiment
from ._style import DOUBLE, panel_letter
from .design_maps import HeavyBall, ORDERS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_OTHERS = {
    "strength": r"R1 strength $\gamma$",
    "ratio": r"rate ratio $\eta_D/\eta_G$",
    "momentum": r"momentum $\beta$",
}
_PANELS = tuple((order, other) for order in ORDERS for other in _OTHERS)

#: points and weights: D = 1/2 at the equilibrium, around which all derivatives are moments of the data
Rule = tuple[np.ndarray, np.ndarray]


def exponential(rate: float = 2.0) -> Rule:
    """Gauss-Laguerre: moments to the order 15, where the derivatives up to third order need 4."""
    points, weights = np.polynomial.laguerre.laggauss(8)
    return points / rate, weights


def mixture(share: float = 0.3, centre: float = 1.0, std: float = 0.3) -> Rule:
    """Of normals at -centre and centre, Gauss-Hermite: moments to the order 7."""
    points, weights = np.polynomial.hermite.hermgauss(4)
    both = [side * centre + std * np.sqrt(2) * points for side in (-1, 1)]
    return np.concatenate(both), np.concatenate([share * weights, (1 - share) * weights]) / weights.sum()


@dataclass(frozen=True)
class Config:
    """What is held at fixed strength, the rectangles, and the cells on a side."""

    strength: float = 0.5
    strengths: tuple[float, float] = (0.01, 2.0)
    ratios: tuple[float, float] = (0.05, 6.0)
    momenta: tuple[float, float] = (-0.9, 0.9)
    steps: tuple[float, float] = (0.05, 6.0)
    cells: int = 80

    def quick(self) -> Self:
        return replace(self, cells=5)

    def axis(self, other: str) -> np.ndarray:
        ends = {"strength": self.strengths, "ratio": self.ratios, "momentum": self.momenta}[other]
        return np.linspace(*ends, self.cells)


@dataclass(frozen=True)
class Subject:
    """A game with D = 1/2 and generated = data at its equilibrium."""

    name: str
    rule: Callable[[], Rule]
    place: Place
    latent: Callable[[np.ndarray], np.ndarray]

    def game(self, strength: Any) -> lsgan.Game:
        points, weights = self.rule()
        data, latent = (lsgan.PointMasses(own, weights) for own in (points, self.latent(points)))
        return lsgan.Game(data, latent, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))


def training(
    subject: Subject, order: str, other: str, strength: float, step: Any, value: Any
) -> tuple[lsgan.AbstractGame, lsgan.AbstractRule]:
    """The step is that of G; D's is as large, or ``ratio`` times as large."""
    if other == "momentum":
        return subject.game(strength), HeavyBall(step, value, order == "alternating")
    if other == "ratio":
        return subject.game(strength), ORDERS[order]((step * value, step))
    return subject.game(value), ORDERS[order](step)


def compute(subject: Subject, config: Config) -> Arrays:
    """Largest |multiplier| over the rectangles, and the borders with what lies beyond them."""
    steps = np.linspace(*config.steps, config.cells)
    data: Arrays = {"steps": steps}
    for order, other in _PANELS:
        axis = config.axis(other)
        one = partial(training, subject, order, other, config.strength)
        data |= map_of(f"{order}_{other}", one, axis, steps, subject.place)
    return data


def _best(data: Arrays, config: Config, order: str, other: str) -> tuple[float, float, float]:
    """The smallest |multiplier|, the step and the other parameter it is at."""
    row, columns = best(data, f"{order}_{other}")
    size = data[f"radius_{order}_{other}"][row, columns[0]]
    return float(size), float(data["steps"][row]), float(config.axis(other)[columns[0]])


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each order, a column for each parameter."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.3), layout="constrained")
    panels = figure.subplots(len(ORDERS), len(_OTHERS), sharey=True, sharex="col")
    for axes, letter, (order, other) in zip(panels.flat, "abcdef", _PANELS, strict=True):
        size, step, value = _best(data, config, order, other)
        draw_map(axes, data, f"{order}_{other}", config.axis(other), data["steps"], (value, step))
        panel_letter(axes, letter, f"{order}, best {size:.2f}")
    for axes, label in zip(panels[-1], _OTHERS.values(), strict=True):
        axes.set_xlabel(label)
    for axes in panels[:, 0]:
        axes.set_ylabel(r"step $\eta$ ($\eta_G$)")
    draw_keys(figure, panels, panels[0, 1], data)
    return figure


def _caption(says: str, data: Arrays, config: Config) -> str:
    """What is drawn, and the best pair of every panel."""
    found = []
    for order, other in _PANELS:
        size, step, value = _best(data, config, order, other)
        found.append(f"{plain(size)} at step {plain(step)} and {other} {plain(value)} ({order})")
    return (
        f"{says}, D logistic with slope b and offset a, minimax loss, at equilibrium (D = 1/2): the largest "
        "modulus of a multiplier where it is below 1, over the step of both and the strength of R1; over the "
        "step of G and the ratio of D's step to it; over the step of both and their momentum (the last two "
        f"with R1 of strength {given(config.strength)}). The smallest (star) is {listed(found)}. Lines: "
        "Neimark-Sacker points and flips with all other multipliers inside the unit circle; solid: "
        "supercritical, a small circle or two-cycle past the border; dashed: subcritical, training leaves; "
        "dotted: the coefficient of the normal form is 0. Gaps are strong resonances, or not followed."
    )


LOGISTIC = Subject(
    "logistic",
    exponential,
    Place(
        lambda: lsgan.Players(disc=lsgan.Logistic(a=1.0, b=0.0), gen=lsgan.Square(g=0.5, h=0.0)),
        ("a", "b", "h"),
    ),
    lambda points: np.sqrt(points / 0.5),  # g z^2 + h is the data at h = 0
)
MIXTURE = Subject(
    "mixture",
    mixture,
    Place(
        lambda: lsgan.Players(disc=lsgan.Logistic(a=1.0, b=0.0), gen=lsgan.Shift(shift=0.0)),
        ("a", "b", "shift"),
    ),
    lambda points: points,
)
_SAID = {
    "logistic": "Exponential data of rate 2, G(z) = z^2/2 + h with a Rayleigh latent",
    "mixture": "Data from 0.3 N(-1, 0.09) + 0.7 N(1, 0.09), G shifts the same mixture by theta",
}

EXPERIMENTS = tuple(
    Experiment(
        f"design_maps_{one.name}",
        f"step against R1 strength, rate ratio and momentum for the {one.name} game: stable, how fast, soft",
        "new",
        Config(),
        partial(compute, one),
        plot,
        caption=partial(_caption, _SAID[one.name]),
    )
    for one in (LOGISTIC, MIXTURE)
)
