r"""Expectations of a discriminator that jumps at points which move with the generator.

The best D jumps at the ends of both supports. Where D(x; theta) jumps at c(theta),

    d/dtheta int p phi(D) dx = int p d phi(D)/dtheta dx + p(c) [phi(D(c-)) - phi(D(c+))] c'(theta),     (1)

and a rule with panels that stay sees the first term only. Here they end at the jumps and move with them, so
that the rule is the integral as a function of theta, and its derivatives of all orders are right. Of a
sample, whose points stay where they are, it is the mean.
"""

import jax.numpy as jnp

from .._types import Scalar
from ..discriminators.optimal import AbstractBestResponse, BestCritic, BestProbability
from ..expectation import register_closed_form, turns
from ..laws.base import AbstractLaw
from ..losses.base import AbstractIntegrand


@register_closed_form(AbstractLaw, BestProbability, AbstractIntegrand)
@register_closed_form(AbstractLaw, BestCritic, AbstractIntegrand)
def expectation(law: AbstractLaw, disc: AbstractBestResponse, phi: AbstractIntegrand) -> Scalar:
    points, weights = law.nodes_between(turns(disc, phi), moving=True)
    return jnp.sum(weights * phi.of(disc, points))
