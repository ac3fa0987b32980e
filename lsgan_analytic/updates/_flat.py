"""The players as one vector, for rules that solve linear systems."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree

from .._types import Players, Vector
from ..game import AbstractGame, field
from ..parameters import vector
from .base import Sizes


class Flat:
    """The field of a game as a function of one vector (the parameters of disc, then those of gen).

    Attributes:
        here: where the players are; split: the number of disc's parameters; sizes: the step size of every
        parameter.
    """

    def __init__(self, game: AbstractGame, players: Players, sizes: Sizes):
        self.here, self.players = ravel_pytree(players)
        self.split = sum(leaf.size for leaf in jax.tree.leaves(players.disc))
        of_disc = jnp.arange(self.here.size) < self.split
        self.sizes = jnp.where(of_disc, *(size.astype(self.here.dtype) for size in sizes))
        self._game = game

    players: Callable[[Array], Players]

    def field(self, theta: Vector) -> Vector:
        """The field at ``theta``."""
        return vector(field(self._game, self.players(theta)))
