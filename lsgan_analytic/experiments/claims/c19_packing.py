"""Claim 19: a discriminator that sees several samples at once punishes collapse."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLUE, GREEN, ORANGE, SINGLE, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Histograms over four modes of the data and one that is none."""

    data: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25, 0.0)
    half_dropped: tuple[float, ...] = (0.5, 0.5, 0.0, 0.0, 0.0)
    one_dropped: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3, 0.0, 0.0)
    off_the_data: tuple[float, ...] = (0.1875, 0.1875, 0.1875, 0.1875, 0.25)
    uneven: tuple[float, ...] = (0.375, 0.375, 0.125, 0.125, 0.0)
    largest: int = 8

    def quick(self) -> Self:
        return replace(self, largest=4)


_GENERATORS = ("half_dropped", "one_dropped", "off_the_data", "uneven")


def compute(config: Config) -> Arrays:
    """TV between packs of m samples, for every generator."""
    packs = range(1, config.largest + 1)
    rows = {
        name: [float(lsgan.modes.packed_tv(config.data, getattr(config, name), m)) for m in packs]
        for name in _GENERATORS
    }
    return {"m": np.asarray(packs), **{name: np.asarray(row) for name, row in rows.items()}}


def found(data: Arrays) -> dict[str, Found]:
    half, uneven, dropped = data["half_dropped"], data["uneven"], data["one_dropped"]
    return {
        "TV, half dropped, m=1": theory(half[0], 0.5, 1e-12),
        "m=2": theory(half[1], 0.75, 1e-12),
        "m=4": theory(half[3], 0.9375, 1e-12),
        "a quarter dropped, m=4": theory(dropped[3], 1 - 0.75**4, 1e-12),
        "same TV without a lost mode, m=4": theory(uneven[3], 81 / 256 + 216 / 512 - 5 / 16, 1e-12),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SINGLE, 2.5), layout="constrained")
    axes = figure.subplots()
    for name, label, color, marker in (
        ("half_dropped", "two of four modes lost", BLUE, "o"),
        ("one_dropped", "one of four lost", VERMILION, "s"),
        ("off_the_data", r"a quarter off the data, none lost", GREEN, "x"),
        ("uneven", "none lost, uneven weights", ORANGE, "^"),
    ):
        dash = "--" if name == "off_the_data" else "-"
        axes.plot(data["m"], data[name], dash, marker=marker, markersize=4, color=color, label=label)
    axes.set(xlabel="samples $m$ that $D$ sees at once", ylabel=r"TV$(p^m, q^m)$", ylim=(0, 1.02))
    axes.set_xticks(data["m"])
    axes.legend(frameon=False, loc="lower right")
    return figure


CLAIM = Claim(
    name="claim19_packing",
    title="Total variation between packs of samples: a lost mode stands out",
    source="Lin et al. (2018), PacGAN; Salimans et al. (2016), minibatch discrimination",
    config=Config(),
    compute=compute,
    plot=plot,
    number=19,
    says="Packing and minibatch discrimination punish mode collapse: D sees that samples are too alike.",
    model="four equal modes; generators that lose some, packs of m independent samples, exact TV",
    verdict="right",
    correct=(
        "TV of packs is 1 - (1 - e)^m where mass e is dropped: of generators with the same TV at m = 1 it "
        "parts those that lose a mode from those that only weigh them unevenly. It rises as fast for points "
        "off the data, which no D needs a pack to see."
    ),
    limits="The best D on packs; whether a trained one finds it in m times as many dimensions is not asked.",
    found=found,
)
