"""Which solved integrals a game is made of: read off what it computes, not off the names of its parts.

A loss is asked for its objectives with symbols in place of the expectations. What comes back is a linear
combination of E[phi(D)], or the loss did something else with them and nothing is known. Laws, players and
integrands count by their exact type: a subclass may compute anything.
"""

from collections.abc import Callable
from typing import Any

from .._types import Players
from ..closed_forms import rsee
from ..discriminators.erf import Erf
from ..expectation import closed_form
from ..game import Game
from ..generators.square import Square
from ..laws.pushforward import pushforward
from ..laws.rayleigh import Rayleigh
from ..losses.base import (
    AbstractIntegrand,
    AbstractLoss,
    Scaled,
    Squared,
    SquaredComplement,
    SquaredDistance,
)


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
        return _Combination(tuple((side, number * own, phi) for side, own, phi in self.terms))

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value to decide by")

    def __truediv__(self, divisor: Any) -> "_Combination":
        return self * (1 / float(divisor))


def _symbol(side: str) -> Callable[[AbstractIntegrand], _Combination]:
    return lambda phi: _Combination(((side, 1.0, phi),))


def _generator_terms(loss: AbstractLoss) -> tuple[tuple[float, AbstractIntegrand], ...] | None:
    """(factor, phi) of every E[phi(D(G))] in what the generator descends; None where it is no such sum."""
    try:
        _, falling = loss.objectives(_symbol("real"), _symbol("fake"))  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, AttributeError):  # it is more than a sum
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


def _paper_players(game: object, players: Players) -> bool:
    """Whether D is erf and G(z) = g z^2 + h with Rayleigh z, of any scale, and nothing is added to J."""
    return (
        type(game) is Game
        and not game.regularizers
        and type(game.latent) is Rayleigh
        and (type(players.disc), type(players.gen)) == (Erf, Square)
    )


def generator_factor(game: object, players: Players) -> float | None:
    """w > 0 where the generator descends w E[(1 - D(G))^2] with erf D, square G, Rayleigh z; else None.

    Terms over the data may be part of it: they do not depend on the generator.
    """
    if not _paper_players(game, players):
        return None
    terms = _generator_terms(game.loss)  # pyright: ignore[reportAttributeAccessIssue]
    if terms is None:
        return None
    total = 0.0
    for factor, phi in terms:
        own = _complement_factor(phi)
        if own is None:
            return None
        total += factor * own
    return total if 0 < total < float("inf") else None


def solved_cost(game: object, players: Players) -> bool:
    """Whether J = K(-a/c, -b) + K(a g, a h + b), for data loc + E/c in general."""
    if not _paper_players(game, players):
        return False
    assert isinstance(game, Game)
    if (type(game.loss.real), type(game.loss.fake)) != (Squared, SquaredComplement):
        return False
    terms = ((game.data, game.loss.real), (pushforward(game.latent, players.gen), game.loss.fake))
    return all(closed_form(law, players.disc, phi) is rsee.expectation for law, phi in terms)
