"""Curves of stationary points, followed along the null direction of the Jacobian."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._types import Players
from .._window import unit_field
from ..game import AbstractGame
from ._newton import rank_tolerance, solve

_STEP = 0.01  # of the box
_POINTS = 150  # to either side
_TRIPS = 8  # Newton corrections


class Manifold(eqx.Module):
    """A curve (or surface) on which the field is zero.

    Attributes:
        point: (n,) one point of it.
        directions: (k, n) an orthonormal basis of the null space of the field's Jacobian there: k = 1 for a
            curve, more for a surface.
        samples: (m, n) points of it inside the box; of a curve in order along it.
        residual: the largest |field| on the samples.
    """

    point: np.ndarray
    directions: np.ndarray
    samples: np.ndarray
    residual: float = eqx.field(static=True)


class Walk(NamedTuple):
    """Points followed from a start, both ways: unit coordinates (2, m, n), and whether each is on it."""

    points: Array | np.ndarray
    valid: Array | np.ndarray
    residual: Array | np.ndarray


def _on_curve(residual: Array, slope: Array) -> Array:
    """Whether the field is zero in units of its slope, to the accuracy of Newton's method."""
    scale = jnp.max(jnp.abs(slope))
    return jnp.max(jnp.abs(residual)) <= 10 * jnp.sqrt(jnp.finfo(slope.dtype).eps) * scale


@eqx.filter_jit
def walk(
    game: AbstractGame,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    width: Array,
    start: Array,
    direction: Array,
) -> Walk:
    """Pseudo-arclength continuation of field = 0 from ``start`` along +-``direction`` (unit coordinates)."""
    function = unit_field(game, players, positions, low, width)

    def advance(state: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], tuple]:
        point, tangent = state
        guess = point + _STEP * tangent
        system = lambda x: jnp.append(function(x), jnp.sum(tangent * (x - guess)))  # noqa: E731
        end = solve(system, guess, _TRIPS)
        force, slope = end.residual[:-1], end.slope[:-1]
        null = jnp.linalg.svd(slope)[2][-1]
        null = jnp.where(jnp.sum(null * tangent) < 0, -null, null)
        near = jnp.linalg.norm(end.point - guess) < 0.5 * _STEP
        valid = _on_curve(force, slope) & near
        return (end.point, null), (end.point, valid, jnp.linalg.norm(force))

    def one_way(sign: Array) -> tuple:
        return jax.lax.scan(advance, (start, sign * direction), None, _POINTS)[1]

    return Walk(*jax.vmap(one_way)(jnp.asarray([1, -1], start.dtype)))


@eqx.filter_jit
def nearby(
    game: AbstractGame,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    width: Array,
    start: Array,
    directions: Array,
) -> Array:
    """Whether one step along each of ``directions`` (k, n) from ``start`` can be corrected onto field = 0."""
    function = unit_field(game, players, positions, low, width)

    def is_root(direction: Array) -> Array:
        guess = start + _STEP * direction
        end = solve(function, guess, 4 * _TRIPS)
        return _on_curve(end.residual, end.slope) & (jnp.linalg.norm(end.point - guess) < 0.5 * _STEP)

    return jax.vmap(is_root)(directions)


def inside(unit: np.ndarray) -> np.ndarray:
    """Which unit coordinates (..., n) lie in the box, to rounding."""
    slack = rank_tolerance(unit.dtype)
    return np.all((unit >= -slack) & (unit <= 1 + slack), axis=-1)


def ordered(found: Walk, start: np.ndarray) -> np.ndarray:
    """The curve in unit coordinates (m, n): both ways joined, each to its end or first point outside."""
    halves = []
    for points, valid in zip(np.asarray(found.points), np.asarray(found.valid), strict=True):
        back = np.linalg.norm(points - start, axis=1)
        closed = (back < 0.6 * _STEP) & (np.arange(len(points)) > 2)
        ends = ~valid | closed | np.append(False, ~inside(points)[:-1])
        stop = int(np.argmax(ends)) if ends.any() else len(points)
        halves.append(points[:stop])
        if stop < len(points) and closed[stop]:  # a loop: the other way is the same points
            return np.concatenate([start[None], points[:stop], start[None]])
    return np.concatenate([halves[1][::-1], start[None], halves[0]])


def distance_to(curve: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The distance of each of the points (k, n) to a polyline (m, n)."""
    first, along = curve[:-1], np.diff(curve, axis=0)
    offset = points[:, None] - first[None]
    share = np.sum(offset * along, -1) / np.maximum(np.sum(along * along, -1), np.finfo(along.dtype).tiny)
    gaps = offset - np.clip(share, 0, 1)[..., None] * along
    return np.linalg.norm(gaps, axis=-1).min(axis=1)
