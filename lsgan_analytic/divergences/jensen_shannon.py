"""The Jensen-Shannon divergence and its two halves."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar, Values
from ..laws.base import AbstractLaw
from ._rule import above, breakpoints_of, of_laws

_SMALL = 0.1
_SERIES = [(-1.0) ** k / (k * (k - 1)) for k in range(17, 1, -1)]  # of ((1 + t) log(1 + t) - t)/t^2


class JSSplit(NamedTuple):
    """The halves of a Jensen-Shannon divergence: ``quality`` looks where q is, ``coverage`` where p is.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.divergences.JSSplit._fields
    ('quality', 'coverage')
    """

    quality: Scalar
    coverage: Scalar


@of_laws
@eqx.filter_jit
def js_split(p: AbstractLaw, q: AbstractLaw) -> JSSplit:
    """JS(p, q) = quality + coverage.

    quality = E_q[log 2q/(p + q)]/2: what q makes that p does not; coverage = E_p[log 2p/(p + q)]/2: what p
    has and q misses. Each is a Kullback-Leibler divergence from the mean (p + q)/2, so between 0 and
    (log 2)/2. Taken as integrals of q log(2q/(p + q)) - (q - p)/2 >= 0 and its mirror image, so that the
    values of near laws do not cancel. Arguments and errors as for :func:`kl`.

    >>> import lsgan_analytic as lsgan
    >>> data = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-9.0, 1.0), lsgan.Normal(9.0, 1.0)))
    >>> [round(float(half), 4) for half in lsgan.divergences.js_split(data, lsgan.Normal(9.0, 1.0))]
    [0.1438, 0.0719]
    """
    breakpoints = breakpoints_of(p, q)
    more_p, more_q = above(p, q, breakpoints, _larger), above(q, p, breakpoints, _larger)
    less_p, less_q = above(q, p, breakpoints, _smaller), above(p, q, breakpoints, _smaller)
    return JSSplit(quality=0.5 * (more_q + less_q), coverage=0.5 * (more_p + less_p))


def _larger(l: Values) -> Values:
    """[log(p/m) - 1 + m/p] with m = (p + q)/2, for l = log p/q > 0."""
    t = jnp.tanh(0.5 * l)
    return _entropy(t) / (1 + t)


def _smaller(l: Values) -> Values:
    """[q log(q/m) - q + m]/p for l = log p/q > 0."""
    t = jnp.tanh(0.5 * l)
    return _entropy(-t) / (1 + t)


def _entropy(t: Values) -> Values:
    """(1 + t) log(1 + t) - t >= 0 for -1 <= t <= 1, without cancellation."""
    small = jnp.abs(t) < _SMALL
    near, far = jnp.where(small, t, 0), jnp.where(small, 0.5, jnp.maximum(t, -1 + jnp.finfo(t.dtype).epsneg))
    series = jnp.square(near) * jnp.polyval(jnp.asarray(_SERIES, t.dtype), near)
    direct = jnp.where(t <= -1, 1, (1 + far) * jnp.log1p(far) - far)
    return jnp.where(small, series, direct)


@of_laws
@eqx.filter_jit
def js(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Jensen-Shannon divergence JS = log 2 + (E_p[log s(l)] + E_q[log s(-l)])/2, s the logistic function.

    Between 0, for equal laws, and log 2, for disjoint supports. Arguments and errors as for :func:`kl`.
    Lin, IEEE Trans. Inf. Theory 37 (1991) 145.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.js(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0))), 6)
    0.111421
    """
    quality, coverage = js_split(p, q)
    return quality + coverage
