"""Nodes on which a game is played in place of samples, and how many are enough."""

import functools
from collections.abc import Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, PyTree

from .._types import Players
from ..expectation import panel_ends
from ..game import Game
from ..laws.base import AbstractLaw
from ..laws.discrete import PointMasses
from ..parameters import partition_inexact
from ..restriction import Restriction
from ..updates.base import AbstractRule, advance
from ._sampling import on_points

_COUNTS = (128, 256, 512, 1024, 2048, 4096)
_PER_PANEL = (4, 12)  # between kinks
_ENOUGH = 0.01  # of the sampling noise of a step
SMOOTH = 0.02  # relative difference of derivatives
_SPAN = 5e-3  # of 1 + |parameter|, over which they are taken


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


def sufficient_nodes(
    local: StepMap, path: tuple[Array, PyTree], samples: Float[Array, " 2"], names: tuple[str, ...]
) -> tuple[Nodes, Array, bool, Array]:
    """(nodes, errors, smooth, psis): the fewest nodes on which every step along ``path`` is the exact step.

    Where integrands have kinks, panels end wherever a kink is at some step. Steps agree to a hundredth of the
    sampling noise of a step, in every parameter; the errors are in units of that noise. Smooth: whether every
    step on the nodes is nearly linear over many nodes; then its Jacobian is that of the exact step. psis: the
    influence psi of every node on every step, (steps, nodes, size).
    ValueError where thousands of nodes are not enough.
    """
    size, worst, errors = 0, np.zeros(0), np.zeros((0, len(names)))
    for nodes in candidates(local, path[0]):
        every, smooth, psis = _errors(local, path, nodes, samples)
        size, errors = nodes.weights.size, np.asarray(every)[:, : len(names)]
        worst = errors.max(axis=1)
        if (worst <= _ENOUGH).all():
            return nodes, jnp.asarray(worst), bool(smooth), psis
    k = int(np.argmax(~(worst <= _ENOUGH)))
    name = names[int(np.argmax(errors[k]))]
    raise ValueError(
        f"game: expected one that samples follow; at step {k} the step on {size} nodes is off "
        f"by {worst[k]:.2g} standard deviations of the sampling noise in {name}: the discriminator jumps "
        "(gradients on samples miss jumps) or is too steep"
    )


def candidates(local: StepMap, thetas: Float[Array, "T p"]) -> Iterator[Nodes]:
    """Rules of more and more nodes."""
    edges = _kinks(local, thetas)
    for count in _COUNTS if edges is None else _PER_PANEL:
        rule = Nodes.of if edges is None else functools.partial(Nodes.between, edges=edges)
        yield rule(local.game, count=count, dtype=thetas.dtype)


@eqx.filter_jit
def _kinks(local: StepMap, thetas: Float[Array, "T p"]) -> tuple[Array, Array] | None:
    """Where integrands have kinks or jumps at any of the points, in x and in z; None where they have none."""
    game, dtype = local.game, thetas.dtype
    if game.data.dim == 2:
        return None

    def at(theta: Array) -> tuple[list[Array], list[Array]]:
        players = local.part.players_at(theta[: len(local.part.positions)])
        disc, data, generated = game.effective_parts(players)
        real, fake = [], []
        zero = jnp.zeros((), dtype)
        game.loss.objectives(lambda phi: real.append(phi) or zero, lambda phi: fake.append(phi) or zero)
        points = [
            [at for at, moving in (panel_ends(law, disc, phi) for phi in phis) if moving]
            for law, phis in ((data, real), (generated, fake))
        ]
        own = players.gen.breakpoints()
        return points[0], [players.gen.preimages(part) for part in points[1]] + [own] * bool(own.size)

    of_data, of_latent = jax.vmap(at)(thetas)
    if not (of_data or of_latent):
        return None

    def joined(parts: list[Array]) -> Array:
        flat = [jnp.ravel(part).astype(dtype) for part in parts]
        return jax.lax.stop_gradient(jnp.concatenate([jnp.zeros((0,), dtype), *flat]))

    return joined(of_data), joined(of_latent)


@eqx.filter_jit
def _errors(
    local: StepMap, path: tuple[Array, PyTree], nodes: Nodes, samples: Array
) -> tuple[Array, Array, Array]:
    """|T on nodes - T exact| over the standard deviation of the sampling noise of T, (steps, size).

    Also whether T on the nodes is smooth at every step: its derivative along one direction is that of central
    differences over many nodes, which a kink's share of the derivative is part of. And psi, (steps, n, size).
    """
    mass = nodes.weights / nodes.by_law(samples)

    def one(step: tuple[Array, PyTree, Array]) -> tuple[Array, Array, Array]:
        theta, counters, after = step

        def on_nodes(values: Array) -> Array:
            return local.on(nodes, values, nodes.weights, counters)

        span = _SPAN * (1 + jnp.abs(theta))
        taken, along = jax.jvp(on_nodes, (theta,), (span,))
        shifts = jnp.asarray([[1], [-1], [2], [-2]], theta.dtype)
        near, back, far, farther = jax.vmap(on_nodes)(theta[None] + shifts * span[None])
        difference = (8 * (near - back) - (far - farther)) / 12
        rounding = 64 * jnp.finfo(theta.dtype).eps * (1 + jnp.abs(theta))
        allowed = SMOOTH * jnp.max(jnp.abs(difference - span)) + jnp.max(rounding)
        smooth = jnp.max(jnp.abs(difference - along)) <= allowed
        psi = local.influence(nodes, theta, counters)
        noise = jnp.sqrt(jnp.sum(mass[:, None] * jnp.square(psi), axis=0))
        off = jnp.abs(taken - after)
        return jnp.where(off <= rounding, 0, off / jnp.where(noise > 0, noise, 0)), smooth, psi

    theta, counters = jax.tree.map(lambda leaf: leaf[:-1], path)
    errors, smooth, psis = jax.lax.map(one, (theta, counters, path[0][1:]), batch_size=32)
    return errors, jnp.all(smooth), psis
