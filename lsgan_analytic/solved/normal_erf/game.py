"""What is known of normal/erf, and of which games."""

from functools import partial
from typing import ClassVar

from jax import Array

from ..._types import Players, Scalar
from ...discriminators.erf import Erf
from ...game import AbstractGame, Game
from ...generators.affine import Affine, Scale
from ...generators.shift import Shift
from ...laws.base import AbstractLaw
from ...laws.normal import Normal
from ...parameters import parameter_names
from .. import terms
from ..registry import AbstractSolvedGame, CostBounds, GradientBounds, Limit
from . import levels, transport
from .enclosures import cost_bounds, cost_signs, log_gradient_bound
from .gradient import log_gradient
from .integrals import expectation


class NormalErf(AbstractSolvedGame):
    """x, z normal, G(z) = scale z + shift, D(x) = (1 + erf(a x + b))/2, J = E[D^2] + E[(1 - D)^2]."""

    name: ClassVar[str] = "normal/erf"

    def log_gradient(self, game: AbstractGame, players: Players) -> tuple[Players, Players] | None:
        """For any latent law and generator that make a normal law."""
        parts = terms.cost_terms(game, players)
        if parts is None or not parts.solved_by(expectation):
            return None
        assert isinstance(game, Game)
        return log_gradient(game, players)

    def cost_bounds(
        self, game: AbstractGame, players: Players, positions: tuple[int, ...]
    ) -> CostBounds | None:
        """Both terms are monotone in two numbers; where a keeps its sign J is monotone in the shift."""
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
        if factor is None or "shift" not in names:
            return None
        assert isinstance(game, Game)

        def over(low: Array, high: Array) -> dict[str, Array]:
            return {"shift": log_gradient_bound(game, players, positions, factor, low, high)}

        return GradientBounds(over, "is a times an integral of a negative function, and a keeps its sign")

    def level(self, game: AbstractGame, players: Players, name: str, rate: float) -> Limit | None:
        """By dominated convergence: see ``levels.py``."""
        if not solved_cost(game, players):
            return None
        assert isinstance(game, Game)
        return levels.level(game, players, name, rate)

    def w1(self, p: AbstractLaw, q: AbstractLaw) -> Scalar | None:
        """For two normal laws."""
        if (type(p), type(q)) != (Normal, Normal):
            return None
        assert isinstance(p, Normal)
        assert isinstance(q, Normal)
        return transport.normals(p, q)


def _affine_and_erf(game: AbstractGame, players: Players) -> bool:
    """Whether D is erf and G(z) = scale z + shift, or one part of it, with normal z."""
    return (
        type(game) is Game
        and type(game.latent) is Normal
        and type(players.disc) is Erf
        and type(players.gen) in (Affine, Scale, Shift)
    )


def generator_factor(game: AbstractGame, players: Players) -> float | None:
    """w > 0 where the generator descends w E[(1 - D(G))^2] with erf D and normal G(z); else None."""
    if not _affine_and_erf(game, players):
        return None
    parts = terms.generator_terms(game, players)
    if parts is None or type(parts.generated) is not Normal:
        return None
    return parts.complement_factor


def solved_cost(game: AbstractGame, players: Players) -> bool:
    """Whether J is the sum of E[D^2] and E[(1 - D)^2] over two normal laws."""
    if not _affine_and_erf(game, players):
        return False
    parts = terms.cost_terms(game, players)
    return parts is not None and parts.is_squared_minimax and parts.solved_by(expectation)
