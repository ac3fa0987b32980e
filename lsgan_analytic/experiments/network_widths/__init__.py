"""Which verdicts of low-dimensional models hold for networks of 2 to 64 hidden units.

Two piecewise-linear networks, normal latent variable, two normal modes, SGD on fresh batches. A network of w
units is one of 64 with the others 0, which receive no gradient: all widths are one program.

The motion of G late in training holds its drift and the sampling noise too, which are not told apart: that
alternation and R1 do not lessen it does not say that they would not help where something oscillates.
"""

from functools import partial

import numpy as np

from .._run import Arrays, Experiment, side_by_side
from ._config import Config
from ._figure import caption, plot
from ._training import generated_quantiles, generator_slopes


def compute(config: Config) -> Arrays:
    """Of every setting (widths, seeds): motion, mass on the poorer side, hops; for claim 4 two slopes."""
    names = list(config.settings())
    jobs = [partial(generated_quantiles, config, name) for name in names] + [
        partial(generator_slopes, config)
    ]
    *quantiles, slopes = side_by_side(*jobs)
    return measures(np.stack(quantiles), config) | {"slopes": slopes[:, :, -1]}


def measures(laws: np.ndarray, config: Config) -> Arrays:
    """Of every setting, width and seed, in units of x or counts, over the second half of the steps.

    ``laws``: (settings, widths, seeds, T, quantiles).
    """
    late = laws[:, :, :, laws.shape[3] // 2 :]
    mean = late.mean(axis=-1)
    return {
        "motion": np.abs(np.diff(late, axis=3)).mean(axis=(3, 4)),
        "lesser": np.minimum((late[:, :, :, -1] > 0).mean(axis=-1), (late[:, :, :, -1] < 0).mean(axis=-1)),
        "hops": _hops(mean, 0.5 * config.mode),
    }


def _hops(mean: np.ndarray, beyond: float) -> np.ndarray:
    """How often the mean of the generated points goes from beyond one side to beyond the other."""
    count, side = np.zeros(mean.shape[:-1], int), np.zeros(mean.shape[:-1])
    for k in range(mean.shape[-1]):
        now = np.where(np.abs(mean[..., k]) > beyond, np.sign(mean[..., k]), side)
        count += (now * side) < 0
        side = now
    return count


EXPERIMENTS = (
    Experiment(
        "network_widths",
        "Five verdicts of low-dimensional models, asked of networks of 2 to 64 hidden units: at small steps "
        "claim 4 holds at every width, claim 9 for most starts; no hopping, no help by alternation or R1",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
