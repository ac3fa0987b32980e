"""Nodes on which a game is played in place of samples."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

from ..game import Game
from ..laws.base import AbstractLaw
from ..laws.discrete import PointMasses
from ._sampling import on_points


class Nodes(eqx.Module):
    """A rule of nodes for each of the two laws; weights of the data's come first."""

    data: Array
    latent: Array
    weights: Float[Array, " n"]
    split: int = eqx.field(static=True)

    @classmethod
    @eqx.filter_jit
    def of(cls, game: Game, count: int, dtype: jnp.dtype) -> "Nodes":
        """About ``count`` nodes for each law of ``game``."""

        def rule(law: AbstractLaw) -> tuple[Array, Array]:
            return law.nodes(None if law.is_sample else count)

        return cls._from(rule(game.data), rule(game.latent), dtype)

    @classmethod
    @eqx.filter_jit
    def between(cls, game: Game, edges: tuple[Array, Array], count: int, dtype: jnp.dtype) -> "Nodes":
        """``count`` nodes on each panel of the rules whose panels end at ``edges``, of x and of z."""

        def rule(law: AbstractLaw, at: Array) -> tuple[Array, Array]:
            return law.nodes() if law.is_sample else law.composite_nodes(at, count)

        return cls._from(rule(game.data, edges[0]), rule(game.latent, edges[1]), dtype)

    @classmethod
    def _from(cls, data: tuple[Array, Array], latent: tuple[Array, Array], dtype: jnp.dtype) -> "Nodes":
        weights = jnp.concatenate([data[1].astype(dtype), latent[1].astype(dtype)])
        return cls(data[0].astype(dtype), latent[0].astype(dtype), weights, data[1].size)

    def normalised(self) -> "Nodes":
        """The same with weights of each law that sum to 1."""
        parts = self.weights[: self.split], self.weights[self.split :]
        weights = jnp.concatenate([part / jnp.sum(part) for part in parts])
        return eqx.tree_at(lambda own: own.weights, self, weights)

    def beside(self, other: "Nodes") -> tuple["Nodes", Array]:
        """The nodes of both, with the weights of the first of the two; and the weights of the other."""
        none = jnp.zeros_like(other.weights), jnp.zeros_like(self.weights)
        at = self.split, other.split
        own, others = (
            jnp.concatenate([one[: at[0]], two[: at[1]], one[at[0] :], two[at[1] :]])
            for one, two in ((self.weights, none[0]), (none[1], other.weights))
        )
        data, latent = (
            jnp.concatenate(pair) for pair in ((self.data, other.data), (self.latent, other.latent))
        )
        return Nodes(data, latent, own, sum(at)), others

    def game(self, game: Game, weights: Array) -> Game:
        """``game`` on the nodes with these weights."""
        data = PointMasses.unchecked(self.data, weights[: self.split])
        return on_points(game, data, PointMasses.unchecked(self.latent, weights[self.split :]))

    def centred(self, values: Float[Array, "n k"]) -> Float[Array, "n k"]:
        """``values`` at the nodes less their mean over each law."""
        parts = (slice(None, self.split), slice(self.split, None))
        means = [jnp.sum(self.weights[part, None] * values[part], axis=0, keepdims=True) for part in parts]
        return jnp.concatenate([values[part] - mean for part, mean in zip(parts, means, strict=True)])

    def by_law(self, pair: Float[Array, " 2"]) -> Float[Array, " n"]:
        """One number for every node: the first of ``pair`` for data, the second for the latent law."""
        return jnp.where(jnp.arange(self.weights.size) < self.split, pair[0], pair[1])
