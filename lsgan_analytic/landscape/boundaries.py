"""Where one basin ends and another begins."""

import jax
import numpy as np
from jaxtyping import Array, Bool

from .._checks import positive
from .basins import Basins, checked_basins


def boundaries(found: Basins, apart: float) -> Bool[np.ndarray, "..."]:
    """The starts on the border of a basin: some neighbour along an axis of the grid ended elsewhere.

    Elsewhere is with another outcome, or more than ``apart`` away from this end: in the free parameters, of
    a cycle in its mean and its size. Starts that an interruption left out have no border.

    Args:
        found: what ``basins`` gave; apart: > 0. ValueError otherwise.

    Returns:
        bool, with the axes of the grid.

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(point, point, lsgan.Wasserstein(), (lsgan.R1(1.0),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.0))
    >>> starts = {"w": [-1.0, 1.0], "shift": [0.0, 2.0]}
    >>> found = lsgan.basins(game, lsgan.Simultaneous(0.3), players, starts, 99, free=("w", "shift"))
    >>> bool(lsgan.boundaries(found, apart=0.1).any())      # one basin
    False
    """
    limit = float(positive("apart")(apart))
    shape = checked_basins(found).finished.shape
    ends = np.concatenate([_flat(found.centre, shape), _flat(found.size, shape)], axis=-1)
    (outcome,) = (_flat(leaf, shape) for leaf in jax.tree.leaves(found.outcome))
    border = np.zeros(shape, bool)
    for axis in range(len(shape)):
        low, high = ((slice(None),) * axis + (part,) for part in (slice(None, -1), slice(1, None)))
        far = np.linalg.norm(ends[high] - ends[low], axis=-1) > limit
        differ = (far | (outcome[high] != outcome[low])[..., 0]) & found.finished[low] & found.finished[high]
        border[low] |= differ
        border[high] |= differ
    return border


def _flat(leaf: Array, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(leaf).reshape(*shape, -1)
