r"""Third cumulants of an ensemble, to leading order in 1/m.

After k steps a run is at F_k(weights + delta), its sample having these weights on the nodes. With phi the
derivative of one component of F_k at the nodes, less its mean over each law (the influence function), and H
its second derivative (the second von Mises term),

    F_k = theta_k + phi . delta + (1/2) delta . H delta + ...,    Cov(delta) phi = u,  u_i = w_i phi_i / m,

    kappa_3 = sum_i w_i phi_i^3 / m^2 + 3 u . H u  +  O(1/m^3),                                            (1)

where m is that of the law of node i. u . H u is the second derivative of F_k along u, one number, which is
carried along the path. With v_j = dF_j along u, and T the step,

*fixed*:   s_{j+1} = A_j s_j + T''[(v_j, u), (v_j, u)],   s_0 = 0,   u . H u = the component of s_k,       (2)

for every u, which is another one for every component and every k. T'' is the second derivative of the step in
(theta, weights).

*fresh*: with l = A x + psi . delta and q = (1/2) T''[(x, delta), (x, delta)] for x = theta - theta_k,

    K_{k+1} = A A A K_k + sum_i w_i psi_i psi_i psi_i/m^2 + cum(l, l, q) + cum(l, q, l) + cum(q, l, l),    (3)
    cum(l_a, l_b, q) = T''[(Cov_k A_a, u_a), (Cov_k A_b, u_b)],     u_a = w psi_a / m,  A_a the row of A.

Source: the delta method for cumulants of smooth functions of means, carried along a trajectory.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float, PyTree

from ._nodes import Nodes
from ._step_map import StepMap

_BLOCK = 16  # steps whose second derivatives are carried side by side

Steps = tuple[Array, PyTree]  # vectors and counters before every step
Direction = tuple[Array, Array]  # of (theta, weights)


def _second(local: StepMap, nodes: Nodes, now: Steps, one: Direction, other: Direction) -> Array:
    """T''[one, other] at ``now``, a vector."""
    theta, counters = now

    def step(values: Array, weights: Array) -> Array:
        return local.on(nodes, values, weights, counters)

    def along(*at: Array) -> Array:
        return jax.jvp(step, at, one)[1]

    return jax.jvp(along, (theta, nodes.weights), other)[1]


@eqx.filter_jit
def fixed(
    local: StepMap, nodes: Nodes, before: Steps, slopes: Array, psis: Array, samples: Float[Array, " 2"]
) -> Float[Array, "steps k"]:
    """kappa_3 of the first k components, those of free parameters, after every step; (1) and (2)."""
    sizes, k = nodes.by_law(samples), len(local.part.positions)
    mass, steps = nodes.weights / sizes, slopes.shape[0]

    def carried(history: Array, step: tuple[Array, Array]) -> tuple[Array, tuple[Array, Array]]:
        slope, psi = step
        after = history @ slope.T + psi
        return after, (history, after)

    _, (histories, later) = jax.lax.scan(carried, jnp.zeros_like(psis[0]), (slopes, psis))
    own = later[..., :k]
    linear = jnp.einsum("n,tnk->tk", mass / sizes, own**3)
    towards = jnp.swapaxes(own * mass[None, :, None], 1, 2)  # u: (steps, k, nodes)

    def block(ends: Array) -> Array:
        directions = towards[ends]

        def once(j: Array, now: Array) -> Array:
            at, slope, history = jax.tree.map(lambda x: x[j], (before, slopes, histories))

            def one(s: Array, u: Array) -> Array:
                along = history.T @ u, u
                return slope @ s + _second(local, nodes, at, along, along)

            after = jax.vmap(jax.vmap(one))(now, directions)
            return jnp.where(j <= ends[:, None, None], after, now)

        zero = jnp.zeros((*directions.shape[:2], slopes.shape[-1]), directions.dtype)
        return jnp.diagonal(jax.lax.fori_loop(0, ends[-1] + 1, once, zero), axis1=1, axis2=2)

    every = jnp.minimum(jnp.arange(-(-steps // _BLOCK) * _BLOCK), steps - 1)
    bent = jax.lax.map(block, every.reshape(-1, _BLOCK)).reshape(-1, k)[:steps]
    return linear + 3 * bent


@eqx.filter_jit
def fresh(
    local: StepMap, nodes: Nodes, before: Steps, slopes: Array, psis: Array, samples: Float[Array, " 2"]
) -> Float[Array, "steps k"]:
    """The same by (3)."""
    sizes, k = nodes.by_law(samples), len(local.part.positions)
    mass, size = nodes.weights / sizes, slopes.shape[-1]

    def carried(
        now: tuple[Array, Array], step: tuple[Steps, Array, Array]
    ) -> tuple[tuple[Array, Array], Array]:
        (third, covariance), (at, slope, psi) = now, step
        towards = slope @ covariance, (psi * mass[:, None]).T

        def pair(one: Direction, other: Direction) -> Array:
            return _second(local, nodes, at, one, other)

        bent = jax.vmap(lambda one: jax.vmap(lambda other: pair(one, other))(towards))(towards)
        third = jnp.einsum("ai,bj,cl,ijl->abc", slope, slope, slope, third)
        third = third + jnp.einsum("n,na,nb,nc->abc", mass / sizes, psi, psi, psi)
        third = third + bent + bent.swapaxes(1, 2) + jnp.einsum("bca->abc", bent)
        covariance = slope @ covariance @ slope.T + jnp.einsum("n,ni,nj->ij", mass, psi, psi)
        return (third, covariance), jnp.einsum("iii->i", third)[:k]

    zero = jnp.zeros((size, size, size), slopes.dtype), jnp.zeros((size, size), slopes.dtype)
    return jax.lax.scan(carried, zero, (before, slopes, psis))[1]
