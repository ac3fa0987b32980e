"""The Kullback-Leibler divergence."""

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar, Values
from ..laws.base import AbstractLaw
from ._rule import breakpoints_of, escapes, log_ratio, mean, of_laws


@of_laws
@eqx.filter_jit
def kl(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Kullback-Leibler divergence KL(p || q) = E_p[log p - log q], inf where p has mass and q has none.

    Args:
        p, q: laws with densities, both on the line or both on the plane; ValueError otherwise.

    Differentiable in the parameters of both laws. Dimensionless (nats). Kullback & Leibler, Ann. Math.
    Stat. 22 (1951) 79.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.kl(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0))), 12)
    0.5
    """

    def ratio(x: Values) -> Values:
        l = log_ratio(p, q, x)
        return jnp.where(l == -jnp.inf, 0, l)  # q may be infinite at a point

    return jnp.where(escapes(p, q), jnp.inf, mean(p, breakpoints_of(p, q), ratio))
