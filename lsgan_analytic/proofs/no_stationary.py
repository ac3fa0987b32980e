"""Theorem: the field has no zero on a box."""

from flint import ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ._balls import balls, cut, Region, sign, text
from ._force import force
from ._model import Model
from .certificate import Box, box_in_words, Certificate, checked_movers, prepared, PROVED, UNDECIDED

SMALLEST = 2.0**-20  # of the width of the box: smaller ones are not cut


def no_stationary_point(
    game: AbstractGame, players: Players, box: Box, boxes: int = 2000, precision: int = 64
) -> Certificate:
    """Prove that no point of ``box`` is stationary for all of its parameters.

    On every part of the box one component of the field is shown to keep away from 0. Either that of a
    generator parameter p, by signs: where the generator descends a sum of c E[psi(A S + B)] with psi
    monotone (R/S/E/E: psi(u) = (erfc(u)/2)^2),

        |d objective_G / dp| >= sum |c| E[S^k; S <= R] min |psi'| |alpha|,

    which is positive however far out the box is, if alpha (erf: a, logistic: b) keeps its sign. Or any
    component, by the field in ball arithmetic, directly and as f(centre) + Df(box) (box - centre). What
    neither excludes is halved where its field changes most.

    Args:
        box: {name: (low, high)}; parameters of the players, which are moved (all others stay as in
            ``players``), and of the laws, as "data.rate", over which the theorem is uniform.
        boxes: the most parts to look at; precision: bits.

    Raises:
        ValueError: a game with a part of which proofs know nothing; unknown names, low > high.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> shown = lsgan.proofs.no_stationary_point(game, players, {"b": (-8, 8), "h": (-8, 8)})
    >>> shown.verdict, len(shown.parts), shown.parts[0]["component"]
    ('proved', 1, 'h')
    """
    model, region, spec = prepared(game, players, box)
    checked_movers(model)
    boxes, precision = checked_int(boxes, "boxes"), checked_int(precision, "precision")
    with ctx.workprec(precision):
        parts, left = excluded_parts(model, region, boxes)
    where = box_in_words(model, region)
    verdict = UNDECIDED if left else PROVED
    statement = (
        f"no point with {where} is stationary"
        if not left
        else f"not decided whether a point with {where} is stationary: {len(left)} boxes are left"
    )
    return Certificate(
        "no_stationary_point", verdict, statement, spec, model.names, region, precision, tuple(parts), left
    )


def excluded_parts(model: Model, region: Region, boxes: int) -> tuple[list[dict], tuple[Region, ...]]:
    """(the parts without a zero, each with why, the boxes of which that is not known)."""
    smallest = [SMALLEST * (high - low) for low, high in region]
    todo, parts, stuck = [region], [], []
    while todo and len(parts) + len(stuck) + len(todo) <= boxes:
        part = todo.pop(0)
        found, weights = exclusion(model, part)
        if found is not None:
            parts.append({"box": part} | found)
            continue
        pieces = cut(part, weights, smallest)
        todo += pieces
        stuck += [] if pieces else [part]
    return parts, tuple(stuck + todo)


def exclusion(model: Model, region: Region) -> tuple[dict[str, str] | None, list[float]]:
    """(why the box has no zero, or None; how much the field changes with each variable).

    Why: the component, a lower bound of its size, and whether "sign" or "balls" show it.
    """
    x = balls(region)
    for i in model.moving:
        least = abs(force(model, i, x)) if not model.of_disc(i) else None
        if least is not None and least > 0:
            return {"component": model.names[i], "least": text(least.lower()), "by": "sign"}, []
    slopes = model.jacobian(x)
    field = model.field_over(x, slopes)
    for i, value in zip(model.moving, field, strict=True):
        if sign(value):
            return {"component": model.names[i], "least": text(value.abs_lower()), "by": "balls"}, []
    return None, [
        max(float(row[j].abs_upper()) if row[j].is_finite() else 1.0 for row in slopes) + 1e-12
        for j in range(len(x))
    ]
