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

from .._types import Players
from ..game import AbstractGame
from ..updates.base import AbstractRule
from ._arc import Arc, Bound
from ._conditions import equations
from ._motion import Motion
from .normal_form import form_at, NormalForm

Interval = tuple[float, float]

_BISECTIONS = 40
_SIGN_CHANGES = {"neimark_sacker": "chenciner", "flip": "generalized_flip", "hopf": "bautin"}
#: of a map, cos of the angle of the critical pair where mu^k = 1; 1 and -1: the pair becomes real
_ANGLES = {"1:1": 1.0, "1:2": -1.0, "1:3": -0.5, "1:4": 0.0}


class SpecialPoint(NamedTuple):
    """A point of a border where a second condition holds.

    kind: "cusp" (two folds meet), "1:1", "1:2", "1:3", "1:4" (strong resonances; 1:1, two multipliers 1, is
    the Bogdanov-Takens point of a map), "bogdanov_takens" (of a flow: two eigenvalues 0), "fold_flip" (1 and
    -1); "chenciner", "generalized_flip", "bautin" (the coefficient of a Neimark-Sacker, flip or Hopf point
    changes its sign); p, q: where; players: the equilibrium there.
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


class _Across(eqx.Module):
    """The system as p changes at one q; compiled once for all q."""

    system: Callable[[Array], AbstractGame | tuple[AbstractGame, AbstractRule]]
    q: Array

    def __call__(self, p: Any) -> AbstractGame | tuple[AbstractGame, AbstractRule]:
        return self.system(jnp.stack([jnp.asarray(p, self.q.dtype), self.q]))


class _Equations(eqx.Module):
    """Those of a border, in the curve's units."""

    motion: Motion
    kind: str = eqx.field(static=True)
    scale: Array

    def __call__(self, scaled: Array) -> Array:
        where = scaled * self.scale
        return equations(self.motion, self.kind, where[:-2], where[-2:])


@eqx.filter_jit
def _slope(motion: Motion, x: Array, pq: Array) -> Array:
    return jax.jacfwd(motion)(x, pq)


class Curve:
    """The equations of a border in units in which the rectangle has sides 1, and its points."""

    def __init__(self, motion: Motion, kind: str, box: list[Interval], sides: np.ndarray):
        self.motion, self.kind, self._dtype = motion, kind, motion.start.dtype
        n = motion.start.size
        self._scale = np.append(np.ones(n), sides)
        bounds = tuple(
            Bound(n + i, low / side, high / side, name, side)
            for i, (name, (low, high), side) in enumerate(zip(("p", "q"), box, sides, strict=True))
        )
        self.players = lambda values: motion.players_at(jnp.asarray(values, self._dtype))
        scaled = _Equations(motion, kind, jnp.asarray(self._scale, self._dtype))
        self._arc = Arc(scaled, self._dtype, bounds, self._point)

    def unscaled(self, where: np.ndarray) -> np.ndarray:
        return where * self._scale

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
        matrix = _slope(self.motion, jnp.asarray(x, self._dtype), jnp.asarray(pq, self._dtype))
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
        for here, other in pairwise(places):
            for kind, test in self._conditions(here):
                if test(here) * test(other) < 0:
                    found.append(self._between(kind, test, here, other))
        return found

    def _conditions(self, here: Place) -> list[tuple[str, Callable[[Place], float]]]:
        if self.kind == "neimark_sacker":
            return [(name, lambda at, level=level: at.cosine - level) for name, level in _ANGLES.items()]
        if self.kind == "hopf":
            return [("bogdanov_takens", lambda at: at.cosine)]
        second: list[tuple[str, Callable[[Place], float]]] = [
            (name, lambda at, value=value: self._others(at, value)) for name, value in self._second().items()
        ]
        if self.kind == "fold":  # p and q come to rest and turn back
            second.append(("cusp", lambda at: float(at.tangent[-2:] @ here.tangent[-2:])))
        return second

    def _second(self) -> dict[str, float]:
        """Of folds and flips: what a second eigenvalue may be, by the name of the point where it is."""
        if not self.motion.is_map:
            return {"bogdanov_takens": 0.0}
        return {"1:1": 1.0, "fold_flip": -1.0} if self.kind == "fold" else {"1:2": -1.0, "fold_flip": 1.0}

    def _others(self, at: Place, value: float) -> float:
        """The product of mu - value over all eigenvalues but the critical one."""
        critical = -1.0 if self.kind == "flip" else float(self.motion.is_map)
        nearest = np.argmin(np.abs(at.eigenvalues - critical))
        return float(np.real(np.prod(np.delete(at.eigenvalues, nearest) - value)))

    def sign_change(self, here: Place, other: Place) -> SpecialPoint | None:
        """Where the coefficient is 0 between two points; None where it changes its sign at a pole."""
        chord = other.where - here.where
        normal = chord / np.linalg.norm(chord)

        def place(share: float) -> Place | None:
            return self._point(here.where + share * chord, normal, here.tangent)

        def coefficient(share: float) -> float:
            at = place(share)
            return np.nan if at is None else self.form(self.unscaled(at.where)).coefficient

        share = _zero(coefficient)
        best = None if share is None else place(share)
        return None if best is None else self._special(_SIGN_CHANGES[self.kind], best)

    def _special(self, kind: str, at: Place) -> SpecialPoint:
        where = self.unscaled(at.where)
        return SpecialPoint(kind, float(where[-2]), float(where[-1]), self.players(where[:-2]))

    def _between(self, kind: str, test: Callable[[Place], float], here: Place, other: Place) -> SpecialPoint:
        low, high, best = 0.0, 1.0, other
        chord = other.where - here.where
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            between = self._point(here.where + middle * chord, chord / np.linalg.norm(chord), here.tangent)
            if between is None:
                break
            best = between
            low, high = (middle, high) if test(between) * test(here) > 0 else (low, middle)
        return self._special(kind, best)


def _zero(function: Callable[[float], float]) -> float | None:
    """The zero in (0, 1) of a function of two signs there; None at a pole, or where it has no value.

    By chords and halves in turn.
    """
    low, high = 0.0, 1.0
    below, above = function(low), function(high)
    small, best = 1e-6 * max(abs(below), abs(above)), low
    for trip in range(2 * _BISECTIONS):
        share = 0.5 if trip % 2 else below / (below - above)
        best = low + share * (high - low)
        value = function(best)
        if not np.isfinite(value):
            return None
        if abs(value) <= small:
            return best
        if value * below > 0:
            low, below = best, value
        else:
            high, above = best, value
    return None
