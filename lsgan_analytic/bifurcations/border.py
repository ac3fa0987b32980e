"""Borders of stability in two parameters: curves of folds, flips, Neimark-Sacker and Hopf points."""

from collections.abc import Callable
from dataclasses import dataclass, field as dataclass_field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import checked_float, checked_int
from .._types import Players
from ..game import AbstractGame
from ..parameters import checked_players, indices, Names
from ..trajectory import checked_start
from ..updates.base import AbstractRule
from ._conditions import checked_kind
from ._curve import Curve, Interval, SpecialPoint
from ._motion import Motion, named
from .normal_form import Criticality, NormalForm

#: (p, q) -> a game (its flow), or (game, rule)
PlaneSystem = Callable[[Any, Any], AbstractGame | tuple[AbstractGame, AbstractRule]]
BorderKind = Literal["fold", "flip", "neimark_sacker", "hopf"]


class _OfPair(eqx.Module):
    """The system as a function of one array."""

    system: PlaneSystem

    def __call__(self, pq: Array) -> AbstractGame | tuple[AbstractGame, AbstractRule]:
        return self.system(pq[0], pq[1])


@dataclass(frozen=True)
class Border:
    """A curve of n points in the plane of two parameters p, q on which a kind of stability ends.

    Attributes:
        kind: "fold", "flip", "neimark_sacker" or "hopf"; p, q: (n,); players: leading axis n.
        eigenvalues: (n, k), of the flow, or the multipliers.
        cosine: (n,), of a Neimark-Sacker curve half the sum of the critical pair, cos of the angle of
            rotation in a step; beyond +-1 the pair is real (mu, 1/mu) and no circle is born. Of a Hopf curve
            the product of the pair, omega^2; NaN of folds and flips.
        special: the points of the curve where more eigenvalues are critical, in their order; ended: why its
            two ends are.
    """

    kind: str
    p: np.ndarray
    q: np.ndarray
    players: Players
    eigenvalues: np.ndarray
    cosine: np.ndarray
    special: tuple[SpecialPoint, ...]
    ended: tuple[str, str]
    _form: Callable[[int], NormalForm] = dataclass_field(repr=False, compare=False)
    _sign_change: Callable[[int], SpecialPoint | None] = dataclass_field(repr=False, compare=False)

    def normal_form(self, index: int) -> NormalForm:
        """What lies beyond point ``index``, as p changes at this q; see ``lsgan.normal_form``."""
        return self._form(index)

    @cached_property
    def criticality(self) -> tuple[Criticality, ...]:
        """Of every point: "supercritical" (soft), "subcritical" (hard), "resonant" or "undecided".

        "undecided" too where the critical pair is real.
        """
        return tuple(self._judged(i) for i in range(self.p.size))

    @cached_property
    def degenerate(self) -> tuple[SpecialPoint, ...]:
        """Where soft becomes hard: "chenciner", "generalized_flip" or "bautin" points, in their order.

        The coefficient of the normal form is 0 there; on the hard side, near the border, a large stable orbit
        may lie around the unstable one.
        """
        said = self.criticality
        changes = [
            i for i, pair in enumerate(pairwise(said)) if set(pair) == {"supercritical", "subcritical"}
        ]
        found = [self._sign_change(i) for i in changes if self.kind != "fold"]
        return tuple(point for point in found if point is not None)

    def _judged(self, index: int) -> Criticality:
        turning = self.kind == "neimark_sacker" and abs(self.cosine[index]) >= 1
        turning = turning or (self.kind == "hopf" and self.cosine[index] <= 0)
        return "undecided" if turning else self.normal_form(index).criticality


