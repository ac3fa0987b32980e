"""What each player wants, as sums of expectations of functions of the score u = alpha x + beta."""

from typing import NamedTuple

from ._profiles import AbstractProfile, Margin, Quadratic, Softplus, Step


class Term(NamedTuple):
    """factor E[psi(alpha X + beta)], X the data or the generated points."""

    factor: float
    of_data: bool
    psi: AbstractProfile


def squared_distance(disc: str, label: float) -> AbstractProfile:
    """(D - label)^2 as a function of u; by the smaller of D and 1 - D, so that no digits are lost."""
    if disc == "Linear":
        return Quadratic(label * label, -2 * label, 1.0)
    if label < 0.5:
        return Step(disc != "Erf", 1, label * label, -2 * label, 1.0)
    rest = 1 - label
    return Step(disc != "Erf", -1, rest * rest, -2 * rest, 1.0)


def loss_terms(loss: dict[str, str], disc: str) -> tuple[list[Term], list[Term], list[Term]]:
    """(what D ascends, what G descends, the cost J), without penalties."""
    kind = loss["kind"]
    number = {key: float.fromhex(value) for key, value in loss.items() if key != "kind"}
    if kind == "SquaredMinimax":
        both = [Term(1.0, True, squared_distance(disc, 0.0)), Term(1.0, False, squared_distance(disc, 1.0))]
        return both, both, both
    if kind == "LeastSquares":
        real, fake, target = (squared_distance(disc, number[key]) for key in ("real", "fake", "target"))
        cost = [Term(0.5, True, real), Term(0.5, False, fake)]
        return [_minus(term) for term in cost], [Term(0.5, False, target)], cost
    if kind == "Wasserstein":
        both = [Term(1.0, True, Quadratic(0.0, 1.0, 0.0)), Term(-1.0, False, Quadratic(0.0, 1.0, 0.0))]
        return both, both, both
    if kind == "Hinge":
        cost = [Term(1.0, True, Margin(-1)), Term(1.0, False, Margin(1))]
        return [_minus(term) for term in cost], [Term(-1.0, False, Quadratic(0.0, 1.0, 0.0))], cost
    weight = number["smoothing"]
    parts = [Term(-weight, True, Softplus(-1)), Term(weight - 1, True, Softplus(1))]
    both = [term for term in parts if term.factor] + [Term(-1.0, False, Softplus(1))]
    return both, both if kind == "Minimax" else [Term(1.0, False, Softplus(-1))], both


def _minus(term: Term) -> Term:
    return term._replace(factor=-term.factor)
