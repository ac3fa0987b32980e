"""The largest step at which a family of rules is stable."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import label
from .._types import Players
from ..derivatives import jacobian, step_jacobian
from ..game import AbstractGame
from ..parameters import Names
from ..updates.base import AbstractRule

_POINTS = 64
_REFINEMENTS = 5


def largest_stable_step(
    game: AbstractGame,
    family: Callable[[Array], AbstractRule],
    players: Players,
    free: Names = None,
    high: float | None = None,
) -> float:
    """The step at which ``family(step)`` first loses stability at the stationary point ``players``.

    The spectral radius of the one-step map, state included, passes 1 there (by more than sqrt(eps): a
    neutral direction is not a loss). Found on a geometric grid of 64 steps from high/10^5 to ``high``, then
    refined 64-fold five times: a window of stability narrower than that grid is not seen.

    Args:
        family: step -> rule, e.g. ``lsgan.Alternating`` or ``lambda step: lsgan.Consensus(step, 0.1)``.
        players: the point; free: names (None: all).
        high: the largest step tried; None: 100/|lambda|, lambda the largest eigenvalue of the flow.

    Returns:
        The step; 0.0 if the smallest is not stable, inf if ``high`` still is.

    Raises:
        ValueError: unknown names in ``free``; high <= 0; a field whose Jacobian is zero, without ``high``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> step = lsgan.largest_stable_step(game, lsgan.Optimistic, players, free=("w", "shift"))
    >>> round(step, 5)  # 1/sqrt(3)
    0.57735
    """
    slope = np.asarray(jacobian(game, players, free))
    rate = np.abs(np.linalg.eigvals(slope)).max()
    if high is None and not rate > 0:
        raise ValueError("high: expected a largest step, since the field has no slope at these players")
    high = label(100 / rate if high is None else high, "high", low=np.finfo(slope.dtype).tiny)
    limit = 1 + float(np.sqrt(np.finfo(slope.dtype).eps))

    def stable(steps: np.ndarray) -> np.ndarray:
        maps = _step_jacobians(game, family, players, free, jnp.asarray(steps, slope.dtype))
        return np.abs(np.linalg.eigvals(np.asarray(maps))).max(axis=1) <= limit

    steps = np.geomspace(1e-5 * high, high, _POINTS)
    for _ in range(1 + _REFINEMENTS):
        lost = ~stable(steps)
        if not lost.any():
            return float("inf") if steps[-1] >= high else float(steps[-1])
        first = int(np.argmax(lost))
        if first == 0:
            return 0.0 if steps[0] <= 1e-5 * high else float(steps[0])
        steps = np.linspace(steps[first - 1], steps[first], _POINTS)
    return float(steps[0])


@eqx.filter_jit
def _step_jacobians(
    game: AbstractGame,
    family: Callable[[Array], AbstractRule],
    players: Players,
    free: Names,
    steps: Array,
) -> Array:
    return jax.vmap(lambda step: step_jacobian(game, family(step), players, free))(steps)
