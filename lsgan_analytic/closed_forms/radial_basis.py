r"""Radial basis functions on normal data: a Gaussian convolved with a Gaussian.

With x ~ N(m, s^2) and D(x) = sum_i w_i e^{-(x - c_i)^2/(2 v^2)},

    E[D] = sum_i w_i (v/r) e^{-(m - c_i)^2/(2 r^2)},     r^2 = v^2 + s^2.                              (1)
"""

import jax.numpy as jnp

from .._types import Scalar
from ..discriminators.radial_basis import RadialBasis
from ..expectation import register_closed_form
from ..laws.normal import Normal
from ..losses.base import Score


@register_closed_form(Normal, RadialBasis, Score)
def expectation(law: Normal, disc: RadialBasis, phi: Score) -> Scalar:
    reach = jnp.hypot(disc.width, law.std)
    bumps = jnp.exp(-0.5 * jnp.square((law.mean - disc.centers) / reach))
    return phi.sign * (disc.width / reach) * jnp.sum(disc.weights * bumps)
