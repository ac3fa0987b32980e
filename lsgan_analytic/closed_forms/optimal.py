r"""Expectations of a discriminator that jumps at points which move with the generator.

The best D jumps at the ends of both supports. Where D(x; theta) jumps at c(theta),

    d/dtheta int p phi(D) dx = int p d phi(D)/dtheta dx + p(c) [phi(D(c-)) - phi(D(c+))] c'(theta),     (1)

and a rule with nodes that stay sees the first term only. Here the panels end at the jumps and move with
them, so that the rule is the integral as a function of theta, and its derivatives of all orders are right.
"""

import jax.numpy as jnp
from jax import lax

from .._quadrature import composite
from .._types import Scalar, Vector
from ..discriminators.optimal import BestResponse
from ..expectation import quadrature, register_closed_form, turns
from ..laws.base import AbstractDensity, AbstractLaw, PANELS, PER_PANEL
from ..losses.base import AbstractIntegrand


def _coordinates(law: AbstractDensity, points: Vector, ends: Vector) -> Vector:
    """t at points inside the support, with derivatives; the first end for the others."""
    rough = law.coordinate(lax.stop_gradient(points))
    inside = (rough > ends[0]) & (rough < ends[-1])  # not where it is NaN
    middle = law.point(0.5 * (ends[0] + ends[-1]))
    return jnp.where(inside, law.coordinate(jnp.where(inside, points, middle)), ends[0])


@register_closed_form(AbstractLaw, BestResponse, AbstractIntegrand)
def expectation(law: AbstractLaw, disc: BestResponse, phi: AbstractIntegrand) -> Scalar:
    """E[phi(D(x))] with panels that move; on a sample, where points stay, the mean."""
    if not isinstance(law, AbstractDensity):
        return quadrature(law, disc, phi)
    ends = lax.stop_gradient(law.edges())
    even = jnp.linspace(ends[0], ends[-1], PANELS + 1, dtype=ends.dtype)
    cuts = _coordinates(law, turns(disc, phi), ends)
    t, w = composite(jnp.sort(jnp.concatenate([even, ends[1:-1], cuts])), PER_PANEL)
    return jnp.sum(w * law.mass(t) * phi.of(disc, law.point(t)))
