"""What a recorded run looks like: which of its points come back, and how fast it turns."""

import numpy as np

LONGEST = 64  # steps of a periodic orbit of a map
_CLOSE = 0.05  # of the size of a run: how near a point that comes back comes


def bump(count: int) -> np.ndarray:
    """Weights of sum 1 that make means over quasi-periodic points converge faster than any power.

    exp(-1/(t (1 - t))): Das, Saiki, Sander & Yorke, Nonlinearity 30 (2017) 4111.
    """
    t = (np.arange(count) + 1.0) / (count + 1.0)
    weights = np.exp(-1 / (t * (1 - t)))
    return weights / weights.sum()


def size_of(points: np.ndarray) -> float:
    """The largest distance from the mean."""
    return float(np.linalg.norm(points - points.mean(axis=0), axis=1).max())


def periods(points: np.ndarray) -> list[int]:
    """The numbers of steps after which the end of the run comes back, the closest of their neighbours."""
    last = points[-2 * LONGEST :]
    size = size_of(last)
    apart = [np.linalg.norm(last[k:] - last[:-k], axis=1).max() for k in range(1, LONGEST + 1)]
    return [k for k, distance in enumerate(apart, 1) if distance <= _CLOSE * size or size == 0]


def turning(points: np.ndarray) -> tuple[np.ndarray, float] | None:
    """(phases of all points, the angle of a step in (0, pi)) of a run on a curve around its mean.

    The curve is seen in the plane of its two largest principal components. What a step adds to the angle is a
    continuous function of the angle, so it is made one before its mean is taken. None where it is not.
    """
    centred = points - points.mean(axis=0)
    plane = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    if plane.shape[1] < 2:
        return None
    angles = np.arctan2(plane[:, 1], plane[:, 0])
    steps = np.diff(angles)
    order = np.argsort(angles[:-1])
    sorted_steps = np.unwrap(steps[order])
    if np.abs(np.diff(sorted_steps)).max() > 1.0:
        return None
    steps[order] = sorted_steps
    angle = float(np.sum(bump(len(steps)) * steps))
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    return np.arange(len(points)) * angle, angle


def period_of_flow(points: np.ndarray) -> tuple[float, float] | None:
    """(period, distance between the end and the point a period before) in units of the sampling."""
    back = points[::-1]
    size = size_of(points)
    apart = np.linalg.norm(back - back[0], axis=1)
    away = np.flatnonzero(apart > 0.5 * apart.max())
    if not len(away) or size == 0:
        return None
    step = np.linalg.norm(np.diff(back, axis=0), axis=1)
    inner = np.arange(away[0] + 1, len(back) - 1)
    minima = inner[(apart[inner] <= apart[inner - 1]) & (apart[inner] < apart[inner + 1])]
    close = minima[apart[minima] <= np.maximum(_CLOSE * size, 0.6 * step[minima])]
    if not len(close):
        return None
    j = int(close[0])
    along = back[j + 1] - back[j - 1]
    share = float(along @ (back[0] - back[j]) / max(float(along @ along), 1e-300)) * 2
    return j + share, float(apart[j])
