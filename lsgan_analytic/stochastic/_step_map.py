"""A step of a rule as a map of one vector, of the exact game and on nodes; its path."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import PyTree

from .._types import Players
from ..game import Game
from ..parameters import partition_inexact
from ..restriction import Restriction
from ..updates.base import AbstractRule, advance
from ._nodes import Nodes


class StepMap(eqx.Module):
    """A step of a rule as a map of one vector: the free parameters, then the numbers of the rule's state."""

    game: Game
    part: Restriction
    rule: AbstractRule

    def start(self) -> tuple[Array, PyTree]:
        """The vector before the first step, and what of the state is no real number (counters)."""
        reduced, state = self._blank()
        return self.part.flatten(reduced, state), partition_inexact((reduced, state))[1]

    def _blank(self) -> tuple[Players, PyTree]:
        reduced = self.part.reduce(self.part.players)
        return reduced, self.rule.init(reduced)

    def step(self, game: Game, theta: Array, counters: PyTree) -> tuple[Array, PyTree]:
        """One step on ``game``: that of this map, or the same on other laws."""
        now = self.part.unflatten(theta, *eqx.combine(counters, self._blank()))
        after = advance(Restriction(game, self.part.players, self.part.positions), self.rule, *now)
        return self.part.flatten(*after), partition_inexact(after)[1]

    def exact(self, theta: Array, counters: PyTree) -> Array:
        """T(theta) of the exact game."""
        return self.step(self.game, theta, counters)[0]

    def on(self, nodes: Nodes, theta: Array, weights: Array, counters: PyTree) -> Array:
        """T(theta) on the nodes, with these weights."""
        return self.step(nodes.game(self.game, weights), theta, counters)[0]

    def influence(self, nodes: Nodes, theta: Array, counters: PyTree) -> Array:
        """psi at every node, (nodes, size)."""
        psi = jax.jacrev(lambda weights: self.on(nodes, theta, weights, counters))(nodes.weights).T
        return nodes.centred(psi)


@eqx.filter_jit
def exact_path(local: StepMap, steps: int) -> tuple[tuple[Array, PyTree], Array]:
    """The exact path, vectors and counters at steps + 1 points, and whether they are valid."""
    start = local.start()

    def once(now: tuple[Array, PyTree], _: None) -> tuple[tuple[Array, PyTree], tuple[Array, PyTree]]:
        after = local.step(local.game, *now)
        return after, after

    _, later = jax.lax.scan(once, start, length=steps)
    path = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start, later)
    k = len(local.part.positions)

    def valid(theta: Array) -> Array:
        return jnp.all(jnp.isfinite(theta)) & local.game.in_domain(local.part.players_at(theta[:k]))

    return path, jax.vmap(valid)(path[0])
