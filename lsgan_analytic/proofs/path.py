"""Theorem: the first steps of a trajectory, enclosed."""

from flint import arb, ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ..updates.base import AbstractRule
from ._balls import Ball, centre, single, text, ZERO
from ._description import description
from ._model import Model
from .certificate import Certificate, prepared, PROVED, UNDECIDED
from .kind import gains, plan_of

_ROUGH = 53  # bits of Jacobians: they multiply radii only


def path(
    game: AbstractGame,
    rule: AbstractRule,
    players: Players,
    steps: int,
    digits: int = 12,
    free: tuple[str, ...] | None = None,
) -> Certificate:
    """Enclose the points theta_0, ..., theta_steps of training from ``players``.

    A step takes the box X about m to m + s f(m) + (I + s Df(X)) (X - m), which holds theta + s f(theta) for
    every theta in X (mean value theorem). Radii grow with |I + s Df|; the precision is doubled, up to four
    times, until all of them are below 10^-digits.

    Args:
        rule: ``Simultaneous`` or ``Alternating`` with constant steps.
        steps: how many; digits: wanted after the point. free: who moves; all for None.

    Raises:
        ValueError: as ``no_stationary_point``; another rule.

    ``result["points"]`` is a list of {name: ball}; "undecided" if a radius is not below 10^-digits.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> shown = lsgan.proofs.path(game, lsgan.Simultaneous(step=0.4), players, steps=2, free=("b", "h"))
    >>> shown.verdict, str(lsgan.proofs.from_text(shown.result["points"][2]["b"]))[:12]
    ('proved', '[-2.94498600')
    """
    spec = description(game, players)
    values = {name: x for part in ("disc", "gen") for name, x in spec[part].items() if name != "kind"}
    names = tuple(values) if free is None else tuple(free)
    if not names or not {*names} <= {*values}:
        raise ValueError(f"free: expected names out of {tuple(values)}, got {names}")
    start = {name: single(float.fromhex(values[name])) for name in names}
    model, region, spec = prepared(game, players, start)
    plan, steps, digits = plan_of(rule), checked_int(steps, "steps"), checked_int(digits, "digits")
    precision = 64 + 4 * digits
    points, close = [], False
    for _ in range(5):
        with ctx.workprec(precision):
            points = _walk(model, plan, [arb(low) for low, _ in region], steps)
            close = all(x.rad() < arb(10) ** -digits for point in points for x in point)
        if close:
            break
        precision *= 2
    result = {
        "points": [{name: text(x) for name, x in zip(names, point, strict=True)} for point in points],
        "rule": plan,
        "digits": digits,
    }
    statement = f"{steps} steps of {plan['rule']} pass through the boxes of the result"
    verdict = PROVED if close and len(points) == steps + 1 else UNDECIDED
    if verdict == UNDECIDED:
        statement = f"not decided to {digits} digits: {statement}"
    return Certificate("path", verdict, statement, spec, names, region, precision, result=result)


def _walk(model: Model, plan: dict, x: list[Ball], steps: int) -> list[list[Ball]]:
    """The points, as long as they are finite."""
    points = [x]
    for _ in range(steps):
        for who in plan["order"]:
            x = moved(model, gains(model, plan, who), x)
        if not all(part.is_finite() for part in x):
            break
        points.append(x)
    return points


def moved(model: Model, sizes: list[Ball], x: list[Ball]) -> list[Ball]:
    """theta + s f(theta) for every theta in the box."""
    middle = centre(x)
    field = model.field(middle)
    n = range(len(x))
    if all(part.is_exact() for part in x):
        return [middle[i] + sizes[i] * field[i] for i in n]
    with ctx.workprec(_ROUGH):
        slopes = model.jacobian(x)
    apart = [part - point for part, point in zip(x, middle, strict=True)]
    return [
        middle[i]
        + sizes[i] * field[i]
        + sum(((int(i == j) + sizes[i] * slopes[i][j]) * apart[j] for j in n), ZERO)
        for i in n
    ]
