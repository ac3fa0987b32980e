"""Which rule is stable at which step: the largest multiplier at the equilibria of two small games.

Near its equilibrium the Dirac-GAN (Mescheder et al. 2018) is the bilinear game sigma x y with sigma = f'(0) =
1/2, so both have the same borders in s = h sigma, unless a rule or a regulariser brings a scale of its own.
"""

from math import inf

import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays, Experiment
from ._figure import caption, plot
from ._games import GAMES, multipliers, NEUTRAL
from ._rows import Config, rows


def border(steps: np.ndarray, log_largest: np.ndarray) -> tuple[float, float]:
    """The two neighbours among ``steps`` (with 0 and infinity) between which multipliers leave the disc."""
    outside = [*(log_largest > NEUTRAL), True]
    first = outside.index(True)
    ends = np.array([0.0, *steps, inf])
    return float(ends[first]), float(ends[first + 1])


def compute(config: Config) -> Arrays:
    """Of each game: (rules, steps) log of the largest multiplier; the border by theory, and
    the two steps between which it was measured.
    """
    steps = np.geomspace(*config.steps, config.points)
    data = {"step": steps, "names": np.asarray([row.name for row in rows(config)])}
    masses = lsgan.PointMasses([0.0])
    for name, (loss, sigma, _) in GAMES.items():
        plain = lsgan.Game(masses, masses, loss)
        penalised = lsgan.Game(masses, masses, loss, regularizers=(lsgan.R1(config.strength),))
        logs = [
            np.log(multipliers(penalised if row.regularized else plain, row, steps)) for row in rows(config)
        ]
        data |= {
            f"log_{name}": np.asarray(logs),
            f"measured_{name}": np.asarray([border(steps, one) for one in logs]),
            f"theory_{name}": np.asarray([row.limit(sigma) for row in rows(config)]),
        }
    return data


EXPERIMENTS = (
    Experiment(
        "eigenvalue_atlas",
        "rule x step: the largest multiplier on the Dirac-GAN and the bilinear game",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
