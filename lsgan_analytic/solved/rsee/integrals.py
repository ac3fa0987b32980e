r"""Rayleigh latent, square-law generator, exponential data, erf discriminator: the paper's game, solved.

z^2 is exponential with mean 2 scale^2, so data and generated points are both loc + scale E, E ~ Exp(1),
and with K of ``special.py``

    E[D^2]       = K(-a scale, -(a loc + b)),                                                       (1)
    E[(1 - D)^2] = K( a scale,   a loc + b ).                                                       (2)

With the paper's symbols, J1 = K(-a/c, -b) and J2 = K(a g, a h + b).
"""

import equinox as eqx
import jax.numpy as jnp

from ... import special
from ..._types import Values
from ...discriminators.erf import Erf
from ...expectation import register_closed_form
from ...generators.square import Square
from ...laws.exponential import Exponential, ShiftedExponential
from ...laws.pushforward import register_pushforward
from ...laws.rayleigh import Rayleigh
from ...losses.base import AbstractIntegrand, Squared, SquaredComplement

_SIGN = {Squared: -1, SquaredComplement: 1}


@register_pushforward(Rayleigh, Square)
def _square_of_rayleigh(latent: Rayleigh, gen: Square) -> ShiftedExponential:
    blank = ShiftedExponential(loc=0.0, scale=1.0)  # filled in place: G's parameters are checked already
    scale = gen.g * (2 * jnp.square(latent.scale))
    return eqx.tree_at(lambda law: (law.loc, law.scale), blank, (gen.h, scale))


def arguments(
    law: Exponential | ShiftedExponential, disc: Erf, phi: AbstractIntegrand
) -> tuple[Values, Values]:
    """(A, B) with E[phi(D(x))] = K(A, B), phi(t) = t^2 or (1 - t)^2; what overflows is the largest float."""
    sign = _SIGN[type(phi)]
    if isinstance(law, Exponential):
        return _finite(sign * disc.a / law.rate), sign * disc.b
    return _finite(sign * disc.a * _finite(law.scale)), sign * _finite(_finite(disc.a * law.loc) + disc.b)


def _finite(value: Values) -> Values:
    largest = float(jnp.finfo(value.dtype).max) / 8  # whose reciprocal is no subnormal number
    return jnp.clip(value, -largest, largest)


def expectation(law: Exponential | ShiftedExponential, disc: Erf, phi: AbstractIntegrand) -> Values:
    return special.K(*arguments(law, disc, phi))


for _law in (Exponential, ShiftedExponential):
    for _phi in _SIGN:
        register_closed_form(_law, Erf, _phi)(expectation)
