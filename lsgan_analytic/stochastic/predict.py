r"""The ensemble of stochastic runs, without simulating it.

One step of a rule is a map theta' = T(theta, P, Q) of the parameters and of the two laws, P of the data and
Q of the latent variable. A run sees empirical laws of m points instead. With A_k = dT/dtheta and
psi_k(x) = dT/dP in the direction of a point mass at x, less its mean, at the exact path theta_k:

*fixed* (one sample for the whole run). The influence of a sample point on the run follows

    IF_{k+1}(x) = A_k IF_k(x) + psi_k(x),     Cov_k = E_x[IF IF^T]/m_x + E_z[IF IF^T]/m_z,          (1)

*fresh* (a new sample at every step)

    Cov_{k+1} = A_k Cov_k A_k^T + E_x[psi psi^T]/m_x + E_z[psi psi^T]/m_z.                          (2)

Both are exact to first order in 1/sqrt(m). The mean of the runs leaves the exact path at the next order,

    bias_{k+1} = A_k bias_k + 1/2 T_theta,theta : Cov_k + [fixed] E[(d psi_k/d theta) IF_k]/m.      (3)

Expectations are the laws' Gauss rules, and derivatives in P are derivatives in the weights of those rules,
so any rule that is a smooth map of the game can be predicted. (3) is complete for rules that are linear in
the laws, as every rule is that takes one gradient a step. Source: the influence function of M-estimation
(Hampel 1974) carried along a trajectory.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float, PyTree

from .._checks import count
from .._types import Players
from ..game import Game
from ..laws.discrete import PointMasses
from ..parameters import dtype_of, Names, parameter_names, partition_inexact
from ..restriction import restrict, Restriction
from ..trajectory import checked_start
from ..updates.base import AbstractRule, advance as advance_players, checked_rule
from ._sampling import checked_protocol, on_points, pair, Protocol, Samples


class Band(eqx.Module):
    """The predicted ensemble at T = steps + 1 points, over the k parameters that move.

    Attributes:
        mean: (T, k), the exact path; bias: (T, k), how far the mean of the runs is from it, to O(1/m).
        covariance: (T, k, k), of one run, to O(1/m).
        names: the parameters, in order.
    """

    mean: Float[Array, "T k"]
    bias: Float[Array, "T k"]
    covariance: Float[Array, "T k k"]
    names: tuple[str, ...] = eqx.field(static=True)

    @property
    def std(self) -> Float[Array, "T k"]:
        """Standard deviation of one run."""
        return jnp.sqrt(jnp.diagonal(self.covariance, axis1=-2, axis2=-1))

    @property
    def nonlinearity(self) -> Float[Array, " T"]:
        """|bias| / sqrt(trace covariance), of order 1/sqrt(m): the next order over the one in use.

        Where it is not small (above 0.25, say) the paths fan out further than linear theory can tell, and
        mean and covariance are only a guide. 0 at the start, where nothing varies.
        """
        size = jnp.sqrt(jnp.trace(self.covariance, axis1=-2, axis2=-1))
        return jnp.linalg.norm(self.bias, axis=-1) / jnp.where(size > 0, size, 1)


def predict(
    game: Game,
    rule: AbstractRule,
    players: Players,
    *,
    samples: Samples,
    steps: int,
    protocol: Protocol = "fixed",
    free: Names = None,
) -> Band:
    """Mean, bias and covariance of the runs that ``simulate`` would make, at every step.

    Arguments and errors as for ``simulate``. The cost is that of a few hundred exact steps.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> band = lsgan.predict(
    ...     game, lsgan.Simultaneous(step=0.4), players, samples=1000, steps=249, free=("b", "h")
    ... )
    >>> band.mean.shape, band.covariance.shape
    ((250, 2), (250, 2, 2))
    >>> [round(float(s), 3) for s in band.std[-1]]
    [0.027, 0.065]
    """
    part = restrict(game, checked_start(players), free)
    every = parameter_names(players)
    names = tuple(every[i] for i in part.positions)
    sizes = jnp.asarray(pair(samples), dtype_of(players))  # not static: no new program for new numbers
    checked_rule(rule).check(count(steps, "steps"))
    return Band(*_predict(part, rule, steps, sizes, checked_protocol(protocol)), names)


@eqx.filter_jit
def _predict(
    part: Restriction,
    rule: AbstractRule,
    steps: int,
    samples: Array,
    protocol: Protocol,
) -> tuple[Array, Array, Array]:
    game, here = part.game, part.reduce(part.players)
    begin_state = rule.init(here)
    start = part.flatten(here, begin_state)
    _, others, _ = partition_inexact((here, begin_state))  # counters of the state are set aside
    (x, wx), (z, wz) = game.data.nodes(), game.latent.nodes()
    size = start.size
    # one weight for every node of both rules; `mass` is what a node adds to E[. .^T]/m
    weights, split = jnp.concatenate([wx, wz]), wx.size
    mass = jnp.concatenate([wx / samples[0], wz / samples[1]])

    def step_on(game: Game, theta: Array, others: PyTree) -> tuple[Players, PyTree]:
        now = part.unflatten(theta, *eqx.combine(others, (here, begin_state)))
        return advance_players(Restriction(game, part.players, part.positions), rule, *now)

    def exact(theta: Array, others: PyTree) -> tuple[Array, PyTree]:
        players, state = step_on(game, theta, others)
        return part.flatten(players, state), partition_inexact((players, state))[1]

    def weighted(theta: Array, own: Array, others: PyTree) -> Array:
        on_nodes = on_points(
            game, PointMasses.unchecked(x, own[:split]), PointMasses.unchecked(z, own[split:])
        )
        return part.flatten(*step_on(on_nodes, theta, others))

    def influence(theta: Array, others: PyTree) -> Array:
        """psi at every node, (nodes, size)."""
        psi = jax.jacrev(weighted, argnums=1)(theta, weights, others).T
        sums = [jnp.sum(weights[part, None] * psi[part], axis=0, keepdims=True) for part in parts]
        return jnp.concatenate([psi[part] - total for part, total in zip(parts, sums, strict=True)])

    parts = (slice(None, split), slice(split, None))

    def spread(values: Array) -> Array:
        return jnp.einsum("n,ni,nj->ij", mass, values, values)

    def advance(now, _):
        (theta, bias, cov, history), others = now
        slope = jax.jacrev(weighted)(theta, weights, others)
        bend = jax.jacfwd(jax.jacrev(weighted))(theta, weights, others)
        psi = influence(theta, others)
        drift = slope @ bias + 0.5 * jnp.einsum("ijk,jk->i", bend, cov)
        if protocol == "fixed":
            drift = drift + jnp.einsum("n,nij,nj->i", mass, jax.jacfwd(influence)(theta, others), history)
            history = history @ slope.T + psi
            cov = spread(history)
        else:
            cov = slope @ cov @ slope.T + spread(psi)
        theta, others = exact(theta, others)
        now = (theta, drift, cov, history)
        return (now, others), now[:3]

    begin = (start, jnp.zeros_like(start), jnp.zeros((size, size)), jnp.zeros((weights.size, size)))
    begin = jax.tree.map(lambda value: value.astype(start.dtype), begin)
    _, later = jax.lax.scan(advance, (begin, others), length=steps)
    mean, bias, cov = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), begin[:3], later)
    k = len(part.positions)
    return mean[:, :k], bias[:, :k], cov[:, :k, :k]
