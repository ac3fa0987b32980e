"""Bifurcations along a branch: where the number of unstable, or of real, eigenvalues changes.

With growth = Re lambda (flow) or |mu| - 1 (map) of each eigenvalue, those that are 0 all along the branch
left out, the r-th largest growth changes its sign where the r-th eigenvalue becomes unstable: a count sees
any number of equal ones, where a product over them does not. Folds and branch points are signs of the tangent
and of a determinant as well (Kuznetsov, Elements of Applied Bifurcation Theory, ch. 10): they can leave all
counts as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

SENTENCES = {
    "fold": "fold: the branch turns back in the parameter",
    "branch_point": "branch point: another branch crosses",
    "hopf": "Hopf: a complex pair of eigenvalues crosses the imaginary axis",
    "flip": "flip: a multiplier crosses -1",
    "neimark_sacker": "Neimark-Sacker: a complex pair of multipliers crosses the unit circle",
    "node_focus": "node-focus: a pair of eigenvalues meets and turns from real to complex, or back",
}
_SIGNS = ("fold", "branch_point")  # the functions of ``values``
_BISECTIONS = 50


@runtime_checkable
class Point(Protocol):
    """A point of a branch: ``_walk.Point``."""

    @property
    def where(self) -> np.ndarray: ...
    @property
    def tangent(self) -> np.ndarray: ...
    @property
    def eigenvalues(self) -> np.ndarray: ...
    @property
    def tests(self) -> dict[str, float]: ...


#: (guess, normal of the plane through it, direction of the tangent) -> the point of the branch
Solver = Callable[[np.ndarray, np.ndarray, np.ndarray], Point | None]


class Event(NamedTuple):
    """What happens, how many eigenvalues or pairs at once, where."""

    kind: str
    multiplicity: int
    at: Point


def values(slope: np.ndarray, tangent: np.ndarray) -> dict[str, float]:
    """The functions that change sign at a fold and at a branch point, in [-1, 1] or so.

    ``slope`` is the Jacobian (n, n + 1) of the equations, ``tangent`` that of the branch, the parameter last.
    """
    whole = np.vstack([slope, tangent])
    size = np.abs(whole).max(axis=1, keepdims=True)
    branch_point = np.linalg.det(whole / np.where(size > 0, size, 1))
    return {"fold": float(tangent[-1]), "branch_point": float(branch_point)}


def events(points: Sequence[Point], solve: Solver, is_map: bool, tolerance: float) -> list[Event]:
    """All that happens between the points, in their order."""
    found = _Search(points, solve, is_map, tolerance)
    by_sign = list(found.by_sign())
    near = 10 * np.sqrt(tolerance)

    def known(event: Event) -> bool:
        return any(
            np.linalg.norm(event.at.where - other.at.where) <= near * (1 + np.linalg.norm(event.at.where))
            for _, other in by_sign
        )

    by_count = [one for one in found.crossings() if one[1].kind != "branch_point" or not known(one[1])]
    every = [*by_sign, *by_count, *found.meetings()]
    return [event for _, event in sorted(every, key=lambda one: one[0])]


class _Search:
    """The points of one branch, and a solver for points between them."""

    def __init__(self, points: Sequence[Point], solve: Solver, is_map: bool, tolerance: float):
        self.points, self._solve, self._is_map, self._tolerance = points, solve, is_map, tolerance
        self._neutral = min(int(np.sum(np.abs(self._growth(p)) <= tolerance)) for p in points)

    def _growth(self, point: Point) -> np.ndarray:
        """Of every eigenvalue: > 0 where it is unstable."""
        spectrum = point.eigenvalues
        return np.abs(spectrum) - 1 if self._is_map else np.real(spectrum)

    def _near(self, point: Point) -> float:
        """What is 0 at an event, in units of the eigenvalues (of a map: of mu - 1)."""
        return float(np.sqrt(self._tolerance) * np.abs(point.eigenvalues - self._is_map).max())

    def _ranked(self, point: Point) -> np.ndarray:
        """Growths, the largest first, without the neutral ones."""
        growth = self._growth(point)
        return np.sort(growth[np.argsort(np.abs(growth))[self._neutral :]])[::-1]

    def _pairs(self, point: Point) -> int:
        """How many complex pairs there are."""
        return int(np.sum(np.imag(point.eigenvalues) > self._near(point)))

    def by_sign(self) -> Iterator[tuple[float, Event]]:
        """Folds and branch points."""
        for kind in _SIGNS:
            sure = 0
            for i, point in enumerate(self.points):
                if abs(point.tests[kind]) <= self._tolerance:
                    continue  # 0, or rounding
                here, sure = sure, i
                if self.points[here].tests[kind] * point.tests[kind] < -(self._tolerance**2):
                    place, at = self._refined(here, i, lambda p, kind=kind: p.tests[kind])
                    zeros = np.abs(at.eigenvalues - self._is_map) <= self._near(at)
                    yield place, Event(kind, max(1, int(np.sum(zeros))), at)

    def crossings(self) -> Iterator[tuple[float, Event]]:
        """Eigenvalues that become unstable, or stable."""
        sure = [i for i, p in enumerate(self.points) if np.all(np.abs(self._ranked(p)) > self._tolerance)]
        for last, i in pairwise(sure):  # the others are at a crossing
            counts = [int(np.sum(self._ranked(self.points[k]) > 0)) for k in (last, i)]
            rank = min(counts)
            while rank < max(counts):
                place, at = self._refined(last, i, lambda p, rank=rank: self._ranked(p)[rank])
                yield from ((place, event) for event in self._crossing(at, self.points[last]))
                rank += max(1, self._size(at))

    def _size(self, at: Point) -> int:
        """How many eigenvalues cross at ``at``."""
        return int(np.sum(np.abs(self._ranked(at)) <= self._near(at)))

    def _crossing(self, at: Point, before: Point) -> Iterator[Event]:
        """The events that the eigenvalues on the border are, those that are there ``before`` left out."""
        growth = np.abs(self._growth(at))
        border = at.eigenvalues[np.argsort(growth)[: self._neutral + max(1, self._size(at))]]
        stay = before.eigenvalues[np.argsort(np.abs(self._growth(before)))[: self._neutral]]
        near = self._near(at)
        turning, flips, zeros = np.maximum(self._sorts(border, near) - self._sorts(stay, near), 0).tolist()
        if turning > 1:
            yield Event("neimark_sacker" if self._is_map else "hopf", turning // 2, at)
        if flips:
            yield Event("flip", flips, at)
        if zeros:
            yield Event("branch_point", zeros, at)

    def _sorts(self, border: np.ndarray, near: float) -> np.ndarray:
        """How many eigenvalues on the border are complex, -1, and 0 (flow) or 1 (map)."""
        turning = np.abs(np.imag(border)) > near
        flips = ~turning & (np.real(border) < 0) & self._is_map
        return np.asarray([np.sum(turning), np.sum(flips), np.sum(~turning & ~flips)])

    def meetings(self) -> Iterator[tuple[float, Event]]:
        """Real eigenvalues that meet and become complex, or the other way round."""
        for i in range(1, len(self.points)):
            counts = [self._pairs(self.points[k]) for k in (i - 1, i)]
            if counts[0] == counts[1]:
                continue
            half = 0.5 * (counts[0] + counts[1])
            place, at = self._refined(i - 1, i, lambda p, half=half: self._pairs(p) - half)
            yield place, Event("node_focus", abs(counts[1] - counts[0]), at)

    def _refined(self, first: int, last: int, function: Callable[[Point], float]) -> tuple[float, Point]:
        """(place along the branch, the point) between two points where ``function`` changes its sign.

        As near as points of the branch are found; the second of the two if there is none between them.
        """
        here, right = self.points[first], self.points[last]
        chord = right.where - here.where
        sign = np.sign(function(here))
        low, high, found = 0.0, 1.0, right
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            between = self._solve(here.where + middle * chord, chord / np.linalg.norm(chord), here.tangent)
            if between is None:
                break
            found = between
            low, high = (middle, high) if function(between) * sign > 0 else (low, middle)
        return first + low * (last - first), found
