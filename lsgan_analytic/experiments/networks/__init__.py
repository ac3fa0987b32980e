"""A neural GAN solved exactly: two piecewise-linear networks on the line, their exact path and its spectra.

Normal latent variable, mixtures of two and of eight modes, the non-saturating loss, simultaneous gradient
steps. The exact game gives the path of infinitely many samples, the Hessians and the Jacobian on it, and the
covariance of stochastic runs about it to first order in 1/batch: what low-dimensional theory offers, here for
players with dozens of parameters, beside runs of SGD.
"""

from functools import partial

from .._run import Arrays, Experiment, side_by_side
from ._caption import caption
from ._config import Config
from ._eight_modes import eight_modes
from ._figure import plot
from ._two_modes import two_modes


def compute(config: Config) -> Arrays:
    """Of two modes: path, tube, runs, spectra; of eight: modes held along the exact path and by SGD."""
    parts = side_by_side(partial(two_modes, config), partial(eight_modes, config))
    return {name: values for part in parts for name, values in part.items()}


EXPERIMENTS = (
    Experiment(
        "networks",
        "A neural GAN solved exactly (one start): the predicted tube of SGD holds; where the path creeps in "
        "the end no player is at an optimum; eight modes are covered, not resolved",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
