r"""The erf discriminator on normal data: E[D^2] and E[(1 - D)^2], relatively accurate in the tails.

D(x) = Phi(sqrt(2)(a x + b)), so for x ~ N(m, s^2)

    E[D^2] = P(X <= u, Y <= u),    u = (a m + b) sqrt(2/v),   v = 1 + 2 a^2 s^2,                       (1)

X, Y standard normal of correlation 2 a^2 s^2/v: in Owen's notation Phi(u) - 2 T(u, r) with
r = 1/sqrt(1 + 4 a^2 s^2). For u <= 0 that difference cancels but is itself an integral of something positive,

    E[D^2] = (1/pi) int_{arctan r}^{pi/2} e^{-u^2/(2 cos^2 t)} dt,                                    (2)

taken by one Gauss rule on the window where the integrand is above e^{-depth} of its peak, at the lower end.
For u > 0: E[D^2] = 1 - 2 Phi(-u) + E'[D^2] with u replaced by -u. E[(1 - D)^2] is E[D^2] with a, b
negated. Source: D. B. Owen, Ann. Math. Stat. 27 (1956) 1075.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .._quadrature import gauss_legendre
from .._types import Scalar
from ..discriminators.erf import Erf
from ..expectation import register_closed_form
from ..laws.normal import Normal
from ..losses.base import AbstractIntegrand, Squared, SquaredComplement

_RULES = {"float64": (64, 40.0), "float32": (32, 20.0)}
_SIGN = {Squared: 1, SquaredComplement: -1}


def _lower(u: Scalar, r: Scalar) -> Scalar:
    """P(X <= u, Y <= u) for u <= 0 by (2)."""
    count, depth = _RULES[u.dtype.name]
    x, w = (jnp.asarray(part, u.dtype) for part in gauss_legendre(count))
    start = jnp.arctan(r)
    square = jnp.maximum(u * u, jnp.finfo(u.dtype).tiny * 1e8)
    end = lax.stop_gradient(jnp.arctan(jnp.sqrt(r * r + 2 * depth / square)))
    half = 0.5 * (end - start)
    angle = start + half * (1 + x)
    # the peak apart: what is left of the exponent is small where it counts
    beyond = jnp.square(jnp.tan(angle)) - r * r
    peak = jnp.exp(-0.5 * u * u * (1 + r * r))
    return peak * half * jnp.sum(w * jnp.exp(-0.5 * u * u * beyond)) * float(1 / np.pi)


def expectation(law: Normal, disc: Erf, phi: AbstractIntegrand) -> Scalar:
    a, b = _SIGN[type(phi)] * disc.a, _SIGN[type(phi)] * disc.b
    slope = 2 * jnp.square(a * law.std)
    u = (a * law.mean + b) * jnp.sqrt(2 / (1 + slope))
    low = jnp.where(u > 0, -u, u)  # not -|u|, which has no slope at 0
    tail = _lower(low, 1 / jnp.sqrt(1 + 2 * slope))
    return jnp.where(u > 0, 1 - 2 * jax.scipy.stats.norm.cdf(low) + tail, tail)


for _phi in _SIGN:
    register_closed_form(Normal, Erf, _phi)(expectation)
