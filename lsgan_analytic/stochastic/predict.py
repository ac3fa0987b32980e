r"""The ensemble of stochastic runs, without simulating it.

One step of a rule, projection included, is a map theta' = T(theta, P, Q) of the parameters and of the two
laws, P of the data and Q of the latent variable. A run sees empirical laws of m points instead. With
A_k = dT/dtheta and psi_k(x) = dT/dP in the direction of a point mass at x, less its mean, at the exact path
theta_k:

*fixed* (one sample for the whole run). The influence of a sample point on the run follows

    IF_{k+1}(x) = A_k IF_k(x) + psi_k(x),     Cov_k = E_x[IF IF^T]/m_x + E_z[IF IF^T]/m_z,          (1)

*fresh* (a new sample at every step)

    Cov_{k+1} = A_k Cov_k A_k^T + E_x[psi psi^T]/m_x + E_z[psi psi^T]/m_z.                          (2)

Both are exact to first order in 1/sqrt(m). The mean of the runs leaves the exact path at the next order,

    bias_{k+1} = A_k bias_k + 1/2 T_theta,theta : Cov_k + [fixed] E[(d psi_k/d theta) IF_k]/m
                 + 1/2 (E_x[T_PP(x, x)]/m_x + E_z[T_QQ(z, z)]/m_z).                                 (3)

theta_k is the path of the exact game. psi is a derivative in the weights of a rule of nodes for each law,
whose number grows until a step on the nodes is the exact step to a hundredth of the sampling noise, all along
the path; a game for which that fails is refused, so any rule that is a smooth map of the game can be
predicted. A_k and T_theta,theta are derivatives on the nodes where those are the ones of the exact game;
where they may not be (a kink of the loss, a step that bends sharply) A_k is taken of the exact game, and (3)
is not known. T_PP(x, x') is the second derivative of a step in the law, along point masses at x and x' less
the law: 0 for a gradient step, which is linear in the laws, but not for rules that look at the laws more than
once a step (``Extragradient``, ``LookAhead``, ``Consensus``) or penalties over pairs (``Diversity``). Source:
the influence function and the second-order von Mises expansion of M-estimation (Hampel 1974) carried along a
trajectory.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float

from .._checks import checked_int
from .._types import Players
from ..game import Game
from ..parameters import dtype_of, Names, parameter_names
from ..restriction import restrict
from ..trajectory import checked_start
from ..updates.base import AbstractRule, checked_rule
from ._moments import curvature_in_laws, derivatives_on_nodes, exact_slopes, moments
from ._sampling import checked_protocol, pair, Protocol, Samples
from ._step_map import exact_path, StepMap
from ._sufficient import sufficient_nodes
from ._third import fixed, fresh


class Band(eqx.Module):
    """The predicted ensemble at T = steps + 1 points, over the k parameters that move.

    Attributes:
        mean: (T, k), the exact path; bias: (T, k), how far the mean of the runs is from it, to O(1/m). NaN
            from the first step on at which it is not known: where the loss has a kink (``Hinge``), the
            derivative of psi in (3) is not that of its values on nodes; where a step bends sharply over the
            parameters, as those of Adam do and of other rules that divide by the root of a mean square, the
            derivatives on nodes are not those of the exact game.
        covariance: (T, k, k), of one run, to O(1/m).
        node_error: (T - 1,), the largest difference over the parameters between a step on the nodes and
            the exact step, in standard deviations of the sampling noise of one step: below 0.01.
        names: the parameters, in order.
        third_cumulant: (T, k), of every parameter in one run, to O(1/m^2); NaN where the bias is. None if it
            was not asked for.
    """

    mean: Float[Array, "T k"]
    bias: Float[Array, "T k"]
    covariance: Float[Array, "T k k"]
    node_error: Float[Array, " steps"]
    names: tuple[str, ...] = eqx.field(static=True)
    third_cumulant: Float[Array, "T k"] | None = None

    @property
    def skewness(self) -> Float[Array, "T k"]:
        """third_cumulant / std^3 of every parameter, of order 1/sqrt(m); 0 where nothing varies.

        ValueError of a prediction without it.
        """
        if self.third_cumulant is None:
            raise ValueError("skewness: expected a prediction made by predict(..., skewness=True)")
        std = self.std
        rounding = jnp.finfo(std.dtype).eps * (1 + jnp.abs(self.mean))
        return jnp.where(std > rounding, self.third_cumulant / jnp.where(std > rounding, std, 1) ** 3, 0)

    @property
    def std(self) -> Float[Array, "T k"]:
        """Standard deviation of one run."""
        return jnp.sqrt(jnp.diagonal(self.covariance, axis1=-2, axis2=-1))

    @property
    def nonlinearity(self) -> Float[Array, "T k"]:
        """|bias| / std of every parameter, of order 1/sqrt(m): the next order over the one in use.

        Where it is not small (above 0.25, say) the paths fan out further than linear theory can tell, and
        mean and covariance are only a guide. 0 at the start, where nothing varies; NaN where the bias is not
        known.
        """
        std = self.std
        return jnp.abs(self.bias) / jnp.where(std > 0, std, 1)


def predict(
    game: Game,
    rule: AbstractRule,
    players: Players,
    *,
    samples: Samples,
    steps: int,
    protocol: Protocol = "fixed",
    free: Names = None,
    skewness: bool = False,
) -> Band:
    """Mean, bias and covariance of the runs that ``simulate`` would make, at every step.

    Arguments as for ``simulate``. The cost is that of a few hundred exact steps; for the bias under rules
    that are not linear in the laws (``Extragradient``, ``Consensus``, ...) that of a few hundred a step.

    Args:
        skewness: the third cumulants too (``band.skewness``; derivation in ``stochastic/_third.py``). With
            fixed samples the time grows as the square of ``steps``.

    Raises:
        ValueError: bad arguments as for ``simulate``; an exact path that overflows or leaves a domain; a
            game that samples do not follow: the step on thousands of nodes is not the exact step, since D
            jumps (``Interval``: gradients through samples miss the jumps) or is too steep; a step without
            derivatives along the path (``optax.adam`` needs an ``eps_root`` > 0 where moments vanish).

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
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a lsgan.Game, whose laws can be sampled, got {game!r}")
    part = restrict(game, checked_start(players), free)
    checked_rule(rule).check(checked_int(steps, "steps"))
    every = parameter_names(players)
    names = tuple(every[i] for i in part.positions)
    sizes = jnp.asarray(pair(samples), dtype_of(players))  # not static: no new program for new numbers
    local = StepMap(game, part, rule)
    path, valid = exact_path(local, steps)
    if not np.all(valid):
        raise ValueError(
            f"players: expected a start whose exact path stays finite and in the domain for {steps} steps, "
            f"got one that leaves at step {int(np.argmin(valid))}"
        )
    nodes, error, smooth, psis = sufficient_nodes(local, path, sizes, names)
    before = jax.tree.map(lambda leaf: leaf[:-1], path)  # where each step begins
    checked = checked_protocol(protocol)
    if smooth:
        derivatives = derivatives_on_nodes(local, nodes, before)
        in_laws = curvature_in_laws(local, before, nodes, sizes)
    else:
        derivatives, in_laws = exact_slopes(local, before), jnp.zeros_like(before[0])
    bias, covariance = moments(local, before, nodes, derivatives, psis, in_laws, sizes, checked)
    if not np.isfinite(covariance).all():
        raise ValueError(f"rule: expected one whose steps have derivatives along the path, got {rule!r}")
    k, third = len(names), None
    if skewness:
        later = {"fixed": fixed, "fresh": fresh}[checked](local, nodes, before, derivatives[0], psis, sizes)
        third = jnp.concatenate([jnp.zeros_like(later[:1]), later if smooth else later * jnp.nan])
    return Band(path[0][:, :k], bias[:, :k], covariance[:, :k, :k], error, names, third)
