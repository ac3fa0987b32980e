r"""Theorem: the least and the greatest value of J on a box to so many digits, or far out its limits.

*On a finite box* by branch and bound. On a part, with m in it, J = J(m) + J'(m) d + d^T J''(xi) d/2 with xi
in the part (Taylor), so that J >= J(m) - sum_i |J_i'(m)| r_i + min d^T H d/2, H = J''(part) in balls and
|d_i| <= r_i; in one dimension with H > 0 also J >= J(m) - J'(m)^2/(2 H). Where J rises or falls with a
variable all over the part, only that face of it counts. The least value is between the smallest of these
bounds and the smallest value seen at a point.

*On an infinite box* E[psi(A S + B)] is between the limits of psi: for J = E[D(x)^2] + E[(1 - D(G))^2] with
erf or logistic D, 0 < J < 2, and points of the box far out come as close to the ends as they do.
"""

import heapq
import itertools
import math
from typing import Any, NamedTuple

from flint import arb, ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ._balls import Ball, balls, centre, cut, Ends, Region, sign, single, text, ZERO
from ._force import force
from ._model import Model
from .certificate import Box, box_in_words, Certificate, prepared, PROVED, UNDECIDED, written

_FAR = (10.0, 30.0, 100.0, 300.0, 1000.0)
_SHARES = (0.125, 0.25, 0.5, 1.0)


class Part(NamedTuple):
    """A part of the box: the face of it on which J is least, a lower bound there, and a value at a point."""

    box: Region
    face: Region
    low: Ball
    value: Ball
    at: Region
    weights: list[float]


def bounds(
    game: AbstractGame,
    players: Players,
    box: Box,
    digits: int = 12,
    boxes: int = 2000,
    precision: int = 64,
) -> Certificate:
    """Enclose the least and the greatest value of J on ``box`` (infimum and supremum where it is infinite).

    Args:
        box: {name: (low, high)} of parameters of players and laws; ends may be infinite for
            ``SquaredMinimax`` with erf or logistic D.
        digits: the enclosures are to be no wider than 10^-digits; boxes: the most parts for each extreme.

    Raises:
        ValueError: as ``no_stationary_point``; an infinite end in another game.

    ``result["least"]`` and ``result["greatest"]`` hold the balls "value" and a point "at" as text. Both hold
    J's extreme also where the verdict is "undecided", but more widely than wanted.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> shown = lsgan.proofs.bounds(game, players, {"h": (-8, 8)})
    >>> print(shown.statement)
    J with h in [-8, 8] is from 0.465922211468 to 1.463692212798
    """
    model, region, spec = prepared(game, players, box, infinite=True)
    digits, boxes = checked_int(digits, "digits"), checked_int(boxes, "boxes")
    finite = all(math.isfinite(end) for ends in region for end in ends)
    if not finite and (spec["loss"]["kind"] != "SquaredMinimax" or spec["disc"]["kind"] == "Linear"):
        raise ValueError("box: expected finite ends but for SquaredMinimax with erf or logistic D")
    with ctx.workprec(checked_int(precision, "precision")):
        search = _extreme if finite else _limit
        extremes = {
            name: search(model, region, side, digits, boxes)
            for name, side in (("least", 1), ("greatest", -1))
        }
        values = [found["value"] for found in extremes.values()]
        close = all(2 * x.rad() <= arb(10) ** -digits for x in values)
        said = [f"{float(x.mid()):.{min(digits, 15)}f}" for x in values]
    parts = tuple(part | {"of": name} for name, found in extremes.items() for part in found.pop("parts"))
    statement = f"J with {box_in_words(model, region)} is from {said[0]} to {said[1]}"
    if not close:
        statement = f"not decided to {digits} digits: {statement}"
    result: dict[str, Any] = {
        name: found | {"value": text(found["value"])} for name, found in extremes.items()
    }
    result["digits"] = digits
    verdict = PROVED if close else UNDECIDED
    return Certificate(
        "bounds", verdict, statement, spec, model.names, region, precision, parts, result=result
    )


def _extreme(model: Model, region: Region, side: int, digits: int, boxes: int) -> dict:
    """The least value of side J, as a value of J: branch and bound, the lowest bound first."""
    smallest = [math.ldexp(high - low, -40) for low, high in region]
    goal = arb(10) ** -digits / 2
    order, parts = itertools.count(), []
    best = first = _bounded(model, region, side)
    heap = [(float(first.low), next(order), first)]
    for _ in range(boxes):
        part = heap[0][2]
        pieces = cut(part.face, part.weights, smallest)
        if best.value - part.low <= goal or not pieces:
            break
        heapq.heappop(heap)
        if part.face != part.box:
            parts.append({"box": part.box, "face": written(part.face)})
        for piece in pieces:
            found = _bounded(model, piece, side)
            best = found if found.value < best.value else best
            heapq.heappush(heap, (float(found.low), next(order), found))
    rest = [entry[2] for entry in heap]
    parts += [{"box": x.box, "face": written(x.face), "bound": text(side * x.low)} for x in rest]
    least = rest[0].low
    for x in rest:
        least = x.low if x.low < least else least
    return {
        "value": side * least.union(best.value),
        "at": [low.hex() for low, _ in best.at],
        "parts": parts,
    }


