"""Cost and field on a plane through the space of players: what a phase portrait shows."""

from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

from .._checks import Numbers
from .._types import Players, Vector
from .._window import checked_parts
from ..game import AbstractGame
from ..parameters import indices
from ..restriction import Restriction
from .surface import surface


class Portrait(eqx.Module):
    """J and the field over two parameters, the others held.

    Attributes:
        grid: the two names and their values, n and m of them.
        cost: (n, m), J; field: (n, m, 2), both components of the field on the plane.
    """

    grid: dict[str, Vector]
    cost: Float[Array, "n m"]
    field: Float[Array, "n m 2"]

    @property
    def field_norm(self) -> Float[Array, "n m"]:
        """|field| on the plane."""
        return jnp.linalg.norm(self.field, axis=-1)


def portrait(game: AbstractGame, players: Players, grid: Mapping[str, Numbers]) -> Portrait:
    """Cost and field at every point of a grid of two parameters; the others are as in ``players``.

    With a discriminator that answers (``OptimalDiscriminator``) D is the best response at every point.

    Args:
        grid: name -> values, for two names.

    Raises:
        ValueError: not two names, unknown ones, or values that are not a vector.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> portrait = lsgan.portrait(game, players, {"b": [-3.0, 0.0, 3.0], "h": [-2.0, 1.0]})
    >>> portrait.cost.shape, portrait.field.shape
    ((3, 2), (3, 2, 2))
    """
    checked_parts(game, players)
    if not isinstance(grid, Mapping):
        raise ValueError(f"grid: expected {{name: values}}, got {grid!r}")
    if len(grid) != 2:
        raise ValueError(f"grid: expected two parameters, got {list(grid)}")
    at_one = _CostAndField(game, indices(players, tuple(grid), "grid"))
    cost, force = surface(at_one, players, grid)
    return Portrait({name: jnp.asarray(values) for name, values in grid.items()}, cost, force)


class _CostAndField(eqx.Module):
    """Cost and field at one point. A module, so that a second portrait of a game is not compiled again."""

    game: AbstractGame
    positions: tuple[int, ...] = eqx.field(static=True)

    def __call__(self, players: Players) -> tuple[Array, Array]:
        part = Restriction(self.game, players, self.positions)
        return self.game.cost(players), part.field(part.point)
