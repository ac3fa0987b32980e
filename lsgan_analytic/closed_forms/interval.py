r"""Indicators of intervals, solved for every loss and every law with an exact cdf by differences of it.

D is constant between neighbouring edges e_1 <= ... <= e_m, so with e_0 = -inf, e_{m+1} = inf

    E[phi(D)] = sum_k phi(D((e_k + e_{k+1})/2)) (F(e_{k+1}) - F(e_k)),                                (1)

which holds for intervals that overlap or are empty too; its slope in e_k is the density there times a
difference of two phi.
"""

import jax.numpy as jnp

from .._types import Scalar
from ..discriminators.interval import Interval
from ..expectation import quadrature, register_closed_form
from ..laws.base import AbstractLaw
from ..losses.base import AbstractIntegrand


@register_closed_form(AbstractLaw, Interval, AbstractIntegrand)
def expectation(law: AbstractLaw, disc: Interval, phi: AbstractIntegrand) -> Scalar:
    if not law.has_exact_cdf:  # the rule, whose panels end at the edges and move with them
        return quadrature(law, disc, phi)
    edges = jnp.sort(disc.breakpoints())
    outside = phi(jnp.zeros((), edges.dtype))  # beyond the first and the last edge, where D = 0
    inside = phi.of(disc, 0.5 * (edges[1:] + edges[:-1]))
    return outside + jnp.sum((inside - outside) * jnp.diff(law.cdf(edges)))
