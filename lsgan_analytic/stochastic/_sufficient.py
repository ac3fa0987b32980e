"""How many nodes are enough: a step on them is the exact step, all along a path."""

import functools
from collections.abc import Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, PyTree

from ..expectation import panel_ends
from ._nodes import Nodes
from ._step_map import StepMap

_COUNTS = (128, 256, 512, 1024, 2048, 4096)
_PER_PANEL = (4, 12)  # between kinks
_ENOUGH = 0.01  # of the sampling noise of a step
_SMOOTH = 0.02  # relative difference of derivatives
_SPAN = 5e-3  # of 1 + |parameter|, over which they are taken


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
        allowed = _SMOOTH * jnp.max(jnp.abs(difference - span)) + jnp.max(rounding)
        smooth = jnp.max(jnp.abs(difference - along)) <= allowed
        psi = local.influence(nodes, theta, counters)
        noise = jnp.sqrt(jnp.sum(mass[:, None] * jnp.square(psi), axis=0))
        off = jnp.abs(taken - after)
        return jnp.where(off <= rounding, 0, off / jnp.where(noise > 0, noise, 0)), smooth, psi

    theta, counters = jax.tree.map(lambda leaf: leaf[:-1], path)
    errors, smooth, psis = jax.lax.map(one, (theta, counters, path[0][1:]), batch_size=32)
    return errors, jnp.all(smooth), psis
