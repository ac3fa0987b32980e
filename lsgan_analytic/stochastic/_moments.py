"""Derivatives of the steps along the exact path; bias and covariance of an ensemble from them."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, PyTree

from ._nodes import Nodes
from ._sampling import Protocol
from ._step_map import StepMap

_BATCH = 32  # steps, or directions, whose derivatives are computed side by side

Steps = tuple[Array, PyTree]  # vectors and counters before every step


@eqx.filter_jit
def derivatives_on_nodes(local: StepMap, nodes: Nodes, before: Steps) -> tuple[Array, Array]:
    """A_k and T_theta,theta of every step, on the nodes."""

    def one(now: Steps) -> tuple[Array, Array]:
        theta, counters = now

        def slope(values: Array) -> Array:
            return jax.jacrev(lambda x: local.on(nodes, x, nodes.weights, counters))(values)

        return slope(theta), jax.jacfwd(slope)(theta)

    return jax.lax.map(one, before, batch_size=_BATCH)


@eqx.filter_jit
def exact_slopes(local: StepMap, before: Steps) -> tuple[Array, Array]:
    """A_k of every step of the exact game, and NaN for T_theta,theta."""
    slopes = jax.lax.map(lambda now: jax.jacfwd(local.exact)(*now), before, batch_size=_BATCH)
    return slopes, jnp.full((*slopes.shape, slopes.shape[-1]), jnp.nan, slopes.dtype)


def curvature_in_laws(
    local: StepMap, before: Steps, nodes: Nodes, samples: Float[Array, " 2"]
) -> Float[Array, "steps size"]:
    """The last term of (3), 1/2 T_PP : Cov(sample), of every step; 0 where steps are linear in the laws."""
    if np.all(_linear_in_laws(local, before, nodes)):
        return jnp.zeros_like(before[0])
    return _curvature_in_laws(local, before, nodes, samples)


def _second_in_laws(local: StepMap, nodes: Nodes, now: Steps, by: Float[Array, " n"]) -> Array:
    """d^2/dt^2 of T on the nodes with weights + t ``by`` at t = 0."""
    theta, counters = now

    def slope(weights: Array) -> Array:
        return jax.jvp(lambda at: local.on(nodes, theta, at, counters), (weights,), (by,))[1]

    return jax.jvp(slope, (nodes.weights,), (by,))[1]


@eqx.filter_jit
def _linear_in_laws(local: StepMap, before: Steps, nodes: Nodes) -> Array:
    """Whether the second derivative of a step along one direction in general position is 0 to rounding."""
    draw = jax.random.normal(jax.random.key(0), nodes.weights.shape, nodes.weights.dtype)
    by = jnp.sqrt(nodes.weights) * nodes.centred(draw[:, None])[:, 0]

    def one(now: Steps) -> Array:
        rounding = 64 * jnp.finfo(by.dtype).eps * (1 + jnp.abs(now[0]))
        return jnp.all(jnp.abs(_second_in_laws(local, nodes, now, by)) <= rounding)

    return jax.lax.map(one, before, batch_size=_BATCH)


@eqx.filter_jit
def _curvature_in_laws(
    local: StepMap, before: Steps, nodes: Nodes, samples: Float[Array, " 2"]
) -> Float[Array, "steps size"]:
    """The sum over the nodes: a sample of m points of a law has weights of covariance (diag(w) - w w^T)/m."""
    sizes = nodes.by_law(samples)
    mass = nodes.weights / sizes
    of_data = jnp.arange(mass.size) < nodes.split
    laws = jnp.stack([jnp.where(of_data, nodes.weights, 0), jnp.where(of_data, 0, nodes.weights)])

    def one(now: Steps) -> Array:
        def along(by: Array) -> Array:
            return _second_in_laws(local, nodes, now, by)

        def at_node(i: Array) -> Array:
            return along(jnp.zeros_like(mass).at[i].set(1))

        every = jax.lax.map(at_node, jnp.arange(mass.size), batch_size=_BATCH)
        return 0.5 * (mass @ every - (1 / samples) @ jax.vmap(along)(laws))

    return jax.lax.map(one, before)


@eqx.filter_jit
def moments(
    local: StepMap,
    before: Steps,
    nodes: Nodes,
    derivatives: tuple[Array, Array],
    psis: Array,
    in_laws: Float[Array, "steps size"],
    samples: Float[Array, " 2"],
    protocol: Protocol,
) -> tuple[Array, Array]:
    """(bias, covariance) at every point of the path; ``in_laws``: the last term of (3) at every step."""
    slopes, bends = derivatives
    mass = nodes.weights / nodes.by_law(samples)  # what a node adds to E[. .^T]/m
    size = slopes.shape[-1]

    def spread(values: Array) -> Array:
        return jnp.einsum("n,ni,nj->ij", mass, values, values)

    def carried(now: tuple[Array, Array], step: tuple[Array, Array]) -> tuple[tuple[Array, Array], tuple]:
        (history, covariance), (slope, psi) = now, step
        after = history @ slope.T + psi if protocol == "fixed" else history
        cov = spread(after) if protocol == "fixed" else slope @ covariance @ slope.T + spread(psi)
        return (after, cov), (history, cov)

    zero = jnp.zeros((nodes.weights.size, size), slopes.dtype), jnp.zeros((size, size), slopes.dtype)
    _, (histories, later) = jax.lax.scan(carried, zero, (slopes, psis))
    covariance = jnp.concatenate([zero[1][None], later])
    drift = in_laws + 0.5 * jnp.einsum("tijk,tjk->ti", bends, covariance[:-1])

    def mixed(now: tuple[tuple[Array, PyTree], Array]) -> Array:
        """E[(d psi/d theta) IF]/m: sum over j of d/dtheta_j of dT/dweights along mass IF_j."""
        (theta, counters), history = now

        def along(direction: Array, by: Array) -> Array:
            def in_weights(values: Array) -> Array:
                function = lambda weights: local.on(nodes, values, weights, counters)  # noqa: E731
                return jax.jvp(function, (nodes.weights,), (by,))[1]

            return jax.jvp(in_weights, (theta,), (direction,))[1]

        return jnp.sum(jax.vmap(along)(jnp.eye(size, dtype=theta.dtype), (mass[:, None] * history).T), axis=0)

    if protocol == "fixed":
        drift = drift + jax.lax.map(mixed, (before, histories), batch_size=_BATCH)

    def biased(bias: Array, step: tuple[Array, Array]) -> tuple[Array, Array]:
        slope, by = step
        bias = slope @ bias + by
        return bias, bias

    _, bias = jax.lax.scan(biased, jnp.zeros_like(drift[0]), (slopes, drift))
    return jnp.concatenate([jnp.zeros_like(bias[:1]), bias]), covariance
