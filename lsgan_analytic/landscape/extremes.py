"""The least and the greatest J on a box, between certified bounds."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from .. import solved
from .._boxes import corners
from .._checks import checked_float, checked_int
from .._types import Players, Scalar
from .._window import Box, evenly_spaced, Window, window
from ..equilibria._bound import halve, in_chunks
from ..game import Game
from ..parameters import Names

_TRIES = 64  # starts, and lengths of a step tried at a time
_TRIPS = 40


class Extreme(eqx.Module):
    """One end of the range of J on a box.

    Attributes:
        value: J at ``point`` (n,): attained. bound: J goes no further on the box.
        boxes: how many boxes were bounded to show it.
    """

    value: float = eqx.field(static=True)
    point: np.ndarray
    bound: float = eqx.field(static=True)
    boxes: int = eqx.field(static=True)


class Extremes(eqx.Module):
    """The range of J on a box; ``proved``: whether the bounds are (to rounding), or rest on samples."""

    names: tuple[str, ...] = eqx.field(static=True)
    least: Extreme
    greatest: Extreme
    proved: bool = eqx.field(static=True)


def extremes(
    game: Game,
    players: Players,
    box: Box,
    free: Names = None,
    gap: float = 1e-6,
    boxes: int = 20_000,
    safety: float = 1.5,
) -> Extremes:
    """The least and the greatest J on ``box``: a point that is that good, and a bound that none is better.

    The point is found by projected Newton steps, the bound by branch and bound until it is within ``gap`` of
    the value (or ``boxes`` are used up: the bound holds all the same).

    - a solved game (``lsgan.solved``: R/S/E/E, normal/erf) bounds J on any box: proved. Where it knows J to
      be monotone in a parameter (in g, h and shift where a keeps its sign) only the best end is searched.
    - any other game: J(c) -+ (sum |J_i| r_i + safety/2 sum |J_ij| r_i r_j), the Hessian at centre and corners
      of each box: a bound from samples, not a proof.

    Raises:
        ValueError: bounds that are not low < high, or not of exactly the free parameters; gap <= 0,
            boxes < 1, safety < 1; not a Game.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> found = lsgan.extremes(game, players, {"b": (-8, 8), "h": (-8, 8)}, gap=1e-3)
    >>> round(found.least.value, 6), round(found.greatest.value, 6), found.proved
    (0.149554, 1.989931, True)
    """
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a Game, got {game!r}")
    bounds = window(players, box, free)
    gap = checked_float(gap, "gap", low=float(np.finfo(float).tiny))
    boxes, safety = checked_int(boxes, "boxes"), checked_float(safety, "safety", low=1.0)
    known = solved.ask(lambda solved_game: solved_game.cost_bounds(game, players, bounds.positions))
    starts = bounds.at(evenly_spaced(_TRIES, len(bounds.names))).astype(bounds.low.dtype)
    ranges = []
    for sign in (1.0, -1.0):
        searched = _collapsed(known, bounds, sign) if known else bounds
        ends = (jnp.asarray(searched.low), jnp.asarray(searched.high))
        weight = jnp.asarray(sign, bounds.low.dtype)
        value, point = _polish(game, players, bounds.positions, weight, *ends, jnp.asarray(starts))

        def below(low: Array, high: Array, weight: Array = weight) -> tuple[Array, ...]:
            if known is None:
                return _below(game, players, bounds.positions, weight, safety, low, high)
            least, most = known.over(low, high)
            return jnp.where(weight > 0, least, -most), jnp.argmax(high - low, axis=1)

        bound, used = _branch(below, searched, float(value), gap, boxes)
        ranges.append(Extreme(sign * float(value), np.asarray(point), sign * bound, used))
    least, greatest = ranges
    return Extremes(bounds.names, least, greatest, known is not None)


def _collapsed(known: solved.CostBounds, bounds: Window, sign: float) -> Window:
    """The part of the box where sign J is least, by the derivatives that keep their sign."""
    low, high = bounds.low.copy(), bounds.high.copy()
    for i, slope in known.signs(bounds.low, bounds.high).items():
        low[i] = high[i] = low[i] if sign * slope > 0 else high[i]
    return bounds._replace(low=low, high=high)


def _branch(
    below: Callable[[Array, Array], tuple[Array, ...]], bounds: Window, value: float, gap: float, budget: int
) -> tuple[float, int]:
    """A lower bound of a function on a box, above ``value - gap`` if the budget allows."""
    low, high = bounds.low[None], bounds.high[None]
    width = np.where(bounds.width > 0, bounds.width, 1)
    settled, used, last = value, 0, np.asarray([-np.inf])
    while len(low) and used + len(low) <= budget:
        last, along = in_chunks(below, low, high)
        last = np.where(np.isnan(last), -np.inf, last)
        used += len(low)
        done = (last >= value - gap) | np.all(high - low <= 1e-9 * width, axis=1)
        settled = min([settled, *last[done]])
        last = np.tile(last[~done], 2)
        low, high = halve(low[~done], high[~done], along[~done])
    return float(min([settled, *last[: len(low)]])), used


@eqx.filter_jit
def _below(
    game: Game,
    players: Players,
    positions: tuple[int, ...],
    sign: Scalar,
    safety: float,
    low: Array,
    high: Array,
) -> tuple[Array, Array]:
    """A lower bound of sign J on boxes (m, n), from samples, and the direction to cut."""
    cost, _ = _moving_cost(game, players, positions)
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    value, slope = jax.vmap(jax.value_and_grad(cost))(centre)
    curves = jax.vmap(jax.vmap(jax.hessian(cost)))(jnp.concatenate([centre[None], corners(low, high)]))
    second = 0.5 * safety * jnp.sum(jnp.max(jnp.abs(curves), 0) * half[:, None, :], -1) * half
    drop = jnp.abs(slope) * half + second
    return sign * value - jnp.sum(drop, axis=1), jnp.argmax(jnp.where(jnp.isnan(drop), 0, drop), axis=1)


def _moving_cost(
    game: Game, players: Players, positions: tuple[int, ...]
) -> tuple[Callable[[Array], Scalar], Array]:
    flat, rebuild = ravel_pytree(players)
    index = np.asarray(positions)
    return lambda moving: game.cost(rebuild(flat.at[index].set(moving))), flat[index]


@eqx.filter_jit
def _polish(
    game: Game,
    players: Players,
    positions: tuple[int, ...],
    sign: Scalar,
    low: Array,
    high: Array,
    starts: Array,
) -> tuple[Scalar, Array]:
    """The least sign J from the best of the starts: Newton with |H| on what is at no wall."""
    cost, _ = _moving_cost(game, players, positions)

    def goal(x: Array) -> Scalar:
        return sign * cost(x)

    shares = jnp.append(0.7 ** jnp.arange(_TRIES - 1, dtype=low.dtype), 0)
    width = high - low

    def best(tries: Array) -> Array:
        tries = jnp.clip(tries, low[None], high[None])
        return tries[jnp.argmin(jax.vmap(goal)(tries))]

    def advance(_: Array, tries: Array) -> Array:
        x = best(tries)
        curve, slope = jax.jacfwd(lambda x: (jax.grad(goal)(x),) * 2, has_aux=True)(x)
        curve, slope = curve * width[:, None] * width[None], slope * width
        walled = ((x <= low) & (slope > 0)) | ((x >= high) & (slope < 0))
        slope = jnp.where(walled, 0, slope)
        values, vectors = jnp.linalg.eigh(jnp.where(walled[:, None] | walled[None], 0, curve))
        sizes = jnp.maximum(jnp.abs(values), jnp.max(jnp.abs(slope)) + jnp.finfo(low.dtype).tiny)
        move = -width * (vectors @ ((vectors.T @ slope) / sizes))
        return x[None] + shares[:, None] * move[None]

    end = jax.lax.fori_loop(0, _TRIPS, advance, starts)[-1]
    return goal(end), end
