"""The expectations that costs are made of: read off what a game computes, not off the names of its parts.

A loss is asked for its objectives with symbols in place of the expectations. What comes back is a linear
combination of E[phi(D)], or the loss did something else with them and nothing is known. Games, laws, players
and integrands count by their exact type: a subclass may compute anything.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from .._types import Players, Scalar
from ..discriminators.base import AbstractDiscriminator
from ..expectation import closed_form
from ..game import AbstractGame, Game
from ..laws.base import AbstractLaw
from ..losses.base import (
    AbstractIntegrand,
    AbstractLoss,
    Scaled,
    Squared,
    SquaredComplement,
    SquaredDistance,
)


class CostTerms(NamedTuple):
    """J = E[real(D(x))] + E[fake(D(y))], x ~ data, y ~ generated."""

    disc: AbstractDiscriminator
    data: AbstractLaw
    generated: AbstractLaw
    real: AbstractIntegrand
    fake: AbstractIntegrand

    def solved_by(self, rule: Callable[..., Scalar]) -> bool:
        """Whether the closed form of both terms is ``rule``."""
        terms = ((self.data, self.real), (self.generated, self.fake))
        return all(closed_form(law, self.disc, phi) is rule for law, phi in terms)

    @property
    def is_squared_minimax(self) -> bool:
        """Whether J = E[D(x)^2] + E[(1 - D(y))^2]."""
        return (type(self.real), type(self.fake)) == (Squared, SquaredComplement)


class GeneratorTerms(NamedTuple):
    """What the generator descends: sum of factor E[phi(D(y))], y ~ generated, and what it has no part in."""

    disc: AbstractDiscriminator
    generated: AbstractLaw
    terms: tuple[tuple[float, AbstractIntegrand], ...]

    @property
    def complement_factor(self) -> float | None:
        """w > 0 where the terms are w E[(1 - D(y))^2], else None."""
        total = 0.0
        for factor, phi in self.terms:
            inner = _complement_factor(phi)
            if inner is None:
                return None
            total += factor * inner
        return total if 0 < total < float("inf") else None


def cost_terms(game: AbstractGame, players: Players) -> CostTerms | None:
    """The two expectations whose sum is J; None for other games than ``Game`` and with regularizers."""
    if not _is_plain(game):
        return None
    assert isinstance(game, Game)
    return CostTerms(*game.effective_parts(players), game.loss.real, game.loss.fake)


def generator_terms(game: AbstractGame, players: Players) -> GeneratorTerms | None:
    """The expectations over generated points that the generator descends a sum of; None if it is not one."""
    if not _is_plain(game):
        return None
    assert isinstance(game, Game)
    terms = _falling_terms(game.loss)
    disc, _, generated = game.effective_parts(players)
    return None if terms is None else GeneratorTerms(disc, generated, terms)


def _is_plain(game: AbstractGame) -> bool:
    return type(game) is Game and not game.regularizers


class _Combination:
    """sum of factor E[phi(D)] over data ("real") and generated points ("fake")."""

    __array_ufunc__ = None  # NumPy must not take it apart

    def __init__(self, terms: tuple[tuple[str, float, AbstractIntegrand], ...]):
        self.terms = terms

    def __add__(self, other: Any) -> "_Combination":
        if isinstance(other, _Combination):
            return _Combination(self.terms + other.terms)
        if isinstance(other, int | float):  # a constant moves nobody
            return self
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> "_Combination":
        return self * -1.0

    def __sub__(self, other: Any) -> "_Combination":
        return self + (-other)

    def __rsub__(self, other: Any) -> "_Combination":
        return -self + other

    def __mul__(self, factor: Any) -> "_Combination":
        if isinstance(factor, _Combination):
            return NotImplemented
        number = float(factor)
        return _Combination(tuple((side, number * weight, phi) for side, weight, phi in self.terms))

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> "_Combination":
        return self * (1 / float(divisor))

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value to decide by")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a symbol has no value to compare")

    __ne__ = __eq__
    __hash__ = None  # pyright: ignore[reportAssignmentType]


def _symbol(side: str) -> Callable[[AbstractIntegrand], _Combination]:
    return lambda phi: _Combination(((side, 1.0, phi),))


def _falling_terms(loss: AbstractLoss) -> tuple[tuple[float, AbstractIntegrand], ...] | None:
    """(factor, phi) of every E[phi(D(G))] in what the generator descends; None where it is no such sum."""
    try:
        _, falling = loss.objectives(_symbol("real"), _symbol("fake"))
    except (TypeError, ValueError, AttributeError, ArithmeticError):  # it is more than a sum
        return None
    if not isinstance(falling, _Combination):
        return None
    return tuple((factor, phi) for side, factor, phi in falling.terms if side == "fake")


def _complement_factor(phi: AbstractIntegrand) -> float | None:
    """w where phi(t) = w (1 - t)^2, else None."""
    if type(phi) is Scaled:
        inner = _complement_factor(phi.inner)
        return None if inner is None else float(phi.factor) * inner
    label_one = type(phi) is SquaredDistance and phi.label == 1
    return 1.0 if type(phi) is SquaredComplement or label_one else None
