"""Curves of roots by pseudo-arclength: predictor along the tangent, Newton on a plane (Keller 1977)."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, runtime_checkable, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

_NEWTON, _QUICK = 8, 4  # trips at the most; so few make the next step longer
_GROWTH, _SHRINK = 1.4, 0.5
_TURN = 0.9  # cosine of the largest angle between neighbouring tangents


@runtime_checkable
class OnCurve(Protocol):
    """A point of a curve."""

    @property
    def where(self) -> np.ndarray: ...
    @property
    def tangent(self) -> np.ndarray: ...
    @property
    def trips(self) -> int: ...


Point = TypeVar("Point", bound=OnCurve)


class Bound(NamedTuple):
    """The interval that one of the unknowns, a parameter, may not leave; ``unit`` is what it is told in."""

    index: int
    low: float
    high: float
    name: str
    unit: float = 1.0

    def clipped(self, where: np.ndarray) -> float:
        return min(max(float(where[self.index]), self.low), self.high)


@eqx.filter_jit
def _both(equations: Callable[[Array], Array], where: Array) -> tuple[Array, Array]:
    return equations(where), jax.jacfwd(equations)(where)


class Arc(Generic[Point]):
    """n equations in n + 1 unknowns, and the host's loop along the curve of their roots.

    ``equations``: a pytree, so that equal ones with other numbers are not compiled again.
    ``point``: (guess, normal of the plane through it, direction of the tangent) -> a point, or None.
    """

    def __init__(
        self,
        equations: Callable[[Array], Array],
        dtype: Any,
        bounds: tuple[Bound, ...],
        point: Callable[[np.ndarray, np.ndarray, np.ndarray], Point | None],
    ):
        self.bounds, self.point = bounds, point
        self.tolerance = float(np.finfo(dtype).eps) ** 0.75
        self._equations, self._dtype = equations, dtype

    def both(self, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The values of the equations and their Jacobian."""
        value, slope = _both(self._equations, jnp.asarray(where, self._dtype))
        return np.asarray(value, float), np.asarray(slope, float)

    def clipped(self, where: np.ndarray) -> np.ndarray:
        """``where`` with the bounded unknowns inside: outside, the equations may not exist."""
        inside = np.array(where)
        for bound in self.bounds:
            inside[bound.index] = bound.clipped(where)
        return inside

    def solve(self, guess: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray, int] | None:
        """(point, Jacobian, trips) where the curve meets the plane through ``guess``; None if not found."""
        where, change = guess, np.full_like(guess, np.inf)
        for trip in range(_NEWTON):
            inside = self.clipped(where)
            if np.any(np.abs(where - inside) > self.tolerance * (1 + np.abs(inside))):
                return None
            value, slope = self.both(inside)
            if not (np.isfinite(value).all() and np.isfinite(slope).all()):
                return None
            if np.linalg.norm(change) <= self.tolerance * (1 + np.linalg.norm(where)):
                return where, slope, trip
            whole = np.vstack([slope, normal])
            change = np.linalg.lstsq(whole, -np.append(value, normal @ (where - guess)))[0]
            where = where + change
        return None

    def located(
        self, guess: np.ndarray, normal: np.ndarray, along: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, int] | None:
        """(point, Jacobian, tangent that points ``along``, trips) of ``solve``."""
        solved = self.solve(guess, normal)
        if solved is None:
            return None
        where, slope, trips = solved
        tangent = np.linalg.svd(slope)[2][-1]
        return where, slope, tangent * (1 if tangent @ along >= 0 else -1), trips

    def _ahead(self, here: Point, step: float) -> tuple[np.ndarray, np.ndarray, Bound | None]:
        """(guess, normal, the bound that is met first) a step ahead."""
        guess, met, share = here.where + step * here.tangent, None, step
        for bound in self.bounds:
            border = bound.clipped(guess)
            if border != guess[bound.index]:
                way = (border - here.where[bound.index]) / here.tangent[bound.index]
                if way < share:
                    met, share = bound, way
        if met is None:
            return guess, here.tangent, None
        guess = here.where + share * here.tangent
        guess[met.index] = met.clipped(guess + (step - share) * here.tangent)
        return guess, np.eye(guess.size)[met.index], met

    def follow(self, first: Point, step: float, longest: float, most: int) -> tuple[list[Point], str]:
        """The points of the curve from ``first`` along its tangent, and why it ends."""
        points, shortest = [first], 1e-6 * step
        while len(points) < most:
            here = points[-1]
            guess, normal, met = self._ahead(here, step)
            reached = self.point(guess, normal, here.tangent)
            if reached is None or reached.tangent @ here.tangent < _TURN:
                step *= _SHRINK
                if step < shortest:
                    return points, "no point of the branch was found beyond the last"
                continue
            points.append(reached)
            if met is not None:
                return points, f"{met.name} reached {met.unit * reached.where[met.index]:g}"
            if reached.trips <= _QUICK:
                step = min(step * _GROWTH, longest)
        return points, f"max_points={most} were found"
