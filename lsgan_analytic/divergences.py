"""Divergences between two laws on the line with densities p and q (all dimensionless).

Each is an expectation of a function of l(x) = log p(x) - log q(x), never of p/(p + q), by the law's own
composite rule, with panels that end where either density jumps or bends and where l crosses 0: right to
rounding (absolutely) for densities that are smooth between these points.
"""

import equinox as eqx
import jax
import jax.numpy as jnp

from ._types import Scalar, Values, Vector
from .discriminators.sigmoid import TURNS
from .laws._bisection import bisect
from .laws.base import AbstractLaw

_CROSSINGS = 8  # at most so many points with p = q get panels of their own


def log_ratio(p: AbstractLaw, q: AbstractLaw, x: Values) -> Values:
    """log p(x) - log q(x), 0 where neither has a density.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.divergences.log_ratio(lsgan.Uniform(0.0, 1.0), lsgan.Uniform(0.0, 2.0), 1.5))
    -inf
    """
    one, other = p.log_pdf(jnp.asarray(x)), q.log_pdf(jnp.asarray(x))
    nowhere = (one == -jnp.inf) & (other == -jnp.inf)
    return jnp.where(nowhere, 0, jnp.where(nowhere, 0, one) - jnp.where(nowhere, 0, other))


def _crossings(p: AbstractLaw, q: AbstractLaw, marks: Vector) -> Vector:
    """Points about which l crosses 0, at the distances where a logistic function of l turns."""
    x = jnp.sort(jnp.concatenate([law.nodes_between(marks)[0] for law in (p, q)]))
    side = jnp.sign(log_ratio(p, q, x))
    (index,) = jnp.nonzero(side[1:] != side[:-1], size=_CROSSINGS, fill_value=x.shape[0] - 2)
    rising = side[index + 1]
    roots = bisect(lambda x: log_ratio(p, q, x) * rising < 0, x[index], x[index + 1])
    slope = jax.vmap(jax.grad(lambda x: log_ratio(p, q, x)))(roots)
    reach = jnp.where(jnp.isfinite(slope) & (slope != 0), 1 / slope, 0)
    return (roots[:, None] + reach[:, None] * jnp.asarray(TURNS, x.dtype)[None]).ravel()


def _marks(*laws: AbstractLaw) -> Vector:
    parts = [law.landmarks() for law in laws]
    return jnp.concatenate([part for part in parts if part.size] or parts[:1])


def _breaks(p: AbstractLaw, q: AbstractLaw) -> Vector:
    """Where the panels end; the landmarks move with the parameters, as what jumps there does."""
    marks = _marks(p, q)
    around = jax.lax.stop_gradient(_crossings(*jax.lax.stop_gradient((p, q, marks))))
    return jnp.concatenate([marks.astype(around.dtype), around])


def _mean(p: AbstractLaw, breaks: Vector, function) -> Scalar:
    points, weights = p.nodes_between(breaks, moving=True)
    values = function(points)
    return jnp.sum(jnp.where(weights > 0, weights * values, 0))


def _escapes(p: AbstractLaw, q: AbstractLaw):
    """Whether p has a density just outside the support of q, be it ever so small."""
    marks = _marks(q)
    limits = jnp.finfo(marks.dtype)
    off = 4 * (limits.eps * jnp.abs(marks) + limits.tiny)
    x = jnp.concatenate([marks - off, marks + off])
    return jnp.any((q.log_pdf(x) == -jnp.inf) & (p.log_pdf(x) > -jnp.inf))


@eqx.filter_jit
def kl(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Kullback-Leibler divergence KL(p || q) = E_p[log p - log q], inf where p has mass and q has none.

    Args:
        p, q: laws with densities; ValueError otherwise.

    Differentiable in the parameters of both laws. Kullback & Leibler, Ann. Math. Stat. 22 (1951) 79.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.kl(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0))), 12)
    0.5
    """
    value = _mean(p, _breaks(p, q), lambda x: log_ratio(p, q, x))
    return jnp.where(_escapes(p, q), jnp.inf, value)


@eqx.filter_jit
def js(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Jensen-Shannon divergence JS = log 2 + (E_p[log s(l)] + E_q[log s(-l)])/2, s the logistic function.

    Between 0 and log 2, the value for disjoint supports. Arguments and errors as for :func:`kl`.
    Lin, IEEE Trans. Inf. Theory 37 (1991) 145.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.js(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0))), 6)
    0.111421
    """
    breaks = _breaks(p, q)
    real = _mean(p, breaks, lambda x: jax.nn.log_sigmoid(log_ratio(p, q, x)))
    fake = _mean(q, breaks, lambda x: jax.nn.log_sigmoid(log_ratio(q, p, x)))
    return jnp.log(jnp.asarray(2, real.dtype)) + 0.5 * (real + fake)


@eqx.filter_jit
def tv(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Total variation TV = int max(0, p - q) dx = E_p[max(0, 1 - e^{-l})], between 0 and 1.

    Arguments and errors as for :func:`kl`.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.tv(lsgan.Uniform(0.0, 1.0), lsgan.Uniform(0.25, 1.25))), 12)
    0.25
    """
    return _mean(p, _breaks(p, q), lambda x: -jnp.expm1(-jax.nn.relu(log_ratio(p, q, x))))
