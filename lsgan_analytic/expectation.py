"""E[phi(D(x))]: the one quantity every cost is made of, and the ways to take it.

1. in **closed form**, where one is registered for (law, discriminator, phi);
2. by the law's **fixed Gauss rule**, everywhere else;
3. as a **weighted mean over a sample**: the rule of a law that *is* a sample (``PointMasses``).
"""

from collections.abc import Callable

import jax.numpy as jnp

from ._types import Scalar
from .discriminators.base import AbstractDiscriminator
from .laws.base import AbstractLaw
from .losses.base import AbstractIntegrand

ClosedForm = Callable[..., Scalar]  # (law, disc, phi), each of the types it was registered for

_CLOSED_FORMS: dict[tuple[type, type, type], ClosedForm] = {}


def register_closed_form(law: type, disc: type, phi: type) -> Callable[[ClosedForm], ClosedForm]:
    """Decorator: ``rule(law, disc, phi)`` is E[phi(D(x))] exactly, for these three types."""

    def register(rule: ClosedForm) -> ClosedForm:
        _CLOSED_FORMS[law, disc, phi] = rule
        return rule

    return register


def closed_form(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> ClosedForm | None:
    """The registered rule for these types, or None."""
    return _CLOSED_FORMS.get((type(law), type(disc), type(phi)))


def quadrature(
    law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand, n: int | None = None
) -> Scalar:
    """E[phi(D(x))] = sum_i w_i phi(D(x_i)) over ``law.nodes(n)``; a sample mean where the law is a sample.

    >>> import lsgan_analytic as lsgan
    >>> law, disc, phi = lsgan.Exponential(rate=0.5), lsgan.Erf(a=2.2, b=-3.0), lsgan.SquaredMinimax().real
    >>> rule, exact = (take(law, disc, phi) for take in (lsgan.quadrature, lsgan.expectation))
    >>> bool(abs(rule - exact) < 1e-12)
    True
    """
    points, weights = law.nodes(n)
    return jnp.sum(weights * phi(disc(points)))


def expectation(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Scalar:
    """E_{x ~ law}[phi(D(x))], exactly where a closed form is known and by the law's rule elsewhere.

    Args:
        law: of x; disc: D; phi: a scalar function (the ``real`` and ``fake`` of a loss).

    Returns:
        A scalar, differentiable in every parameter of the three.

    >>> import lsgan_analytic as lsgan
    >>> phi = lsgan.SquaredMinimax().real
    >>> float(lsgan.expectation(lsgan.PointMasses([0.0, 0.0]), lsgan.Erf(a=1.0, b=0.0), phi))
    0.25
    """
    rule = closed_form(law, disc, phi)
    return rule(law, disc, phi) if rule else quadrature(law, disc, phi)
