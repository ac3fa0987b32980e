"""Stationary points of a game: all that Newton's method finds in a box, or why there are none."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._checks import checked_int
from .._types import Players
from .._window import Box, checked_window, placed, Window
from ..game import AbstractGame
from ..parameters import Names
from ._newton import rank_tolerance
from ._roots import field_and_jacobian, merge, Roots, search, sign_changes
from .certificate import bound, by_formula, Certificate, Verdict
from .manifold import distance_to, inside, Manifold, nearby, ordered, walk


class StationaryPoints(eqx.Module):
    """The stationary points on a box, k isolated ones and the curves.

    Attributes:
        names: the free parameters, the order of all columns.
        points: (k, n); players: the same, as Players with a leading axis k.
        eigenvalues: (k, n) of the field's Jacobian; residuals: (k,) |field|.
        degenerate: (k,) whether the Jacobian is singular there to Newton's accuracy: a multiple root.
        hits: (k,) how many starts ended there; 0: found by deflation alone.
        manifolds: curves and surfaces of stationary points.
        unseen: the share of starts that ended at a root no other start found: the Good-Turing estimate of
            the part of the box that leads to roots still unknown.
        verdict: what this shows; certificate: the evidence where nothing was found.
    """

    names: tuple[str, ...] = eqx.field(static=True)
    points: np.ndarray
    players: Players
    eigenvalues: np.ndarray
    residuals: np.ndarray
    degenerate: np.ndarray
    hits: np.ndarray
    manifolds: tuple[Manifold, ...]
    unseen: float = eqx.field(static=True)
    verdict: Verdict = eqx.field(static=True)
    certificate: Certificate | None

    @property
    def reason(self) -> str:
        """The verdict in words, with its evidence."""
        if self.certificate is not None:
            return f"{self.verdict.value}; {self.certificate.reason}"
        return f"{len(self.points)} points and {len(self.manifolds)} manifolds"


def stationary_points(
    game: AbstractGame,
    players: Players,
    box: Box,
    free: Names = None,
    starts: int = 256,
    iterations: int = 80,
    boxes: int = 20_000,
) -> StationaryPoints:
    """All zeros of the field that damped Newton with deflation finds from ``starts`` points over ``box``.

    A sign that excludes them (``no_stationary_point``, part 1) ends the matter before any search; where
    nothing is found part 2 tries to exclude the box. An end counts as a root where the Newton step is of
    rounding size and no component of the field is as large as at its neighbours, which tells a root from a
    plateau, however flat. Where the Jacobian is singular its null directions are followed: what stays zero
    is a manifold. On an interval (one free parameter) the signs at 1025 points and at the starts are compared
    as well, and every change between neighbours is bisected: no such root is missed. All of this is over the
    free parameters, the others as in ``players``.

    Args:
        box: {name: (low, high)}; free: the order of the parameters (None: that of the box).
        starts, iterations: of Newton's method; boxes: the most boxes for the bound.

    Raises:
        ValueError: bounds that are not low < high, or not of exactly the free parameters; counts < 1.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> found = lsgan.stationary_points(game, players, {"b": (-8, 8), "h": (-8, 8)})
    >>> len(found.points), found.verdict.name
    (0, 'none_by_formula')
    """
    bounds = checked_window(game, players, box, free)
    starts, iterations = checked_int(starts, "starts"), checked_int(iterations, "iterations")
    boxes = checked_int(boxes, "boxes")
    n = len(bounds.names)
    nothing = np.zeros((0, n), bounds.low.dtype)
    by_sign = by_formula(game, players, bounds)
    if by_sign:
        return _record(game, players, bounds, nothing, (), np.zeros(0, int), starts, by_sign)
    roots = search(game, players, bounds, starts, iterations)
    if n == 1:
        changes = sign_changes(game, players, bounds, starts)
        roots = Roots(*(np.concatenate(parts) for parts in zip(roots, changes, strict=True)))
    manifolds, roots = _manifolds(game, players, bounds, roots)
    unit, hits = merge(roots)
    shown = None
    if not len(unit) and not manifolds:
        shown = bound(game, players, bounds, boxes)
    return _record(game, players, bounds, unit, manifolds, hits, starts, shown)


def _manifolds(
    game: AbstractGame, players: Players, bounds: Window, roots: Roots
) -> tuple[tuple[Manifold, ...], Roots]:
    """The manifolds among the roots, and the roots that are not on one."""
    low, width = jnp.asarray(bounds.low), jnp.asarray(bounds.width)
    place = (game, players, bounds.positions, low, width)
    found, isolated = [], roots[roots.nullity == 0]
    rest = roots[roots.nullity > 0]
    while len(rest.unit):
        start, k = rest.unit[0], int(rest.nullity[0])
        null = rest.right[0, -k:]
        if k == 1:
            curve = ordered(walk(*place, jnp.asarray(start), jnp.asarray(null[0])), start)
            member = _members(curve, rest) if len(curve) > 2 else np.zeros(len(rest.unit), bool)
        else:
            whole = bool(np.all(nearby(*place, jnp.asarray(start), jnp.asarray(null))))
            member = (rest.nullity == k) & whole
            curve = rest.unit[member]
        if member.any():
            found.append(_manifold(game, players, bounds, start, k, curve))
            rest = rest[~member]
        else:
            alone = np.linalg.norm(rest.unit - start, axis=1) < 1e-3
            isolated = Roots(*(np.concatenate(pair) for pair in zip(isolated, rest[alone], strict=True)))
            rest = rest[~alone]
    return tuple(found), isolated


def _members(curve: np.ndarray, roots: Roots) -> np.ndarray:
    """Which roots lie on the polyline: within the sagitta of its sharpest corner."""
    bend = np.abs(np.diff(curve, n=2, axis=0)).max(initial=0)
    return distance_to(curve, roots.unit) <= 1e-3 + bend


def _manifold(
    game: AbstractGame, players: Players, bounds: Window, start: np.ndarray, k: int, curve: np.ndarray
) -> Manifold:
    unit = np.concatenate([start[None], curve[inside(curve)]])
    samples = np.asarray(bounds.at(unit), bounds.low.dtype)
    force, slope = field_and_jacobian(game, players, bounds.positions, samples)
    directions = np.linalg.svd(slope[0])[2][-k:]
    leading = np.take_along_axis(directions, np.argmax(np.abs(directions) > 1e-6, 1)[:, None], 1)
    size = float(np.linalg.norm(force, axis=1).max())
    return Manifold(samples[0], directions * np.where(leading < 0, -1, 1), samples[1:], size)


def _record(
    game: AbstractGame,
    players: Players,
    bounds: Window,
    unit: np.ndarray,
    manifolds: tuple[Manifold, ...],
    hits: np.ndarray,
    starts: int,
    shown: Certificate | None,
) -> StationaryPoints:
    points = np.asarray(bounds.at(unit), bounds.low.dtype)
    n = len(bounds.names)
    force, slope = np.zeros((0, n)), np.zeros((0, n, n))
    if len(points):
        force, slope = field_and_jacobian(game, players, bounds.positions, points)
    s = np.linalg.svd(slope * bounds.width, compute_uv=False)
    return StationaryPoints(
        names=bounds.names,
        points=points,
        players=placed(players, bounds.positions, points),
        eigenvalues=np.linalg.eigvals(slope),
        residuals=np.linalg.norm(force, axis=1),
        degenerate=np.any(s <= rank_tolerance(bounds.low.dtype) * s[:, :1], axis=1),
        hits=hits,
        manifolds=manifolds,
        unseen=float(np.sum(hits == 1) / starts),
        verdict=shown.verdict if shown else Verdict.found,
        certificate=shown,
    )
