"""Theorem: of which kind the stationary points in a box are, for the flow or for one step of a rule."""

from typing import Any

from flint import arb, arb_mat, ctx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ..updates.alternating import Alternating
from ..updates.base import AbstractRule
from ..updates.simultaneous import Simultaneous
from ._balls import Ball, balls
from ._model import Model
from ._spectrum import characteristic, is_rotation, outside_circle, right_of_axis
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


def kind(
    game: AbstractGame,
    players: Players,
    box: Box,
    rule: AbstractRule | None = None,
    precision: int = 64,
) -> Certificate:
    """Prove that every stationary point in ``box`` attracts, or repels, or is a saddle.

    Signs of Re lambda for the eigenvalues of the Jacobian of the field (``rule=None``: the flow), or of
    |mu| - 1 for those of the Jacobian of one step of ``rule``, for every point of the box. Whether there is
    a stationary point is for ``stationary_point`` to prove; ``point_of`` of its certificate is a box.
    With two parameters and a box that is one point, a Jacobian of exact trace 0 and positive determinant is
    a "centre" of the linearised flow.

    Args:
        box: {name: (low, high)} of the players' parameters; low = high is allowed.
        rule: ``Simultaneous`` or ``Alternating`` with constant steps, or None; precision: bits.

    Raises:
        ValueError: as ``stationary_point``; another rule, or a step that changes.

    ``result["kind"]`` is "attracting", "repelling", "saddle", "centre" or "undecided", and
    ``result["unstable"]`` the number of eigenvalues with Re lambda > 0, |mu| > 1.

    >>> import lsgan_analytic as lsgan
    >>> origin = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(origin, origin, lsgan.Minimax())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> at = {"w": (0, 0), "shift": (0, 0)}
    >>> lsgan.proofs.kind(game, players, at).result["kind"]
    'centre'
    >>> lsgan.proofs.kind(game, players, at, lsgan.Simultaneous(step=0.1)).result["kind"]
    'repelling'
    """
    model, region, spec = prepared(game, players, box)
    checked_players_only(checked_movers(model))
    plan = None if rule is None else plan_of(rule)
    with ctx.workprec(checked_int(precision, "precision")):
        matrix = model.jacobian(balls(region))
        matrix = matrix if plan is None else step_matrix(model, matrix, plan)
        name, unstable = _kind(matrix, plan is None)
    where = box_in_words(model, region)
    subject = "the flow" if plan is None else f"one step of {plan['rule']}"
    article = "a " if name in ("saddle", "centre") else ""
    statement = f"every stationary point with {where} is {article}{name} for {subject}"
    if name == UNDECIDED:
        statement = f"not decided of which kind stationary points with {where} are for {subject}"
    result = {"kind": name, "unstable": unstable, "rule": plan}
    verdict = UNDECIDED if name == UNDECIDED else PROVED
    return Certificate("kind", verdict, statement, spec, model.names, region, precision, result=result)


def _kind(matrix: list[list[Ball]], flow: bool) -> tuple[str, int | None]:
    p = characteristic(matrix)
    if not all(c.is_finite() for c in p):
        return UNDECIDED, None
    unstable = right_of_axis(p) if flow else outside_circle(p)
    if unstable is None:
        return ("centre", 0) if flow and is_rotation(p) else (UNDECIDED, None)
    if unstable in (0, len(matrix)):
        return ("repelling" if unstable else "attracting"), unstable
    return "saddle", unstable


def plan_of(rule: AbstractRule) -> dict[str, Any]:
    """Who steps by how much, in which order, as exact text; ValueError for rules that proofs do not know."""
    if type(rule) not in (Simultaneous, Alternating):
        raise ValueError(f"rule: proofs know Simultaneous and Alternating, got {rule!r}")
    sizes = rule.step_sizes  # pyright: ignore
    if sizes.disc.changes or sizes.gen.changes:
        raise ValueError(f"rule: expected constant steps, got {rule!r}")
    disc, gen = (float(size).hex() for size in sizes())
    if type(rule) is Simultaneous:
        return {"rule": "Simultaneous", "disc": disc, "gen": gen, "order": ["both"]}
    assert isinstance(rule, Alternating)
    order = ["disc"] * rule.disc_steps + ["gen"] * rule.gen_steps
    order = order if rule.order == "disc" else order[rule.disc_steps :] + order[: rule.disc_steps]
    return {"rule": "Alternating", "disc": disc, "gen": gen, "order": order}


def gains(model: Model, plan: dict[str, Any], who: str) -> list[Ball]:
    """The step of every variable in the part of the plan in which ``who`` moves."""
    sizes = [("disc" if model.of_disc(i) else "gen") for i in model.moving]
    return [arb(float.fromhex(plan[owner])) if who in ("both", owner) else arb(0) for owner in sizes]


def step_matrix(model: Model, jacobian: list[list[Ball]], plan: dict[str, Any]) -> list[list[Ball]]:
    """The Jacobian of one step at a stationary point: the product of I + S Df over its parts."""
    n = len(jacobian)
    total = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    for who in plan["order"]:
        sizes = gains(model, plan, who)
        part = [[int(i == j) + sizes[i] * jacobian[i][j] for j in range(n)] for i in range(n)]
        total = arb_mat(part) * total
    return total.tolist()
