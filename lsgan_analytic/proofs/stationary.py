r"""Theorem: a box holds exactly one stationary point, which is enclosed (Krawczyk).

For a box X with centre m, f the field and Y any matrix, the Krawczyk operator is

    K(X) = m - Y f(m) + (I - Y Df(X)) (X - m).

Every zero of f in X is in K(X); if K(X) is in the interior of X, there is exactly one (R. Krawczyk,
Computing 4 (1969) 187; R. E. Moore, SIAM J. Numer. Anal. 14 (1977) 611). Y is the inverse of the centre of
Df(X). The box is cut into parts; each is shown to have no zero, or lies in a larger box with one.
"""

from flint import arb, arb_mat, ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ._balls import Ball, balls, centre, cut, from_text, outward, Region, text
from ._model import Model
from .certificate import (
    Box,
    box_in_words,
    Certificate,
    checked_movers,
    checked_players_only,
    prepared,
    PROVED,
    UNDECIDED,
)
from .no_stationary import exclusion, SMALLEST

_WIDER = 1.25
_TRIPS = 40


def stationary_point(
    game: AbstractGame, players: Players, box: Box, boxes: int = 2000, precision: int = 64
) -> Certificate:
    """Prove that ``box`` holds exactly one point that is stationary for all of its parameters, and where.

    ``result["points"]`` encloses the stationary points of which existence and uniqueness in a neighbourhood
    were proved; the verdict is "proved" if there is one, inside the box, and the rest of the box has none.
    A line of stationary points, or one on the edge of the box, is left undecided.

    Args:
        box: {name: (low, high)} of parameters of the players; all others stay as in ``players``.
        boxes: the most parts to look at; precision: bits.

    Raises:
        ValueError: as ``no_stationary_point``; parameters of laws in the box.

    >>> import lsgan_analytic as lsgan
    >>> origin = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(origin, origin, lsgan.Minimax(), (lsgan.R1(strength=0.5),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> shown = lsgan.proofs.stationary_point(game, players, {"w": (-1, 2), "shift": (-1, 2)})
    >>> shown.verdict, shown.statement[:55]
    ('proved', 'exactly one point with w in [-1, 2], shift in [-1, 2] i')
    """
    model, region, spec = prepared(game, players, box)
    checked_players_only(checked_movers(model))
    boxes, precision = checked_int(boxes, "boxes"), checked_int(precision, "precision")
    with ctx.workprec(precision):
        parts, points, left = _search(model, region, boxes)
        inside, unclear = _placed(points, region)
    where = box_in_words(model, region)
    proved = not left and not unclear and len(inside) == 1
    statement = f"exactly one point with {where} is stationary"
    if not proved:
        statement = f"not decided: {statement}; {len(inside)} found, {len(left)} boxes left"
    points_as_text = [{name: text(x) for name, x in zip(model.names, point, strict=True)} for point in points]
    return Certificate(
        "stationary_point",
        PROVED if proved else UNDECIDED,
        statement,
        spec,
        model.names,
        region,
        precision,
        tuple(parts),
        left,
        {"points": points_as_text, "inside": inside},
    )


def point_of(certificate: Certificate) -> dict[str, tuple[float, float]]:
    """Floats around the one stationary point of a certificate, as a box; ValueError if it is not proved.

    >>> import lsgan_analytic as lsgan
    >>> origin = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(origin, origin, lsgan.Wasserstein())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> shown = lsgan.proofs.stationary_point(game, players, {"w": (-1, 2), "shift": (-1, 2)})
    >>> all(low <= 0 <= high and high - low < 1e-15 for low, high in lsgan.proofs.point_of(shown).values())
    True
    """
    if certificate.claim != "stationary_point" or not certificate:
        raise ValueError(f"certificate: expected a proved stationary_point, got {certificate.statement!r}")
    point = certificate.result["points"][certificate.result["inside"][0]]
    return {name: outward(from_text(point[name])) for name in certificate.names}


def krawczyk(model: Model, x: list[Ball]) -> list[Ball] | None:
    """K(x), or None where Df cannot be evaluated or inverted."""
    n = len(x)
    slopes = arb_mat(model.jacobian(x))
    middle = centre(x)
    try:
        inverse = arb_mat([[entry.mid() for entry in row] for row in slopes.tolist()]).inv()
    except ZeroDivisionError:
        return None
    inverse = arb_mat([[entry.mid() for entry in row] for row in inverse.tolist()])
    rest = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]) - inverse * slopes
    apart = arb_mat([[part - point] for part, point in zip(x, middle, strict=True)])
    moved = arb_mat([[point] for point in middle]) - inverse * arb_mat([[f] for f in model.field(middle)])
    found = [row[0] for row in (moved + rest * apart).tolist()]
    return found if all(part.is_finite() for part in found) else None


def verified(model: Model, region: Region) -> tuple[Region, list[Ball]] | None:
    """(a box around ``region`` with exactly one zero, that zero as tight as it gets), or None."""
    around = tuple(_widened(ends) for ends in region)
    x = balls(around)
    found = krawczyk(model, x)
    if found is None or not all(part.contains_interior(new) for part, new in zip(x, found, strict=True)):
        return None
    for _ in range(_TRIPS):
        new = krawczyk(model, found)
        closer = [old.intersection(new_ball) for old, new_ball in zip(found, new or found, strict=True)]
        if not any(new_ball.rad() < 0.9 * old.rad() for new_ball, old in zip(closer, found, strict=True)):
            break
        found = closer
    return around, found


def _widened(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    reach = _WIDER * (0.5 * high - 0.5 * low) + 1e-12 * (abs(low) + abs(high)) + 1e-290
    return 0.5 * low + 0.5 * high - reach, 0.5 * low + 0.5 * high + reach


def _search(model: Model, region: Region, boxes: int) -> tuple[list[dict], list[list[Ball]], tuple]:
    """(the parts that are decided, the zeros found, the boxes left)."""
    smallest = [SMALLEST * (high - low) for low, high in region]
    todo, parts, points, stuck = [region], [], [], []
    while todo and len(parts) + len(stuck) + len(todo) <= boxes:
        part = todo.pop(0)
        found, weights = exclusion(model, part)
        if found is not None:
            parts.append({"box": part} | found)
            continue
        unique = verified(model, part)
        if unique is not None:
            around, point = unique
            which = _index(points, point, around)
            around_text = [[end.hex() for end in ends] for ends in around]
            parts.append({"box": part, "around": around_text, "point": which})
            continue
        pieces = cut(part, weights, smallest)
        todo += pieces
        stuck += [] if pieces else [part]
    return parts, points, tuple(stuck + todo)


def _index(points: list[list[Ball]], point: list[Ball], around: Region) -> int:
    """Where the zero is among those found: the same as one that is in ``around``, or a new one."""
    for which, other in enumerate(points):
        if all(box.contains(x) for box, x in zip(balls(around), other, strict=True)):
            return which
    points.append(point)
    return len(points) - 1


def _placed(points: list[list[Ball]], region: Region) -> tuple[list[int], bool]:
    """(which of the zeros are inside the box, whether one may be on its edge)."""
    inside, unclear = [], False
    for which, point in enumerate(points):
        places = [_place(x, ends) for x, ends in zip(point, region, strict=True)]
        if all(place > 0 for place in places):
            inside.append(which)
        elif not any(place < 0 for place in places):
            unclear = True
    return inside, unclear


def _place(x: Ball, ends: tuple[float, float]) -> int:
    """1 inside, -1 outside, 0 not known."""
    low, high = map(arb, ends)
    return 1 if low < x and x < high else -1 if x < low or x > high else 0
