"""What is known of R/S/E/E, and of which games."""

from functools import partial
from typing import ClassVar

from jax import Array

from ..._types import Players, Scalar
from ...discriminators.erf import Erf
from ...game import AbstractGame, Game
from ...generators.square import Square
from ...laws.base import AbstractLaw
from ...laws.exponential import Exponential, ShiftedExponential
from ...laws.rayleigh import Rayleigh
from ...parameters import parameter_names
from .. import terms
from ..registry import AbstractSolvedGame, CostBounds, GradientBounds, Limit
from . import levels, transport
from .enclosures import cost_bounds, cost_signs, log_force_bounds
from .gradient import log_gradient
from .integrals import expectation


class RSEE(AbstractSolvedGame):
    """z Rayleigh, G(z) = g z^2 + h, x exponential, D(x) = (1 + erf(a x + b))/2, J = E[D^2] + E[(1 - D)^2]."""

    name: ClassVar[str] = "R/S/E/E"

    def log_gradient(self, game: AbstractGame, players: Players) -> tuple[Players, Players] | None:
        """For any latent law and generator that make an exponential law."""
        parts = terms.cost_terms(game, players)
        if parts is None or not parts.solved_by(expectation):
            return None
        assert isinstance(game, Game)
        return log_gradient(game, players)

    def cost_bounds(
        self, game: AbstractGame, players: Players, positions: tuple[int, ...]
    ) -> CostBounds | None:
        """K falls with both of its arguments; where a keeps its sign J is monotone in g and h."""
        if not solved_cost(game, players):
            return None
        assert isinstance(game, Game)
        return CostBounds(
            partial(cost_bounds, game, players, positions), partial(cost_signs, players, positions)
        )

    def generator_gradient_bounds(
        self, game: AbstractGame, players: Players, positions: tuple[int, ...]
    ) -> GradientBounds | None:
        """Where the generator descends w E[(1 - D(G))^2], w > 0, whatever the data."""
        factor = generator_factor(game, players)
        names = [parameter_names(players)[i] for i in positions]
        if factor is None or not {"g", "h"} & {*names}:
            return None
        assert isinstance(game, Game)

        def over(low: Array, high: Array) -> dict[str, Array]:
            of_g, of_h = log_force_bounds(game, players, positions, factor, low, high)
            return {name: bound for name, bound in (("h", of_h), ("g", of_g)) if name in names}

        return GradientBounds(over, "is a times an integral of a negative function, and a keeps its sign")

    def level(self, game: AbstractGame, players: Players, name: str, rate: float) -> Limit | None:
        """By dominated convergence: see ``levels.py``."""
        if not solved_cost(game, players):
            return None
        assert isinstance(game, Game)
        return levels.level(game, players, name, rate)

    def w1(self, p: AbstractLaw, q: AbstractLaw) -> Scalar | None:
        """For an exponential and a shifted exponential law."""
        if (type(p), type(q)) != (Exponential, ShiftedExponential):
            return None
        assert isinstance(p, Exponential)
        assert isinstance(q, ShiftedExponential)
        return transport.exponentials(1 / p.rate, q.loc, q.scale)


def _square_and_erf(game: AbstractGame, players: Players) -> bool:
    """Whether D is erf and G(z) = g z^2 + h with Rayleigh z, of any scale."""
    return (
        type(game) is Game
        and type(game.latent) is Rayleigh
        and (type(players.disc), type(players.gen)) == (Erf, Square)
    )


def generator_factor(game: AbstractGame, players: Players) -> float | None:
    """w > 0 where the generator descends w E[(1 - D(G))^2] with erf D, square G, Rayleigh z; else None.

    Terms over the data may be part of it: they do not depend on the generator.
    """
    if not _square_and_erf(game, players):
        return None
    parts = terms.generator_terms(game, players)
    if parts is None or type(parts.generated) is not ShiftedExponential:
        return None
    return parts.complement_factor


def solved_cost(game: AbstractGame, players: Players) -> bool:
    """Whether J = K(-a/c, -b) + K(a g, a h + b), for data loc + E/c in general."""
    if not _square_and_erf(game, players):
        return False
    parts = terms.cost_terms(game, players)
    return parts is not None and parts.is_squared_minimax and parts.solved_by(expectation)
