r"""The half-plane erf discriminator: expectations that are 1-D after a reduction.

With a . x + b = alpha E1 + beta E2 + gamma for independent exponentials E1, E2 ~ Exp(1), alpha and beta of
any signs, partial fractions of the law of the sum give, with k(alpha) = E f(alpha E + gamma),

    E f(alpha E1 + beta E2 + gamma) = [alpha k(alpha) - beta k(beta)] / (alpha - beta)                  (1)
                                    = int_0^1 g'(beta + (alpha - beta) v) dv,  g(t) = t k(t),           (2)

and k is the special function K of ``special.py`` for f = phi(D), phi(t) = t^2 or (1 - t)^2. (1) is taken
where alpha and beta are apart, (2) by a Gauss rule where they are close. An affine map of the latent law
moves into the discriminator: D(A z + s) is the half-plane with normal A^T a and offset b + a . s.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .. import special
from .._plane import affine, dot
from .._quadrature import gauss_legendre
from .._types import Scalar
from ..discriminators.half_plane import HalfPlane
from ..expectation import expectation, quadrature, register_closed_form
from ..generators.affine_map import AffineMap
from ..laws.exponential import Exponential, ShiftedExponential
from ..laws.multivariate_normal import MultivariateNormal
from ..laws.product import Product
from ..laws.pushforward import Pushforward, register_pushforward
from ..losses.base import AbstractIntegrand, Squared, SquaredComplement

_SIGN = {Squared: -1, SquaredComplement: 1}
_CLOSE = 0.25  # |alpha - beta| / (|alpha| + |beta|): (1) loses at most two bits from there on
_NODES = 12


def _pair(A: Array, C: Array, B: Array) -> Scalar:
    """E[erfc(A E1 + C E2 + B)^2]/4: (1) and (2)."""
    gap = A - C
    close = jnp.abs(gap) <= _CLOSE * (jnp.abs(A) + jnp.abs(C))
    ends = jnp.stack([A, C])
    first, second = ends * special.K(ends, B)
    apart = (first - second) / jnp.where(close, 1, gap)
    v, weights = (jnp.asarray(part, A.dtype) for part in gauss_legendre(_NODES))
    # no panel wider than (2) is good for, so that no derivative overflows where it is not used
    middle, half = 0.5 * (A + C), 0.5 * jnp.where(close, gap, 0)
    at = middle + half * v
    k, slope = jax.vmap(jax.value_and_grad(special.K), in_axes=(0, None))(at, B)
    together = jnp.sum(0.5 * weights * (k + at * slope))
    return jnp.where(close, together, apart)


def _exponential(law: object) -> tuple[Scalar, Scalar] | None:
    """(loc, scale) of an exponential law, None for others."""
    if isinstance(law, Exponential):
        return jnp.zeros_like(law.rate), 1 / law.rate
    return (law.loc, law.scale) if isinstance(law, ShiftedExponential) else None


def _product(law: Product, disc: HalfPlane, phi: AbstractIntegrand) -> Scalar:
    """(1) and (2) for two exponentials, the iterated rule for others."""
    first, second = _exponential(law.first), _exponential(law.second)
    if first is None or second is None:
        return quadrature(law, disc, phi)
    sign = _SIGN[type(phi)]
    offset = disc.a[0] * first[0] + disc.a[1] * second[0] + disc.b
    return _pair(sign * disc.a[0] * first[1], sign * disc.a[1] * second[1], sign * offset)


for _phi in _SIGN:
    register_closed_form(Product, HalfPlane, _phi)(_product)


@register_closed_form(Pushforward, HalfPlane, AbstractIntegrand)
def _affine_image(law: Pushforward, disc: HalfPlane, phi: AbstractIntegrand) -> Scalar:
    """The latent law against the half-plane seen through an affine map; the rule for other generators."""
    gen = law.generator
    if not isinstance(gen, AffineMap):
        return quadrature(law, disc, phi)
    seen = (
        jnp.stack([dot(gen.matrix[:, 0], disc.a), dot(gen.matrix[:, 1], disc.a)]),
        (dot(disc.a, gen.shift) + disc.b),
    )
    return expectation(law.latent, eqx.tree_at(lambda own: (own.a, own.b), disc, seen), phi)


@register_pushforward(MultivariateNormal, AffineMap)
def _affine_normal(latent: MultivariateNormal, gen: AffineMap) -> MultivariateNormal:
    zero = jnp.zeros_like(gen.shift)
    factor = affine(gen.matrix, zero, latent.factor.T).T
    return latent.with_factor(affine(gen.matrix, gen.shift, latent.mean), factor)
