"""No stationary point on a box: a bound of the field away from zero, not a failed search."""

import enum

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .. import solved
from .._checks import checked_float, checked_int
from .._types import Players
from .._window import Box, checked_window, Window
from ..game import AbstractGame
from ..parameters import Names
from ._bound import bound_by_samples, cells, too_few
from ._roots import search

_SAFETY = 1.5
_STARTS, _TRIPS = 64, 80  # of the search that may contradict a bound


class Verdict(enum.Enum):
    """What is known of the stationary points of a game on a box.

    None of these is a proof. ``none_by_formula`` rests on an inequality that holds for all parameters of a
    solved game, evaluated in floating point: a check, with a margin above the rounding that is expected.
    Theorems are made by ``lsgan_analytic.proofs.no_stationary_point``, in ball arithmetic. ``none_bounded``
    rests on slopes at samples, and what is between them could differ.
    """

    found = "stationary points were found"
    none_by_formula = (
        "none: a component of the field keeps its sign on the box (formula, in floating point with a margin)"
    )
    none_bounded = "none: the field stays away from zero on the box (bound from sampled slopes, not proof)"
    undecided = "none found, and none excluded"


class Certificate(eqx.Module):
    """Why a box holds no stationary point, or where one may be.

    Attributes:
        verdict: ``none_by_formula``, ``none_bounded`` or ``undecided``.
        component: the name of the component of the field that is bounded; "any" where it depends on the
            part of the box.
        log_bound: natural logarithm of a lower bound of the size of that component on the box (per unit
            of the parameter); -inf where undecided.
        boxes: how many boxes were bounded.
        unresolved: (m, 2, n) the boxes (low, high) that could not be excluded.
        reason: a sentence.
    """

    verdict: Verdict = eqx.field(static=True)
    component: str = eqx.field(static=True)
    log_bound: float = eqx.field(static=True)
    boxes: int = eqx.field(static=True)
    unresolved: np.ndarray
    reason: str = eqx.field(static=True)


def no_stationary_point(
    game: AbstractGame,
    players: Players,
    box: Box,
    free: Names = None,
    boxes: int = 20_000,
    safety: float = _SAFETY,
) -> Certificate:
    """Try to show that the field has no zero on ``box``.

    1. *By formula*, where a solved game (``lsgan.solved``) bounds a derivative of what the generator descends
       away from zero: where that is w E[(1 - D(G))^2], w > 0, with erf D, and square G of Rayleigh z or
       scaled and shifted normal z (any data, no regularisers; whether it is is read off the loss's objectives
       and integrands, not off its class). The derivatives by h (and g), or by the shift, have the sign of a,
       and are bounded from below where a keeps its sign on the box; at a = 0 nothing is known, since for
       a = b = 0, g + h = 1/c R/S/E/E is stationary. The arithmetic is floating point, with a margin above its
       rounding: not a proof.
    2. *Bound from samples*, where 1. does not apply. The box is cut into at least 256, 24^2, 8^3, 5^4 ...
       boxes. One with half-widths r is excluded by a component whose size |f_i| at the centre is more than
       safety max(sum_j L_ij r_j, the largest change of f_i found), over centre, corners, middles of faces and
       8 points inside; L_ij is the largest |df_i/dtheta_j| among them plus the range of df_i/dtheta_j. So no
       component excludes a box on which it is seen to change its sign, in one dimension: anywhere. What is
       left of a difference of data and samples that agree to 1e4 eps does not count. Other boxes are halved.
       If all are excluded and Newton's method finds no root either, "none_bounded": what happens between
       the samples is covered by ``safety`` alone, and is not proved.

    Args:
        box: {name: (low, high)} for the free parameters; free: their order (None: that of the box).
        boxes: the most boxes to bound; safety: the factor on sampled slopes, >= 1.

    Raises:
        ValueError: bounds that are not low < high, or not of exactly the free parameters; boxes < 1,
            safety < 1.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> shown = lsgan.no_stationary_point(game, players, {"b": (-8, 8), "h": (-8, 8)})
    >>> shown.verdict.name, shown.component
    ('none_by_formula', 'h')
    """
    bounds = checked_window(game, players, box, free)
    boxes, safety = checked_int(boxes, "boxes"), checked_float(safety, "safety", low=1.0)
    shown = by_formula(game, players, bounds) or bound(game, players, bounds, boxes, safety)
    if shown.verdict is not Verdict.none_bounded:
        return shown
    return _contradicted(game, players, bounds, shown) or shown


def by_formula(game: AbstractGame, players: Players, bounds: Window) -> Certificate | None:
    """A sign kept by a component of the generator's gradient on the whole box; None where none is known."""
    known = solved.ask(
        lambda solved_game: solved_game.generator_gradient_bounds(game, players, bounds.positions)
    )
    if known is None:
        return None
    n = len(bounds.names)
    low, high = cells(bounds)  # smaller boxes make a sharper bound
    logs = {name: float(jnp.min(over)) for name, over in known.over(*map(jnp.asarray, (low, high))).items()}
    name = max(logs, key=logs.__getitem__)
    if not np.isfinite(logs[name]):
        return None
    return Certificate(
        Verdict.none_by_formula,
        name,
        logs[name],
        len(low),
        np.zeros((0, 2, n)),
        f"dJ_G/d{name} {known.reason}: "
        f"|dJ_G/d{name}| > 10^{logs[name] / np.log(10):.2f} on the box (J_G: what the generator descends)",
    )


def bound(
    game: AbstractGame, players: Players, bounds: Window, boxes: int, safety: float = _SAFETY
) -> Certificate:
    """Part 2 of ``no_stationary_point``, without a search for roots."""
    nowhere = np.stack([bounds.low, bounds.high])[None]
    reason = too_few(bounds, boxes)
    if reason:
        return Certificate(Verdict.undecided, "any", -np.inf, 0, nowhere, reason)
    least, components, used, rest = bound_by_samples(game, players, bounds, boxes, safety)
    if len(rest):
        reason = f"{len(rest)} of the boxes could not be excluded"
        return Certificate(Verdict.undecided, "any", -np.inf, used, rest, reason)
    component = bounds.names[components.pop()] if len(components) == 1 else "any"
    reason = f"sampled slopes times {safety} leave at least {least:.3g} of the field on each of {used} boxes"
    return Certificate(Verdict.none_bounded, component, float(np.log(least)), used, rest, reason)


def _contradicted(
    game: AbstractGame, players: Players, bounds: Window, shown: Certificate
) -> Certificate | None:
    """The certificate, undecided, if Newton's method finds what it denies."""
    roots = search(game, players, bounds, _STARTS, _TRIPS)
    if not len(roots.unit):
        return None
    points = np.asarray(bounds.at(roots.unit), bounds.low.dtype)
    at = dict(zip(bounds.names, points[0].tolist(), strict=True))
    around = np.stack([points, points], axis=1)
    reason = f"samples show no root, but Newton's method ends at one: {at}"
    return Certificate(Verdict.undecided, "any", -np.inf, shown.boxes, around, reason)
