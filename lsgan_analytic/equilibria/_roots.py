"""The search itself: damped Newton from many starts, deflation, what counts as a root, which roots agree."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from .._types import Players
from .._window import evenly_spaced, unit_field, Window
from ..game import AbstractGame
from ..restriction import Restriction
from ._newton import rank_tolerance, solve
from .manifold import inside

_LOOKS = 64  # points looked at together
_MOST = 64  # roots divided out
_PROBE = 1e-4  # of the box: how far a root is compared with its neighbours
_GRID = 1025  # points of an interval whose signs are compared
_JUMP = 1e-3  # of the field beside it: what is left of a change of sign at a root, but not at a jump


class Roots(NamedTuple):
    """Roots of the field in a box."""

    unit: np.ndarray  # (k, n) unit coordinates
    slope: np.ndarray  # (k, n, n) Jacobian in unit coordinates
    nullity: np.ndarray  # (k,)
    right: np.ndarray  # (k, n, n) right singular vectors, the null ones last
    plain: np.ndarray  # (k,) found without deflation

    def __getitem__(self, which: np.ndarray) -> "Roots":  # pyright: ignore
        return Roots(*(np.asarray(part)[which] for part in tuple(self)))


def search(game: AbstractGame, players: Players, bounds: Window, starts: int, iterations: int) -> Roots:
    """All ends of Newton's method that are roots inside the box.

    First of the field itself, from every start. Then, from as many others, of the field times
    prod_i (1 + 1/|x - r_i|^2) over the isolated roots r_i known by then, which are roots no more, until a
    round finds no other (deflation: Brown & Gearhart 1971; Farrell, Birkisson & Funke, SIAM J. Sci. Comput.
    37 (2015) A2026).
    """
    n = len(bounds.names)
    place = (game, players, bounds.positions, jnp.asarray(bounds.low), jnp.asarray(bounds.width))
    rounds, known = [], np.zeros((0, n), bounds.low.dtype)
    while True:
        padded = np.full((_MOST, n), np.nan, known.dtype)
        padded[: len(known)] = known
        fresh = evenly_spaced((len(rounds) + 1) * starts, n)[-starts:]
        ends = _newton(*place, jnp.asarray(fresh, known.dtype), iterations, jnp.asarray(padded))
        rounds.append(_inside(*map(np.asarray, ends), plain=not rounds))
        found = Roots(*(np.concatenate(parts) for parts in zip(*rounds, strict=True)))
        isolated, _ = merge(found[found.nullity == 0])
        if len(isolated) == len(known) or len(isolated) > _MOST:
            return found
        known = isolated


def _inside(unit: np.ndarray, slope: np.ndarray, good: np.ndarray, plain: bool) -> Roots:
    good = good & inside(unit)
    unit, slope = unit[good], slope[good]
    _, s, right = np.linalg.svd(slope)
    nullity = np.sum(s <= rank_tolerance(s.dtype) * s[:, :1], axis=1)
    return Roots(unit, slope, nullity, right, np.full(len(unit), plain))


@eqx.filter_jit
def _newton(
    game: AbstractGame,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    width: Array,
    starts: Array,
    iterations: int,
    known: Array,
) -> tuple[Array, Array, Array]:
    function = unit_field(game, players, positions, low, width)
    is_known = ~jnp.isnan(known[:, 0])

    def deflated(point: Array) -> Array:
        off = jnp.where(is_known[:, None], point[None] - known, 1)
        return function(point) * jnp.prod(1 + jnp.where(is_known, 1 / jnp.sum(off**2, axis=1), 0))

    eye = _PROBE * jnp.eye(low.size, dtype=low.dtype)
    info = jnp.finfo(low.dtype)

    def one(start: Array) -> tuple[Array, Array, Array]:
        start = jax.lax.cond(
            jnp.any(is_known), lambda x: solve(deflated, x, iterations).point, lambda x: x, start
        )
        end = solve(function, start, iterations)
        around = jax.vmap(function)(end.point[None] + jnp.concatenate([eye, -eye]))
        # on a slope towards infinity the field is like its neighbours, at a root it is not
        alike = (around / end.residual[None] > 0.5) & (around / end.residual[None] < 2)
        flat = (end.residual != 0) & jnp.all(alike, axis=0)
        steep = jnp.max(jnp.abs(end.slope)) > 100 * info.tiny
        good = (end.step <= rank_tolerance(low.dtype)) & steep & ~jnp.any(flat)
        return end.point, end.slope, good & jnp.all(jnp.isfinite(end.point))

    return jax.vmap(one)(starts)


def sign_changes(game: AbstractGame, players: Players, bounds: Window, starts: int) -> Roots:
    """The roots of a field on an interval at which it changes sign between neighbouring samples.

    Bisection down to neighbouring numbers; where the field jumps across zero there is no root.
    """
    grid = np.union1d(np.linspace(0, 1, _GRID), evenly_spaced(starts, 1)[:, 0])
    place = (game, players, bounds.positions, jnp.asarray(bounds.low), jnp.asarray(bounds.width))
    signs = np.sign(np.asarray(_values(*place, jnp.asarray(grid, bounds.low.dtype))))
    grid, signs = grid[signs != 0], signs[signs != 0]  # a sample at a root is between two that are not
    first = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    size = -(-max(len(first), 1) // _LOOKS) * _LOOKS
    ends = np.zeros((size, 2))  # padded: one shape is compiled
    ends[: len(first)] = np.stack([grid[first], grid[first + 1]], axis=1)
    found = _bisected(*place, jnp.asarray(ends, bounds.low.dtype))
    unit, slope, good = (np.asarray(part)[: len(first)] for part in found)
    return _inside(unit[:, None], slope[:, None, None], good, plain=False)


@eqx.filter_jit
def _values(
    game: AbstractGame,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    width: Array,
    unit: Array,
) -> Array:
    function = unit_field(game, players, positions, low, width)
    return jax.lax.map(lambda x: function(x[None])[0], unit, batch_size=_LOOKS)


@eqx.filter_jit
def _bisected(
    game: AbstractGame,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    width: Array,
    ends: Array,
) -> tuple[Array, Array, Array]:
    """(points (k,), slopes, whether they are roots) between ends (k, 2) at which the signs differ."""
    function = unit_field(game, players, positions, low, width)

    def value(unit: Array) -> Array:
        return function(unit[None])[0]

    def one(ends: Array) -> tuple[Array, Array, Array]:
        beside = jnp.stack([value(ends[0]), value(ends[1])])

        def halve(_: ArrayLike, ends: Array) -> Array:
            middle = 0.5 * (ends[0] + ends[1])
            same = value(middle) * jnp.sign(beside[0]) > 0
            return jnp.where(same, jnp.stack([middle, ends[1]]), jnp.stack([ends[0], middle]))

        last = jax.lax.fori_loop(0, jnp.finfo(ends.dtype).nmant + 4, halve, ends)
        left = jnp.stack([value(last[0]), value(last[1])])
        point = jnp.where(jnp.abs(left[0]) < jnp.abs(left[1]), last[0], last[1])
        least, most = jnp.min(jnp.abs(beside)), jnp.max(jnp.abs(beside))
        allowed = jnp.maximum(_JUMP * least, 64 * jnp.finfo(ends.dtype).eps * most)
        return point, jax.grad(value)(point), jnp.max(jnp.abs(left)) <= allowed

    return jax.vmap(one)(ends)


def merge(roots: Roots) -> tuple[np.ndarray, np.ndarray]:
    """One point for all roots that agree, the most frequent first: (k, n) unit coordinates, and counts."""
    points, hits = [], []
    close = 10 * rank_tolerance(roots.unit.dtype)
    left = np.ones(len(roots.unit), bool)
    while left.any():
        first = int(np.argmax(left))
        radius = 1e-3 if roots.nullity[first] else close
        same = left & (np.linalg.norm(roots.unit - roots.unit[first], axis=1) <= radius)
        points.append(roots.unit[first])
        hits.append(np.sum(same & roots.plain))
        left &= ~same
    order = np.argsort(hits, kind="stable")[::-1]
    return np.reshape(points, (-1, roots.unit.shape[1]))[order], np.asarray(hits, int)[order]


def field_and_jacobian(
    game: AbstractGame, players: Players, positions: tuple[int, ...], points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The field and its Jacobian at points (k, n), some at a time: one shape is compiled."""
    k, n = points.shape
    padded = np.concatenate([points, np.tile(points[-1:], (-k % _LOOKS, 1))])
    parts = [_slopes(game, players, positions, jnp.asarray(x)) for x in padded.reshape(-1, _LOOKS, n)]
    force, slope = (np.concatenate([np.asarray(x) for x in part])[:k] for part in zip(*parts, strict=True))
    return force, slope


@eqx.filter_jit
def _slopes(
    game: AbstractGame, players: Players, positions: tuple[int, ...], points: Array
) -> tuple[Array, Array]:
    function = Restriction(game, players, positions).field

    def at(point: Array) -> tuple[Array, Array]:
        slope, value = jax.jacfwd(lambda x: (function(x),) * 2, has_aux=True)(point)
        return value, slope

    return jax.vmap(at)(points)