def continue_border(
    system: PlaneSystem,
    players: Players,
    kind: BorderKind,
    start: tuple[float, float],
    p_range: Interval,
    q_range: Interval,
    free: Names = None,
    step: float | None = None,
    max_points: int = 500,
) -> Border:
    """The border of stability through a point, within a rectangle of two parameters.

    The unknowns are the fixed point x (or equilibrium) of the motion F and the parameters p and q, with

        F(x; p, q) = x (of a flow: F = 0) and, with A = dF/dx,
        fold: det(A - I) = 0 (of a flow: det A = 0);   flip: det(A + I) = 0;
        Neimark-Sacker: det(C(A) - I) = 0, C(A) the second compound matrix, whose eigenvalues are the products
        of two multipliers;   Hopf: det(d/ds C(I + s A)) = 0, whose eigenvalues are sums of two eigenvalues.

    The curve is followed from ``start`` in both directions, around turns in p and in q (pseudo-arclength).
    Kuznetsov, Elements of Applied Bifurcation Theory (2004), chapters 8 to 10. The slope of a border in
    (p, q) is the derivative dp/dq of the critical p by any other parameter q.

    Args:
        system: (p, q) -> game (its flow), or -> (game, rule), a function that JAX can differentiate.
        players: near the equilibrium at ``start`` = (p, q), near the border.
        kind: "fold", "flip" or "neimark_sacker" of a rule; "fold" or "hopf" of a flow.
        p_range, q_range: (low, high) of the rectangle; ``start`` is in it.
        free: names of the parameters that move (None: all).
        step: the first step, in units in which the rectangle has sides 1 (None: 1/100; the longest is 1/30).
        max_points: an integer; each of the two ways ends after so many.

    Raises:
        ValueError: no such border near the start, or one on which several eigenvalues (or pairs) are at once;
            a kind that the motion does not have; a rule whose step changes with its number; bad ranges.

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> def system(step, strength):
    ...     game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    ...     return game, lsgan.Simultaneous(step)
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> border = lsgan.continue_border(  # step = 4 strength
    ...     system, players, "neimark_sacker", (1.2, 0.3), (0.1, 6.0), (0.05, 1.5), free=("w", "shift"))
    >>> bool(abs(border.p - 4 * border.q).max() < 1e-9), [at.kind for at in border.special]
    (True, ['1:4', '1:3', '1:2'])
    """
    if not callable(system):
        raise ValueError(f"system: expected a function of two parameters that makes a game, got {system!r}")
    positions = indices(checked_players(players), free)
    box = [interval(p_range, "p_range"), interval(q_range, "q_range")]
    if not isinstance(start, tuple) or len(start) != 2:
        raise ValueError(f"start: expected a pair (p, q), got {start!r}")
    place = [checked_float(value, "start", low, high) for value, (low, high) in zip(start, box, strict=True)]
    sides = np.asarray([high - low for low, high in box])
    players, at = checked_start(players), jnp.asarray(place)
    motion = Motion.of(named(_OfPair(system), players, positions, at), players, positions, at)
    curve = Curve(motion, checked_kind(kind, motion), box, sides)
    first = curve.first(np.append(np.asarray(motion.start, float), place))
    step = checked_float(0.01 if step is None else step, "step", low=1e-12)
    most = checked_int(max_points, "max_points")
    ways = [curve.follow(first, sign, step, max(step, 1 / 30), most) for sign in (-1, 1)]
    back = [place._replace(tangent=-place.tangent) for place in reversed(ways[0][0])]
    places = [*back, *ways[1][0][1:]]
    where = curve.unscaled(np.stack([place.where for place in places]))
    return Border(
        kind=kind,
        p=where[:, -2],
        q=where[:, -1],
        players=jax.vmap(curve.players)(where[:, :-2]),
        eigenvalues=np.stack([place.eigenvalues for place in places]),
        cosine=np.asarray([place.cosine for place in places]),
        special=tuple(curve.special(places)),
        ended=(ways[0][1], ways[1][1]),
        _form=lambda index: curve.form(where[index]),
        _sign_change=lambda index: curve.sign_change(places[index], places[index + 1]),
    )


def interval(value: Any, name: str) -> Interval:
    """A pair (low, high) of numbers; ValueError for another thing."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise ValueError(f"{name}: expected a pair (low, high), got {value!r}")
    low, high = (checked_float(end, name) for end in value)
    if not low < high:
        raise ValueError(f"{name}: expected low < high, got {value!r}")
    return low, high
