"""Whether the last half of a path is on a cycle, and its period: from recurrence, nothing is refined.

On the host, in NumPy: there is nothing to compile, so that the first call of ``trajectory`` is not slower.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float

from ._recurrence import bump, LONGEST, turning
from ._types import Flag, Scalar

_STEADY = 1e-3  # of the size: by how much mean and size of the last two quarters may differ
_FEWEST = 4  # periods in a quarter of the path
_CLOSE = 0.05  # of the size, or
_SHARE = 0.25  # of a step: how near a path that comes back comes
_FOLDED = 1e-2  # of the size: how far points may be from the curve through their neighbours in phase
_SAME = 1e-3  # of the shortest step: how near a periodic orbit of a map comes back


def recurrent_period(path: Float[Array, "T n"], asked: Flag) -> Scalar:
    """The steps after which the end of ``path`` comes back, again and again; NaN where it is not on a cycle.

    A cycle: mean and size of the third and of the fourth quarter of the path agree to 1e-3 of the size, each
    quarter holds four periods or more, and with the phase 2 pi k/period for step k the last half is one
    curve, to 1e-2 of the size. The size is the root of the mean square of the distances from the mean. A
    spiral whose size changes by more than 0.4 % in the time of the run is none. NaN also where it is not
    ``asked``.
    """
    if not (isinstance(path, Tracer) or isinstance(asked, Tracer)):
        return jnp.asarray(_of_whole(np.asarray(path), np.asarray(asked)))
    kind = jax.ShapeDtypeStruct((), path.dtype)
    inputs = jax.lax.stop_gradient((path, asked))
    return jax.pure_callback(_of_whole, kind, *inputs, vmap_method="broadcast_all")


def half_of(points: int) -> int:
    """How many of the last points of a path are looked at: two quarters."""
    return 2 * (points // 4)


def _of_whole(paths: Array | np.ndarray, asked: Array | np.ndarray) -> np.ndarray:
    values = np.asarray(paths)
    return periods(values[..., values.shape[-2] - half_of(values.shape[-2]) :, :], asked)


def periods(halves: Array | np.ndarray, asked: Array | np.ndarray) -> np.ndarray:
    """(...) from the last halves of paths, (..., 2 q, n)."""
    values, moving = np.asarray(halves), np.asarray(asked)
    each = zip(values.reshape(moving.size, *values.shape[-2:]), moving.ravel(), strict=True)
    found = [_period(path, bool(one)) for path, one in each]
    return np.asarray(found, values.dtype).reshape(moving.shape)


def _period(path: np.ndarray, asked: bool) -> np.floating:
    nan, quarter = path.dtype.type(np.nan), len(path) // 2
    if not asked or quarter < 2 * _FEWEST or not np.isfinite(path).all():
        return nan
    half, eps = path.astype(float), np.finfo(path.dtype).eps
    size = float(np.sqrt(np.sum(np.var(half, axis=0))))
    if size <= 64 * eps * (1 + np.abs(half).max()):
        return nan
    for period in _candidates(half, size):
        turns = int(quarter / period)
        steady = turns >= _FEWEST and _is_steady(half, round(turns * period), size)
        if steady and _folded(half, period) <= _FOLDED * size:
            return path.dtype.type(period)
    return nan


def _is_steady(half: np.ndarray, count: int, size: float) -> bool:
    """Whether the last ``count`` points, whole periods, have the mean and the size of those before."""
    weights = bump(count)[:, None]
    parts = half[-2 * count : -count], half[-count:]
    means = [np.sum(weights * part, axis=0) for part in parts]
    before, after = (
        np.sqrt(np.sum(weights * (part - mean) ** 2)) for part, mean in zip(parts, means, strict=True)
    )
    return bool(max(np.linalg.norm(means[1] - means[0]), abs(after - before)) <= _STEADY * size)


def _candidates(half: np.ndarray, size: float) -> list[float]:
    """Periods to be looked at: of an orbit of a few points, of a turn around the mean, of a return."""
    back = half[::-1]
    apart = np.linalg.norm(back[: LONGEST + 1] - back[0], axis=1)
    same = [k for k in range(2, len(apart)) if apart[k] <= _SAME * apart[1:k].min()]
    turn = turning(half[-2048:])
    turns = [2 * np.pi / abs(turn[1])] if turn is not None and turn[1] != 0 else []
    return [float(k) for k in same[:1]] + turns + _returns(back, size)


def _returns(back: np.ndarray, size: float) -> list[float]:
    """The period by the returns of the path to its end after 1, 2, 4, ... turns; none, or one."""
    along, offset = np.diff(back, axis=0), back[0] - back[:-1]
    length = np.sum(along**2, axis=1)
    share = np.clip(np.sum(along * offset, axis=1) / np.where(length > 0, length, 1), 0, 1)
    apart = np.linalg.norm(offset - share[:, None] * along, axis=1)
    when, near = np.arange(len(along)) + share, apart <= np.maximum(_CLOSE * size, _SHARE * np.sqrt(length))
    away = np.flatnonzero(np.linalg.norm(offset, axis=1) > size)
    local = np.flatnonzero(near[:-1] & (apart[:-1] <= apart[1:]))
    local = local[local >= away[0]] if len(away) else local[:0]
    if not len(local):
        return []
    first = period = when[local[0]]
    turns = 1
    while 2 * turns * period + first <= len(when):
        close = np.flatnonzero(abs(when - 2 * turns * period) <= 0.25 * first)
        if not len(close):
            return []
        best = close[np.argmin(apart[close])]
        turns, period = 2 * turns, when[best] / (2 * turns)
    return [float(period)]


def _folded(half: np.ndarray, period: float) -> float:
    """The distances of points from the chords between their neighbours in phase, root of the mean square."""
    phase = np.arange(len(half)) / period % 1
    order = np.argsort(phase)
    phase, points = phase[order], half[order]
    before, after = phase[1:-1] - phase[:-2], phase[2:] - phase[1:-1]
    share = np.where(before + after > 0, before / np.where(before + after > 0, before + after, 1), 0.5)
    chord = points[:-2] + share[:, None] * (points[2:] - points[:-2])
    return float(np.sqrt(np.mean(np.sum((points[1:-1] - chord) ** 2, axis=1))))
