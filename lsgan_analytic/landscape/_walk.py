"""The host's loop along a branch of equilibria."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from .._types import Players
from ..game import AbstractGame, checked_game
from ..restriction import Restriction
from ..updates.base import AbstractRule, advance, checked_rule, state_at_rest
from . import _events

System = Callable[[Any], AbstractGame | tuple[AbstractGame, AbstractRule]]
_NEWTON, _QUICK = 8, 4  # trips at the most; so few make the next step longer
_GROWTH, _SHRINK = 1.4, 0.5
_TURN = 0.9  # cosine of the largest angle between neighbouring tangents


class Point(NamedTuple):
    """A point of a branch."""

    where: np.ndarray  # unknowns, the parameter last
    tangent: np.ndarray
    eigenvalues: np.ndarray
    tests: dict[str, float]
    trips: int


class Walk:
    """The equations of a branch, compiled once, and the host's loop along it."""

    def __init__(
        self, system: System, players: Players, positions: tuple[int, ...], start: float, stop: float
    ):
        first = system(start)
        self.is_map = isinstance(first, tuple)
        game, rule = first if isinstance(first, tuple) else (first, None)
        restriction = Restriction(checked_game(game), players, positions)
        reduced = restriction.reduce(players)
        state = rule if rule is None else state_at_rest(restriction, checked_rule(rule), reduced, 1)
        here = restriction.flatten(reduced, state)

        def placed(values: Array) -> tuple[Players, PyTree]:
            return restriction.unflatten(values, reduced, state)

        self.players = lambda values: restriction.whole(placed(jnp.asarray(values, here.dtype))[0])
        self._start, self._stop, self._dtype = np.append(np.asarray(here, float), start), stop, here.dtype
        self._parameter = np.append(np.zeros(here.size), 1.0)  # its unit vector
        self.tolerance = float(np.finfo(here.dtype).eps) ** 0.75

        def equations(where: Array) -> Array:
            values, parameter = where[:-1], where[-1]
            found = system(parameter)
            if isinstance(found, tuple):
                part = Restriction(found[0], players, positions)
                return part.flatten(*advance(part, found[1], *placed(values))) - values
            return Restriction(found, players, positions).field(values)

        both = jax.jit(lambda where: (equations(where), jax.jacfwd(equations)(where)))
        self._both = lambda where: tuple(
            np.asarray(part, float) for part in both(jnp.asarray(where, self._dtype))
        )

    def _inside(self, parameter: float) -> float:
        low, high = sorted((float(self._start[-1]), self._stop))
        return min(max(float(parameter), low), high)

    def _solve(self, guess: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray, int] | None:
        """(point, Jacobian, trips) where the branch meets the plane through ``guess``; None if not found."""
        where, change = guess, np.full_like(guess, np.inf)
        for trip in range(_NEWTON):
            inside = self._inside(where[-1])  # outside, the system may not exist
            if abs(where[-1] - inside) > self.tolerance * (1 + abs(inside)):
                return None
            value, slope = self._both(np.append(where[:-1], inside))
            if not (np.isfinite(value).all() and np.isfinite(slope).all()):
                return None
            if np.linalg.norm(change) <= self.tolerance * (1 + np.linalg.norm(where)):
                return where, slope, trip
            whole = np.vstack([slope, normal])
            change = np.linalg.lstsq(whole, -np.append(value, normal @ (where - guess)))[0]
            where = where + change
        return None

    def point(self, guess: np.ndarray, normal: np.ndarray, along: np.ndarray) -> Point | None:
        """The point of the branch near ``guess``, with the tangent that points ``along``."""
        solved = self._solve(guess, normal)
        if solved is None:
            return None
        where, slope, trips = solved
        tangent = np.linalg.svd(slope)[2][-1]
        tangent = tangent * (1 if tangent @ along >= 0 else -1)
        square = slope[:, :-1] + (np.eye(len(slope)) if self.is_map else 0)
        spectrum = np.linalg.eigvals(square).astype(complex)
        spectrum = spectrum[np.lexsort((-np.imag(spectrum), -np.real(spectrum)))]
        return Point(where, tangent, spectrum, _events.values(slope, tangent), trips)

    def _first(self) -> Point:
        onward = self._parameter * np.sign(self._stop - self._start[-1])
        first = self.point(self._start, self._parameter, onward)
        if first is None:
            raise ValueError(
                f"players: expected an equilibrium nearby at start={self._start[-1]}, found none"
            )
        _, slope = self._both(first.where)
        sizes = np.linalg.svd(slope, compute_uv=False)
        if sizes[-1] <= 1e3 * self.tolerance * max(1.0, sizes[0]):
            raise ValueError(
                f"players: expected an isolated branch, found a manifold of equilibria at {first.where[:-1]} "
                f"for start={self._start[-1]}; hold a parameter with free="
            )
        return first

    def follow(self, step: float, longest: float, most: int) -> tuple[list[Point], str]:
        """The points of the branch and why it ends."""
        points, shortest = [self._first()], 1e-6 * step
        while len(points) < most:
            here = points[-1]
            guess, normal = here.where + step * here.tangent, here.tangent
            border = self._inside(guess[-1])
            at_border = border != guess[-1]
            if at_border:
                share = (border - here.where[-1]) / here.tangent[-1]
                guess, normal = np.append((here.where + share * here.tangent)[:-1], border), self._parameter
            there = self.point(guess, normal, here.tangent)
            if there is None or there.tangent @ here.tangent < _TURN:
                step *= _SHRINK
                if step < shortest:
                    return points, "no point of the branch was found beyond the last"
                continue
            points.append(there)
            if at_border:
                return points, f"the parameter reached {border:g}"
            if there.trips <= _QUICK:
                step = min(step * _GROWTH, longest)
        return points, f"max_points={most} were found"
