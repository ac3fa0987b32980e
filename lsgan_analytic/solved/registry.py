"""What can be known of a solved game, and the registry through which it is asked."""

from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple, TypeVar

import equinox as eqx
import numpy as np
from jax import Array

from .._types import Players, Scalar
from ..game import AbstractGame
from ..laws.base import AbstractLaw

Answer = TypeVar("Answer")


class CostBounds(NamedTuple):
    """What bounds J over boxes of the parameters at ``positions``, n of them.

    Attributes:
        over: (low, high), (m, n) each -> (least, most), (m,) each: J is between them on every box.
        signs: (low, high), (n,) each -> {i: sign of dJ/d(i-th parameter of the box)} for those that keep
            their sign on the box: 1 where J rises, -1 where it falls. What is not known is left out.
    """

    over: Callable[[Array, Array], tuple[Array, Array]]
    signs: Callable[[np.ndarray, np.ndarray], Mapping[int, int]]


class GradientBounds(NamedTuple):
    """What bounds derivatives of the generator's objective J_G away from zero, over boxes.

    Attributes:
        over: (low, high), (m, n) each -> {name: lower bounds (m,) of log|dJ_G/dname|}; -inf where that
            derivative is not known to keep its sign on a box. Names of generator parameters in the box.
        reason: what makes them keep their sign, as the end of the sentence "dJ_G/dname ...".
    """

    over: Callable[[Array, Array], Mapping[str, Array]]
    reason: str


class Limit(NamedTuple):
    """The limit of J along a ray, and why it is that."""

    value: float
    reason: str


class AbstractSolvedGame(eqx.Module):
    """A family of games of which more is known than the cost. Every method returns None where nothing is.

    A method is asked about any game, with any players, and recognises its own by what they compute: see
    ``terms.py``. What it answers is exact, or a bound that holds to rounding; never an estimate.

    >>> import lsgan_analytic as lsgan
    >>> from typing import ClassVar
    >>> class Nothing(lsgan.solved.AbstractSolvedGame):
    ...     name: ClassVar[str] = "nothing"
    >>> Nothing().w1(lsgan.Normal(), lsgan.Normal()) is None
    True
    """

    name: ClassVar[str] = "unnamed"  # how messages call it

    def log_gradient(self, game: AbstractGame, players: Players) -> tuple[Players, Players] | None:
        """(log|dJ/dp|, sign of dJ/dp) for every parameter p, right where the gradient underflows."""
        return None

    def cost_bounds(
        self, game: AbstractGame, players: Players, positions: tuple[int, ...]
    ) -> CostBounds | None:
        """Bounds of J over boxes of the parameters at ``positions``, the others as in ``players``."""
        return None

    def generator_gradient_bounds(
        self, game: AbstractGame, players: Players, positions: tuple[int, ...]
    ) -> GradientBounds | None:
        """Bounds of derivatives of what the generator descends, over boxes as for ``cost_bounds``."""
        return None

    def level(self, game: AbstractGame, players: Players, name: str, rate: float) -> Limit | None:
        """The limit of J as the parameter ``name`` goes to infinity with the sign of ``rate``."""
        return None

    def w1(self, p: AbstractLaw, q: AbstractLaw) -> Scalar | None:
        """The Wasserstein-1 distance of two laws on the line (units of x), differentiable."""
        return None


_GAMES: list[AbstractSolvedGame] = []


def register_solved_game(solved: AbstractSolvedGame) -> AbstractSolvedGame:
    """From now on ``ask`` asks ``solved`` too, after those registered before it. Returns it."""
    if not isinstance(solved, AbstractSolvedGame):
        raise ValueError(f"solved: expected an instance of an AbstractSolvedGame, got {solved!r}")
    _GAMES.append(solved)
    return solved


def ask(question: Callable[[AbstractSolvedGame], Answer | None]) -> Answer | None:
    """The first answer of a solved game that is not None; None where none of them knows.

    >>> import lsgan_analytic as lsgan
    >>> known = lsgan.solved.ask(lambda solved: solved.w1(lsgan.Normal(), lsgan.Normal(mean=-2.0)))
    >>> float(known), lsgan.solved.ask(lambda solved: solved.w1(lsgan.Normal(), lsgan.Rayleigh()))
    (2.0, None)
    """
    answers = (question(solved) for solved in _GAMES)
    return next((answer for answer in answers if answer is not None), None)


def solved_names() -> list[str]:
    """The names of all solved games, sorted."""
    return sorted((solved.name for solved in _GAMES), key=str.lower)
