"""The equations of a border of stability in two parameters, and its points."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._types import Players, Scalar
from ..game import AbstractGame
from ..updates.base import AbstractRule
from ._arc import Arc, Bound
from ._motion import Motion
from .normal_form import form_at, NormalForm

Interval = tuple[float, float]

_BISECTIONS = 40
#: of a map, cos of the angle of the critical pair where mu^k = 1; 1 and -1: the pair becomes real
_ANGLES = {"1:1": 1.0, "1:2": -1.0, "1:3": -0.5, "1:4": 0.0}


class SpecialPoint(NamedTuple):
    """A point of a border where a second condition holds.

    kind: "cusp" (two folds meet), "1:1", "1:2", "1:3", "1:4" (strong resonances), "bogdanov_takens" (of a
    flow the pair of eigenvalues meets at 0); p, q: where; players: the equilibrium there.
    """

    kind: str
    p: float
    q: float
    players: Players


class Place(NamedTuple):
    """A point of the curve."""

    where: np.ndarray  # unknowns of the motion, p, q
    tangent: np.ndarray
    eigenvalues: np.ndarray
    cosine: float
    trips: int


def _compound(matrix: Array) -> Array:
    """The second compound: the minors of two rows and two columns."""
    rows, columns = np.triu_indices(matrix.shape[0], 1)
    one, two = matrix[rows], matrix[columns]
    return one[:, rows] * two[:, columns] - one[:, columns] * two[:, rows]


class _Across(eqx.Module):
    """The system as p changes at one q; compiled once for all q."""

    system: Callable[[Array], AbstractGame | tuple[AbstractGame, AbstractRule]]
    q: Array

    def __call__(self, p: Any) -> AbstractGame | tuple[AbstractGame, AbstractRule]:
        return self.system(jnp.stack([jnp.asarray(p, self.q.dtype), self.q]))


class Curve:
    """The equations of a border in units in which the rectangle has sides 1, and its points."""

    def __init__(self, motion: Motion, kind: str, box: list[Interval], sides: np.ndarray):
        self.motion, self.kind, self._dtype = motion, kind, motion.start.dtype
        n = motion.start.size
        if kind in ("neimark_sacker", "hopf") and n < 2:
            raise ValueError(f"kind: expected two numbers that move at least for {kind!r}, got {n}")
        self._scale = np.append(np.ones(n), sides)
        bounds = tuple(
            Bound(n + i, low / side, high / side, name, side)
            for i, (name, (low, high), side) in enumerate(zip(("p", "q"), box, sides, strict=True))
        )
        self.players = lambda values: motion.players_at(jnp.asarray(values, self._dtype))
        self._arc = Arc(self._equations, self._dtype, bounds, self._point)
        self._matrix = jax.jit(jax.jacfwd(motion))

    def unscaled(self, where: np.ndarray) -> np.ndarray:
        return where * self._scale

    def _equations(self, scaled: Array) -> Array:
        where = scaled * jnp.asarray(self._scale, scaled.dtype)
        x, pq = where[:-2], where[-2:]
        values = self.motion(x, pq)
        test = self._test(jax.jacfwd(self.motion)(x, pq))
        return jnp.append(values - x if self.motion.is_map else values, test)

    def _test(self, matrix: Array) -> Scalar:
        one = jnp.eye(matrix.shape[0], dtype=matrix.dtype)
        if self.kind == "fold":
            return jnp.linalg.det(matrix - one if self.motion.is_map else matrix)
        if self.kind == "flip":
            return jnp.linalg.det(matrix + one)
        if self.kind == "hopf":
            return jnp.linalg.det(jax.jvp(_compound, (one,), (matrix,))[1])
        pairs = _compound(matrix)
        return jnp.linalg.det(pairs - jnp.eye(pairs.shape[0], dtype=matrix.dtype))

    def first(self, where: np.ndarray) -> Place:
        """The point of the border nearest to ``where``, by Gauss and Newton."""
        scaled = where / self._scale
        for _ in range(50):
            value, slope = self._arc.both(self._arc.clipped(scaled))
            if not (np.isfinite(value).all() and np.isfinite(slope).all()):
                break
            change = np.linalg.lstsq(slope, -value)[0]
            scaled = scaled + change
            if np.linalg.norm(change) <= self._arc.tolerance * (1 + np.linalg.norm(scaled)):
                break
        _, slope = self._arc.both(self._arc.clipped(scaled))
        sizes = np.linalg.svd(slope, compute_uv=False) if np.isfinite(slope).all() else np.zeros(1)
        tangent = np.linalg.svd(slope)[2][-1] if sizes[-1] > 1e-7 * max(1.0, sizes[0]) else None
        found = None if tangent is None else self._point(scaled, tangent, tangent)
        if found is None:
            raise ValueError(
                f"start: expected a {self.kind} border nearby, crossed by one eigenvalue (or pair) alone; "
                f"found none at {tuple(where[-2:].tolist())}"
            )
        return found

    def _point(self, guess: np.ndarray, normal: np.ndarray, along: np.ndarray) -> Place | None:
        located = self._arc.located(guess, normal, along)
        if located is None:
            return None
        where, _, tangent, trips = located
        x, pq = np.split(self.unscaled(where), [-2])
        matrix = self._matrix(jnp.asarray(x, self._dtype), jnp.asarray(pq, self._dtype))
        spectrum = np.linalg.eigvals(np.asarray(matrix, float)).astype(complex)
        return Place(where, tangent, spectrum, self._cosine(spectrum), trips)

    def _cosine(self, spectrum: np.ndarray) -> float:
        if self.kind not in ("neimark_sacker", "hopf"):
            return float("nan")
        i, j = np.triu_indices(spectrum.size, 1)
        one, two = spectrum[i], spectrum[j]
        if self.kind == "hopf":
            pair = np.argmin(np.abs(one + two))
            return float(np.real(one[pair] * two[pair]))
        pair = np.argmin(np.abs(one * two - 1))
        return float(np.real(one[pair] + two[pair]) / 2)

    def follow(
        self, first: Place, sign: int, step: float, longest: float, most: int
    ) -> tuple[list[Place], str]:
        """One way from the first point."""
        return self._arc.follow(first._replace(tangent=sign * first.tangent), step, longest, most)

    def form(self, where: np.ndarray) -> NormalForm:
        """The normal form at a point, as p changes."""
        across = _Across(self.motion.system, jnp.asarray(where[-1], self._dtype))
        along = replace(self.motion, system=across)
        return form_at(along, where[:-2], float(where[-2]), 30 * np.sqrt(self._arc.tolerance))

    def special(self, places: list[Place]) -> list[SpecialPoint]:
        """Where a second condition changes its sign between neighbours, by bisection."""
        found = []
        for here, there in pairwise(places):
            for kind, test in self._conditions(here):
                if test(here) * test(there) < 0:
                    found.append(self._between(kind, test, here, there))
        return found

    def _conditions(self, here: Place) -> list[tuple[str, Callable[[Place], float]]]:
        if self.kind == "neimark_sacker":
            return [(name, lambda at, level=level: at.cosine - level) for name, level in _ANGLES.items()]
        if self.kind == "hopf":
            return [("bogdanov_takens", lambda at: at.cosine)]
        if self.kind == "fold":  # p and q come to rest and turn back
            return [("cusp", lambda at: float(at.tangent[-2:] @ here.tangent[-2:]))]
        return []

    def _between(self, kind: str, test: Callable[[Place], float], here: Place, there: Place) -> SpecialPoint:
        low, high, best = 0.0, 1.0, there
        chord = there.where - here.where
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            between = self._point(here.where + middle * chord, chord / np.linalg.norm(chord), here.tangent)
            if between is None:
                break
            best = between
            low, high = (middle, high) if test(between) * test(here) > 0 else (low, middle)
        where = self.unscaled(best.where)
        return SpecialPoint(kind, float(where[-2]), float(where[-1]), self.players(where[:-2]))