def _bounded(model: Model, box: Region, side: int) -> Part:
    """What is known of side J on a part."""
    face, bends = _face(model, box, side)
    point = tuple(single(0.5 * low + 0.5 * high) for low, high in face)
    x, middle = balls(face), balls(point)
    value = side * model.value(model.cost, middle)
    slope = [side * s for s in model.gradient(model.cost, middle)]
    reach = [abs(ball - centred).upper() for ball, centred in zip(x, middle, strict=True)]
    n = range(len(x))
    low = value - sum((abs(slope[i]) * reach[i] for i in n), ZERO)
    for i in n:
        for j in n:
            bend = (side * bends[i][j]).lower() if i == j else -abs(bends[i][j])
            low += ZERO if bend > 0 else bend * reach[i] * reach[j] / 2
    known = low.lower() if low.is_finite() else arb("-inf")
    top = value.upper() if value.is_finite() else arb("inf")
    part = Part(box, face, known, top, point, _weights(slope, bends))
    moving = [i for i in n if face[i][0] < face[i][1]]
    return part if len(moving) != 1 else _in_one_dimension(model, part, side, moving[0], value, slope, bends)


def _weights(slope: list[Ball], bends: list[list[Ball]]) -> list[float]:
    """How much J changes with each variable, roughly."""
    found = [
        float((abs(s) + abs(row[i])).upper()) for i, (s, row) in enumerate(zip(slope, bends, strict=True))
    ]
    return [weight if math.isfinite(weight) else 1.0 for weight in found]


def _in_one_dimension(
    model: Model, part: Part, side: int, i: int, value: Ball, slope: list[Ball], bends: list[list[Ball]]
) -> Part:
    """The same by the parabola below J, where it is convex, with its lowest point as one more to look at."""
    bend = (side * bends[i][i]).lower()
    if not bend > 0:
        return part
    low = (value - slope[i] * slope[i] / (2 * bend)).lower()
    middle, (least, most) = part.at[i][0], part.face[i]
    newton = min(max(middle - float(slope[i]) / float(bend), least), most)
    at = tuple(single(newton) if j == i else ends for j, ends in enumerate(part.at))
    bound = (side * model.value(model.cost, balls(at))).upper()
    part = part._replace(value=bound, at=at) if bound < part.value else part
    return part._replace(low=low) if low > part.low else part


def _face(model: Model, part: Region, side: int) -> tuple[Region, list[list[Ball]]]:
    """(the face of the part on which side J is least, second derivatives of J over it)."""
    while True:
        slopes, bends = _slopes(model, balls(part))
        face = tuple(
            ends if not side * sign(s) else single(ends[0]) if side * sign(s) > 0 else single(ends[1])
            for s, ends in zip(slopes, part, strict=True)
        )
        if face == part:
            return part, bends
        part = face


def _slopes(model: Model, x: list[Ball]) -> tuple[list[Ball], list[list[Ball]]]:
    """dJ over the box, with the signs that are known however small it is, and d2J."""
    bends = model.hessian(model.cost, x)
    middle = centre(x)
    apart = [ball - point for ball, point in zip(x, middle, strict=True)]
    at = model.gradient(model.cost, middle)
    slopes = [
        value + sum((b * d for b, d in zip(row, apart, strict=True)), ZERO)
        for value, row in zip(at, bends, strict=True)
    ]
    if model.cost is model.falling:
        for i in model.moving:
            known = ZERO if model.of_disc(i) else force(model, i, x)
            slopes[i] = known if sign(known) else slopes[i]
    return slopes, bends


def _limit(model: Model, region: Region, side: int, digits: int, boxes: int) -> dict:
    """Infimum (side 1) or supremum (-1) of J over an infinite box, between its limit and a value far out."""
    edge = ZERO if side == 1 else arb(2)
    best, at, goal = arb("inf"), [], arb(10) ** -digits / 2
    for far in _FAR:
        for point in itertools.product(*(_far_points(ends, far) for ends in region)):
            value = (side * model.value(model.cost, balls(tuple(map(single, point))))).upper()
            best, at = (value, [end.hex() for end in point]) if value < best else (best, at)
        if best - side * edge < goal:
            break
    return {"value": (side * best).union(edge), "at": at, "parts": []}


def _far_points(ends: Ends, far: float) -> list[float]:
    """The finite ends and points far out of a range."""
    low, high = ends
    found = {end for end in ends if math.isfinite(end)}
    for share in _SHARES:
        found |= {high - far * share if math.isfinite(high) else -far * share} if low == -math.inf else set()
        found |= {low + far * share if math.isfinite(low) else far * share} if high == math.inf else set()
    return sorted(found)
