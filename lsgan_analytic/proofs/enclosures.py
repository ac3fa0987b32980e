"""K, costs, fields and Jacobians as Arb balls over boxes of parameters, at any precision."""

from typing import Any, NamedTuple

from flint import arb, ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ._balls import Ball, ball, balls
from ._means import mean
from ._profiles import Step
from .certificate import Box, prepared

_COMPLEMENT = Step(logistic=False, side=-1, constant=0.0, linear=0.0, square=1.0)  # (erfc(u)/2)^2


class Enclosure(NamedTuple):
    """Balls that hold the values at every point of a box.

    Attributes:
        names: the variables; cost: J; gradient: dJ by every variable; hessian: d2J.
        field: (+d objective_D / d disc, -d objective_G / d gen) of the players' variables.
        jacobian: d field_i / d variable_j.
    """

    names: tuple[str, ...]
    cost: Ball
    gradient: list[Ball]
    hessian: list[list[Ball]]
    field: list[Ball]
    jacobian: list[list[Ball]]


def enclose(game: AbstractGame, players: Players, box: Box, precision: int = 64) -> Enclosure:
    """Cost, gradient, Hessian, field and Jacobian over ``box``, {name: (low, high)}; low = high is a point.

    Widths shrink in proportion to that of the box. ValueError as for ``no_stationary_point``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> found = lsgan.proofs.enclose(game, players, {"b": (-3, -3), "h": (-2, -2)}, precision=128)
    >>> print(found.cost.str(25))
    [1.344168409465014828349757 +/- 4.35e-25]
    """
    model, region, _ = prepared(game, players, box)
    with ctx.workprec(checked_int(precision, "precision")):
        x = balls(region)
        jacobian = model.jacobian(x)
        return Enclosure(
            model.names,
            model.value(model.cost, x),
            model.gradient(model.cost, x),
            model.hessian(model.cost, x),
            model.field_over(x, jacobian),
            jacobian,
        )


def K(A: Any, B: Any, a_order: int = 0, b_order: int = 0, precision: int = 64) -> Ball:
    """d^(i+j) K / dA^i dB^j of ``special.K`` over balls, i = a_order, j = b_order, i + j <= 2.

    Args:
        A, B: numbers, ``flint.arb``, or (low, high).

    >>> from lsgan_analytic import proofs
    >>> print(proofs.K(3.3, -7.4, precision=96).str(20))
    [0.87824619799668308972 +/- 2.02e-21]
    """
    if a_order + b_order > 2 or min(a_order, b_order) < 0:
        raise ValueError(f"a_order, b_order: expected a_order + b_order <= 2, got {a_order}, {b_order}")
    with ctx.workprec(checked_int(precision, "precision")):
        ends = [ball(x) if isinstance(x, tuple) else arb(x) for x in (A, B)]
        return mean("exponential", _COMPLEMENT, a_order, a_order + b_order, *ends)
