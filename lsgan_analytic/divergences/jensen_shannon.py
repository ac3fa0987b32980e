"""The Jensen-Shannon divergence and its two halves."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Scalar
from ..laws.base import AbstractLaw
from ._rule import breaks_of, log_ratio, mean


class JSSplit(NamedTuple):
    """The halves of a Jensen-Shannon divergence: ``quality`` looks where q is, ``coverage`` where p is.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.divergences.JSSplit._fields
    ('quality', 'coverage')
    """

    quality: Scalar
    coverage: Scalar


@eqx.filter_jit
def js_split(p: AbstractLaw, q: AbstractLaw) -> JSSplit:
    """JS(p, q) = quality + coverage.

    quality = E_q[log 2q/(p + q)]/2: what q makes that p does not; coverage = E_p[log 2p/(p + q)]/2: what p
    has and q misses. Each is a Kullback-Leibler divergence from the mean (p + q)/2, so between 0 and
    (log 2)/2. Arguments and errors as for :func:`kl`.

    >>> import lsgan_analytic as lsgan
    >>> data = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-9.0, 1.0), lsgan.Normal(9.0, 1.0)))
    >>> [round(float(half), 4) for half in lsgan.divergences.js_split(data, lsgan.Normal(9.0, 1.0))]
    [0.1438, 0.0719]
    """
    breaks = breaks_of(p, q)
    covered = mean(p, breaks, lambda x: jax.nn.log_sigmoid(log_ratio(p, q, x)))
    good = mean(q, breaks, lambda x: jax.nn.log_sigmoid(log_ratio(q, p, x)))
    log2 = jnp.log(jnp.asarray(2, covered.dtype))
    return JSSplit(quality=0.5 * (log2 + good), coverage=0.5 * (log2 + covered))


@eqx.filter_jit
def js(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Jensen-Shannon divergence JS = log 2 + (E_p[log s(l)] + E_q[log s(-l)])/2, s the logistic function.

    Between 0 and log 2, the value for disjoint supports. Arguments and errors as for :func:`kl`.
    Lin, IEEE Trans. Inf. Theory 37 (1991) 145.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.js(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0))), 6)
    0.111421
    """
    quality, coverage = js_split(p, q)
    return quality + coverage
