r"""The erf discriminator on normal data: E[D^2] and E[(1 - D)^2], relatively accurate in the tails.

D(x) = Phi(sqrt(2)(a x + b)), so for x ~ N(m, s^2)

    E[D^2] = P(X <= u, Y <= u),    u = (a m + b) sqrt(2/v),   v = 1 + 2 a^2 s^2,                       (1)

X, Y standard normal of correlation 2 a^2 s^2/v: in Owen's notation Phi(u) - 2 T(u, r) with
r = 1/sqrt(1 + 4 a^2 s^2). With
2 pi T(u, r) = int_0^{arctan r} e^{-u^2/(2 cos^2 t)} dt that loses a digit at most for |u| < 1. For u <= -1
it cancels, but is itself an integral of something positive,

    E[D^2] = (1/pi) int_{arctan r}^{pi/2} e^{-u^2/(2 cos^2 t)} dt,                                    (2)

taken on the window where the integrand is above e^{-depth} of its peak, at the lower end. For u > 0

    E[D^2](u) = 1 - 2 Phi(-u) + E[D^2](-u),                                                           (3)

and E[(1 - D)^2] is E[D^2] with a and b negated. Source: D. B. Owen, Ann. Math. Stat. 27 (1956) 1075.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..._quadrature import gauss_legendre
from ..._types import Values
from ...discriminators.erf import Erf
from ...expectation import register_closed_form
from ...laws.normal import Normal
from ...losses.base import AbstractIntegrand, Squared, SquaredComplement

_RULES = {"float64": (64, 40.0), "float32": (32, 20.0)}
_SIGN = {Squared: 1, SquaredComplement: -1}


def _lower(u: Values, r: Values) -> Values:
    """P(X <= u, Y <= u) for u <= 0, by Owen's T near 0 and by (2) beyond -1."""
    count, depth = _RULES[u.dtype.name]
    x, w = (jnp.asarray(part, u.dtype) for part in gauss_legendre(count))
    near, peak_angle = u > -1, jnp.arctan(r)
    far = jnp.arctan(jnp.sqrt(r * r + 2 * depth / jnp.square(jnp.where(near, -1, u))))
    start, end = jnp.where(near, 0, peak_angle), jnp.where(near, peak_angle, lax.stop_gradient(far))
    half = 0.5 * (end - start)
    beyond = jnp.square(jnp.tan(start + half * (1 + x))) - r * r  # the peak apart: small where it counts
    total = half * jnp.sum(w * jnp.exp(-0.5 * u * u * beyond))
    total = total * jnp.exp(-0.5 * u * u * (1 + r * r)) * float(1 / np.pi)
    return jnp.where(near, jax.scipy.stats.norm.cdf(u) - total, total)


def mean_square(u: Values, slope: Values) -> Values:
    """(1) and (3) for any u, with slope = 2 a^2 s^2. It rises with u, and with slope (Slepian 1962)."""
    low = jnp.where(u > 0, -u, u)  # not -|u|, which has no slope at 0
    tail = _lower(low, 1 / jnp.sqrt(1 + 2 * slope))
    return jnp.where(u > 0, 1 - 2 * jax.scipy.stats.norm.cdf(low) + tail, tail)


def expectation(law: Normal, disc: Erf, phi: AbstractIntegrand) -> Values:
    a, b = _SIGN[type(phi)] * disc.a, _SIGN[type(phi)] * disc.b
    slope = 2 * jnp.square(a * law.std)
    return mean_square((a * law.mean + b) * jnp.sqrt(2 / (1 + slope)), slope)


for _phi in _SIGN:
    register_closed_form(Normal, Erf, _phi)(expectation)
