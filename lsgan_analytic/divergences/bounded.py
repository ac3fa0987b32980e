"""Symmetric divergences between 0 and 1: total variation, Le Cam, Hellinger."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Scalar
from ..laws.base import AbstractLaw
from ._rule import above, breakpoints_of, log_ratio, mean, of_laws


@of_laws
@eqx.filter_jit
def tv(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Total variation TV = int max(0, p - q) dx = E_p[max(0, 1 - e^{-l})], between 0 and 1.

    Arguments and errors as for :func:`kl`. On the plane, where p = q on a curve and no panel ends there, it
    has about three digits.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.tv(lsgan.Uniform(0.0, 1.0), lsgan.Uniform(0.25, 1.25))), 12)
    0.25
    """
    return mean(p, breakpoints_of(p, q), lambda x: -jnp.expm1(-jax.nn.relu(log_ratio(p, q, x))))


@of_laws
@eqx.filter_jit
def le_cam(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Le Cam divergence LC = int (p - q)^2/(p + q) dx / 2 = (E_p + E_q)[tanh(l/2)^2]/2, between 0 and 1.

    Half the triangular discrimination; TV^2 <= LC <= TV. What the optimal D of least squares with labels
    1 and 0 leaves of its loss is (1 - LC)/4. Arguments and errors as for :func:`kl`. Le Cam, "Asymptotic
    methods in statistical decision theory" (1986).

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.le_cam(lsgan.Uniform(0.0, 1.0), lsgan.Uniform(0.25, 1.25))), 12)
    0.25
    """
    breakpoints = breakpoints_of(p, q)
    both = [
        mean(law, breakpoints, lambda x: jnp.square(jnp.tanh(0.5 * log_ratio(p, q, x)))) for law in (p, q)
    ]
    return 0.5 * (both[0] + both[1])


@of_laws
@eqx.filter_jit
def hellinger(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Squared Hellinger distance H^2 = int (sqrt p - sqrt q)^2 dx / 2 = 1 - int sqrt(p q) dx, in [0, 1].

    Taken as E_p[(1 - e^{-l/2})^2; l > 0]/2 + E_q[(1 - e^{l/2})^2; l < 0]/2, which does not cancel for near
    laws. H^2 <= TV <= H sqrt(2 - H^2). Arguments and errors as for :func:`kl`.

    >>> import lsgan_analytic as lsgan
    >>> p, q = lsgan.Normal(0.0, 1.0), lsgan.Normal(2.0, 1.0)
    >>> round(float(lsgan.divergences.hellinger(p, q)), 6)  # 1 - e^{-1/2}
    0.393469
    """
    breakpoints = breakpoints_of(p, q)
    halves = [
        above(one, other, breakpoints, lambda l: jnp.square(jnp.expm1(-0.5 * l)))
        for one, other in ((p, q), (q, p))
    ]
    return 0.5 * (halves[0] + halves[1])
