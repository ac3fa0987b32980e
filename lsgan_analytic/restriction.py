"""A game over some of its parameters: the one place where the others are held fixed."""

from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import PyTree

from ._types import Flag, Matrix, Players, Scalar, Vector
from .game import AbstractGame, checked_game, field
from .parameters import indices, Names, partition_inexact, vector


class Restriction(AbstractGame):
    """The game between the free parameters alone: nothing else is a parameter of its players.

    Its players are those of the game without the fixed parameters: a field of which all entries are free is
    as it was, one of which some are is the vector of these, all others are absent. So whatever a rule does,
    what is fixed cannot move, and no derivative of it is computed; a rule's state has no entry for it.

    Args:
        game: the game of all parameters.
        players: all parameters; the fixed ones stay at their values.
        positions: of the free parameters among ``parameter_names(players)``, in the order of the vectors
            below.
    """

    game: AbstractGame
    players: Players
    positions: tuple[int, ...] = eqx.field(static=True)

    def _entries(self) -> list[np.ndarray]:
        """Which entries of every leaf of ``players`` are free, in increasing order."""
        ends = np.cumsum([0, *(np.size(leaf) for leaf in jax.tree.leaves(self.players))])
        free = np.sort(np.asarray(self.positions, int))
        return [free[(free >= low) & (free < high)] - low for low, high in pairwise(ends)]

    @property
    def order(self) -> np.ndarray:
        """Where the free parameters are in the vector of the restricted players."""
        return np.argsort(np.argsort(np.asarray(self.positions, int)))

    def reduce(self, players: Players) -> Players:
        """The free parameters of ``players``."""
        leaves, form = jax.tree.flatten(players)
        parts = [
            leaf if index.size == np.size(leaf) else jnp.ravel(leaf)[index] if index.size else None
            for leaf, index in zip(leaves, self._entries(), strict=True)
        ]
        return jax.tree.unflatten(form, parts)

    def whole(self, reduced: Players) -> Players:
        """All parameters, the free ones from ``reduced``."""
        leaves, form = jax.tree.flatten(self.players)
        given = iter(jax.tree.leaves(reduced))

        def filled(leaf: Array, index: np.ndarray) -> Array:
            if index.size == 0:
                return leaf
            if index.size == np.size(leaf):
                return next(given)
            return jnp.ravel(leaf).at[index].set(next(given)).reshape(np.shape(leaf))

        return jax.tree.unflatten(form, [filled(*pair) for pair in zip(leaves, self._entries(), strict=True)])

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        return self.game.objectives(self.whole(players))

    def cost_terms(self, players: Players) -> tuple[Scalar, Scalar]:
        return self.game.cost_terms(self.whole(players))

    def project(self, players: Players) -> Players:
        return self.reduce(self.game.project(self.whole(players)))

    @property
    def projects(self) -> bool:
        return self.game.projects

    def in_domain(self, players: Players) -> Flag:
        return self.game.in_domain(self.whole(players))

    # The same as functions of the vector of the free parameters, in the order of ``positions``.

    @property
    def point(self) -> Vector:
        """The free parameters of ``players``."""
        return vector(self.reduce(self.players))[self.order]

    def reduced_at(self, values: Vector) -> Players:
        """The restricted players whose free parameters are ``values``."""
        _, others, rebuild = partition_inexact(self.reduce(self.players))
        return rebuild(values[np.argsort(np.asarray(self.positions, int))], others)

    def players_at(self, values: Vector) -> Players:
        """All parameters, the free ones from ``values``."""
        return self.whole(self.reduced_at(values))

    def field(self, values: Vector) -> Vector:
        """The field over the free parameters."""
        return vector(field(self, self.reduced_at(values)))[self.order]

    def jacobian(self, values: Vector) -> Matrix:
        """d field_i / d parameter_j over the free parameters."""
        return jax.jacfwd(self.field)(values)

    def flatten(self, reduced: Players, state: PyTree) -> Vector:
        """The free parameters, then the real numbers of a rule's state in the order of its pytree."""
        values, _, _ = partition_inexact((reduced, state))
        return values[self._all(values.size)]

    def unflatten(self, values: Vector, reduced: Players, state: PyTree) -> tuple[Players, PyTree]:
        """(restricted players, state) with the numbers of ``flatten``; all else as it is in ``state``."""
        _, others, rebuild = partition_inexact((reduced, state))
        return rebuild(values[np.argsort(self._all(values.size))], others)

    def _all(self, size: int) -> np.ndarray:
        return np.append(self.order, np.arange(self.order.size, size))


def restrict(game: AbstractGame, players: Players, free: Names = None, argument: str = "free") -> Restriction:
    """``game`` over the ``free`` parameters of ``players`` (all for None).

    ValueError for unknown names, naming ``argument``, and for what is no game.
    """
    return Restriction(checked_game(game), players, indices(players, free, argument))
