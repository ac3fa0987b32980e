"""A branch of equilibria: its equations, and what is looked at in its points."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from .._types import Players
from . import _events
from ._arc import Arc, Bound
from ._motion import Motion, named, System


class Point(NamedTuple):
    """A point of a branch."""

    where: np.ndarray  # unknowns, the parameter last
    tangent: np.ndarray
    eigenvalues: np.ndarray
    tests: dict[str, float]
    trips: int


class Walk:
    """The equations of a branch, compiled once, and the way along it."""

    def __init__(
        self, system: System, players: Players, positions: tuple[int, ...], start: float, stop: float
    ):
        system = named(system, players, positions, start)
        self.motion = motion = Motion.of(system, players, positions, start)
        self.is_map, here = motion.is_map, motion.start
        self.players = lambda values: motion.players_at(jnp.asarray(values, here.dtype))
        self._start, self._stop = np.append(np.asarray(here, float), start), stop
        self._parameter = np.append(np.zeros(here.size), 1.0)  # its unit vector
        bound = Bound(here.size, min(start, stop), max(start, stop), "the parameter")
        self._arc = Arc(motion.equations, here.dtype, (bound,), self.point)
        self.tolerance = self._arc.tolerance

    def point(self, guess: np.ndarray, normal: np.ndarray, along: np.ndarray) -> Point | None:
        """The point of the branch near ``guess``, with the tangent that points ``along``."""
        located = self._arc.located(guess, normal, along)
        if located is None:
            return None
        where, slope, tangent, trips = located
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
        _, slope = self._arc.both(first.where)
        sizes = np.linalg.svd(slope, compute_uv=False)
        if sizes[-1] <= 1e3 * self.tolerance * max(1.0, sizes[0]):
            raise ValueError(
                f"players: expected an isolated branch, found a manifold of equilibria at {first.where[:-1]} "
                f"for start={self._start[-1]}; hold a parameter with free="
            )
        return first

    def follow(self, step: float, longest: float, most: int) -> tuple[list[Point], str]:
        """The points of the branch and why it ends."""
        return self._arc.follow(self._first(), step, longest, most)
