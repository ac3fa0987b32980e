"""The closed curve that a recorded run follows, refined."""

import numpy as np

from .._recurrence import bump, size_of, turning
from ._loops import fitted, Loop, refined
from ._motion import Motion
from ._orbits import batch

_MODES = (16, 32, 64, 128)


def distance(points: np.ndarray, others: np.ndarray) -> float:
    """The largest distance of a point from the nearest of the others."""
    return float(np.linalg.norm(points[:, None] - others[None], axis=-1).min(axis=1).max())


def follows(loop: Loop, points: np.ndarray) -> bool:
    """Whether all points are next to the curve, relative to their size."""
    return distance(points, loop.at(np.linspace(0, 2 * np.pi, 1024))) <= 0.05 * size_of(points)


def circle_along(motion: Motion, record: np.ndarray, eps: float) -> Loop | None:
    """The invariant circle next to a recorded run."""
    turns = turning(record)
    if turns is None:
        return None
    phases, angle = turns
    loop: Loop | None = None
    for modes in _MODES:
        m = 2 * modes + 1
        guess = fitted(phases, record, bump(len(record)), m)
        loop = refined(lambda points: batch(motion, points), Loop(guess, angle), True, 300 * eps)
        if loop is not None and loop.tail <= eps**0.5:
            return loop
    return None


def closed_orbit(motion: Motion, record: np.ndarray, count: float, dt: float, eps: float) -> Loop | None:
    """The periodic orbit next to the last ``count`` intervals dt of a record."""
    omega = 2 * np.pi / (count * dt)
    for modes in _MODES:
        m = 2 * modes + 1
        places = len(record) - 1 - count + count * np.arange(m) / m
        rows = np.arange(len(record))
        guess = np.stack([np.interp(places, rows, column) for column in record.T], axis=1)
        loop = refined(lambda points: batch(motion, points), Loop(guess, omega), False, 300 * eps)
        if loop is not None and loop.tail <= eps**0.5:
            return loop
    return None
