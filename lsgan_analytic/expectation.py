"""E[phi(D(x))]: the one quantity every cost is made of, and the ways to take it.

1. in **closed form**, where one is registered for (law, discriminator, phi);
2. by the law's **fixed Gauss rule**, everywhere else;
3. as a **weighted mean over a sample**: the rule of a law that *is* a sample (``PointMasses``).
"""

from collections.abc import Callable

import jax.numpy as jnp

from ._types import Scalar, Values, Vector
from .discriminators.base import AbstractDiscriminator
from .laws.base import AbstractLaw
from .losses.base import AbstractIntegrand, AbstractScoreIntegrand, Scaled

ClosedForm = Callable[..., Scalar]  # (law, disc, phi), each of the types it was registered for

_CLOSED_FORMS: dict[tuple[type, type, type], ClosedForm] = {}


def register_closed_form(law: type, disc: type, phi: type) -> Callable[[ClosedForm], ClosedForm]:
    """Decorator: ``rule(law, disc, phi)`` is E[phi(D(x))] exactly, for these three types.

    ``AbstractLaw`` and ``AbstractIntegrand`` stand for all that have no rule of their own.
    """

    def register(rule: ClosedForm) -> ClosedForm:
        _CLOSED_FORMS[law, disc, phi] = rule
        return rule

    return register


def closed_form(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> ClosedForm | None:
    """The registered rule for these types, or None."""
    if isinstance(phi, Scaled):
        inner = closed_form(law, disc, phi.inner)
        return inner and (lambda law, disc, phi: phi.factor * inner(law, disc, phi.inner))
    kinds = ((a, type(disc), b) for a in (type(law), AbstractLaw) for b in (type(phi), AbstractIntegrand))
    return next((_CLOSED_FORMS[kind] for kind in kinds if kind in _CLOSED_FORMS), None)


def turns(disc: AbstractDiscriminator, phi: AbstractIntegrand | None = None) -> Vector:
    """The points of x about which phi(D(x)) changes quickly."""
    if isinstance(phi, Scaled):
        return turns(disc, phi.inner)
    own, levels = disc.breaks(), ()
    if isinstance(phi, AbstractScoreIntegrand):
        levels = phi.kinks if own.size else phi.kinks + phi.turns  # D's breaks are where its logit turns
    parts = [own, *(disc.crossings(level) for level in levels)]
    return jnp.concatenate([part for part in parts if part.size] or parts[:1])


def average(
    law: AbstractLaw, function: Callable[[Values], Values], breaks: Vector, n: int | None = None
) -> Scalar:
    """E[function(x)] = sum_i w_i function(x_i) by the law's rule with panels that end at ``breaks``."""
    points, weights = law.nodes_between(breaks, n)
    return jnp.sum(weights * function(points))


def quadrature(
    law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand, n: int | None = None
) -> Scalar:
    """E[phi(D(x))] by the law's rule, n nodes a panel (20); a sample mean where the law is a sample.

    >>> import lsgan_analytic as lsgan
    >>> law, disc, phi = lsgan.Exponential(rate=0.5), lsgan.Erf(a=2.2, b=-3.0), lsgan.SquaredMinimax().real
    >>> rule, exact = (take(law, disc, phi) for take in (lsgan.quadrature, lsgan.expectation))
    >>> bool(abs(rule - exact) < 1e-12)
    True
    """
    return average(law, lambda x: phi.of(disc, x), turns(disc, phi), n)


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
