"""The largest step at which a family of rules is stable."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from .._checks import checked_float
from .._types import Players
from .._window import checked_names, checked_parts
from ..derivatives import jacobian, step_jacobian
from ..game import AbstractGame
from ..parameters import Names
from ..updates.base import AbstractRule

_POINTS = 128
_SMALLEST = 1e-10  # of the largest step
_REFINEMENTS = 5
_NEAR = 8  # steps of the grid, a factor 4
_POWERS = 0.3  # by which the exponent of a power of the step may seem to change from step to step


def largest_stable_step(
    game: AbstractGame,
    family: Callable[[Array], AbstractRule],
    players: Players,
    free: Names = None,
    high: float | None = None,
) -> float:
    """The step at which ``family(step)`` first loses stability at the stationary point ``players``.

    A multiplier mu of the one-step map, state included, leaves the unit circle there; a neutral one,
    |mu| = 1, is not a loss. Whether |mu| - 1 is 0 is decided to the rounding of the eigenvalue: eps |M| times
    its condition number (at most the square root, as for a defective one). From 128 steps, a geometric grid
    from high/10^10 to ``high``, and refined 128-fold five times: a window of stability narrower than a factor
    1.2 is not found.

    Where |mu| - 1 is rounding below the first step that is unstable, the rule is neutral there or unstable by
    too little to be detected. The second if |mu| - 1 follows one power of the step, as it does near step 0
    (step^2 for simultaneous play of the bilinear game), and that power is rounding where none was found.

    Args:
        family: step -> rule, e.g. ``lsgan.Alternating`` or ``lambda step: lsgan.Consensus(step, 0.1)``.
        players: the point; free: names (None: all).
        high: the largest step tried; None: 100/|lambda|, lambda the largest eigenvalue of the flow.

    Returns:
        The step: to 1e-9, or where |mu| - 1 reaches its rounding (float32: about 1e-6 over its slope). 0.0 if
        the rule is unstable at every step that can be told from neutral, inf if ``high`` is still stable.

    Raises:
        ValueError: unknown names in ``free``; high <= 0; a field whose Jacobian is zero, without ``high``; no
            rule; a rule whose step has no finite Jacobian at ``players`` (Adam's square root has none where
            the gradients are 0, unless its ``eps_root`` > 0).

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> step = lsgan.largest_stable_step(game, lsgan.Optimistic, players, free=("w", "shift"))
    >>> round(step, 5)  # 1/sqrt(3)
    0.57735
    """
    checked_parts(game, players)
    if not callable(family):
        raise ValueError(f"family: expected a function of the step that makes a rule, got {family!r}")
    free = None if free is None else checked_names(free, "free")
    slope = np.asarray(jacobian(game, players, free))
    if not np.all(np.isfinite(slope)):
        raise ValueError(f"players: expected a field with a finite Jacobian, got {slope.tolist()}")
    rate = np.abs(np.linalg.eigvals(slope)).max()
    if high is None and not rate > 0:
        raise ValueError("high: expected a largest step, since the field has no slope at these players")
    high = checked_float(100 / rate if high is None else high, "high", low=float(np.finfo(slope.dtype).tiny))

    def growths(steps: np.ndarray) -> _Growths:
        maps = _step_jacobians(game, family, players, free, jnp.asarray(steps, slope.dtype))
        return _growths(np.asarray(maps), steps)

    steps = np.geomspace(_SMALLEST * high, high, _POINTS)
    found = growths(steps)
    lost = np.any(found.unstable, axis=1)
    if not lost.any():
        return float("inf")
    first = int(np.argmax(lost))
    if first == 0:
        return 0.0
    last, neutral = _before(found, first)
    if neutral is None and _hidden(steps[first - 1], found.rounding[first - 1].max(), steps[first], growths):
        return 0.0
    return _refined(float(steps[last]), float(steps[first]), neutral, growths)


class _Growths(NamedTuple):
    """|mu| - 1 of k maps (k, n), and its rounding."""

    size: NDArray[np.float64]
    rounding: NDArray[np.float64]

    @property
    def unstable(self) -> NDArray[np.bool_]:
        return np.greater(self.size, self.rounding)

    @property
    def neutral(self) -> NDArray[np.bool_]:
        return np.less_equal(np.abs(self.size), self.rounding)


def _growths(maps: np.ndarray, steps: np.ndarray) -> _Growths:
    finite = np.asarray(np.isfinite(maps).all(axis=(1, 2)))
    if not finite[0]:
        raise ValueError(
            f"family: expected rules whose step has a finite Jacobian at the players, got NaN or infinity at "
            f"step={steps[0]:g} (Adam and its kin have none where gradients are 0, unless eps_root > 0)"
        )
    eps = 8 * maps.shape[-1] * float(np.finfo(maps.dtype).eps)
    maps = np.where(finite[:, None, None], maps, 0).astype(float)
    values, right = np.linalg.eig(maps)
    left = np.linalg.pinv(right)
    condition = np.linalg.norm(right, axis=1) * np.linalg.norm(left, axis=2)
    error = eps * np.maximum(1, np.linalg.norm(maps, axis=(1, 2)))[:, None]
    rounding = np.minimum(error * np.maximum(1, condition), np.sqrt(error))
    return _Growths(np.where(finite[:, None], np.abs(values) - 1, np.inf), rounding)


def _before(found: _Growths, first: int) -> tuple[int, int | None]:
    """The last step before ``first`` at which all that is not neutral is clearly stable.

    And how many multipliers are neutral there and stay so at ``first``; None if one of them does not.
    """
    neutral = np.sum(found.neutral, axis=1)
    start = max(0, first - _NEAR)
    nearby = neutral[start:first]
    last = start + int(np.flatnonzero(nearby == nearby.min())[-1])
    stay = neutral[first] >= neutral[last]
    return (last, int(neutral[last])) if stay else (first - 1, None)


def _hidden(before: float, rounding: float, first: float, growths: Callable[[np.ndarray], _Growths]) -> bool:
    """Whether the instability found from step ``first`` on goes down to step 0, below rounding."""
    steps = np.geomspace(first, 1e6 * first, _POINTS)
    found = growths(steps)
    top = np.max(found.size, axis=1)
    clear = np.max(found.size - 16 * found.rounding, axis=1) > 0
    at = int(np.argmax(clear)) + 4 * np.arange(3)  # a factor 1.5 apart
    if not clear.any() or at[-1] >= _POINTS or not np.all(clear[at] & np.isfinite(top[at])):
        return False
    powers = np.diff(np.log(top[at])) / np.diff(np.log(steps[at]))
    expected = top[at[0]] * (before / steps[at[0]]) ** powers[0]
    return bool(abs(powers[1] - powers[0]) <= _POWERS and expected <= 4 * rounding)


def _leading(found: _Growths, neutral: int) -> NDArray[np.float64]:
    """The largest |mu| - 1 of each map, the ``neutral`` smallest in size left out."""
    order = np.argsort(np.abs(found.size), axis=1)[:, neutral:]
    return np.max(np.take_along_axis(found.size, order, axis=1), axis=1)


def _refined(
    low: float, high: float, neutral: int | None, growths: Callable[[np.ndarray], _Growths]
) -> float:
    """The last step between ``low``, which is stable, and ``high``, which is not, that is stable."""
    for _ in range(_REFINEMENTS):
        between = np.linspace(low, high, _POINTS)
        found = growths(between)
        lost = np.any(found.unstable, axis=1) if neutral is None else _leading(found, neutral) > 0
        inside = np.flatnonzero(lost[1:-1])
        at = 1 + int(inside[0]) if len(inside) else _POINTS - 1
        low, high = float(between[at - 1]), float(between[at])
    return low


@eqx.filter_jit
def _step_jacobians(
    game: AbstractGame,
    family: Callable[[Array], AbstractRule],
    players: Players,
    free: Names,
    steps: Array,
) -> Array:
    def one(step: Array) -> Array:
        rule = family(step)
        if not isinstance(rule, AbstractRule):
            raise ValueError(f"family: expected a function of the step that makes a rule, it made {rule!r}")
        return step_jacobian(game, rule, players, free)

    return jax.vmap(one)(steps)
