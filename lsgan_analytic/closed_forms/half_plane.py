"""The half-plane discriminator behind an affine generator: the map moves into the discriminator.

D(A z + s) of the half-plane (a, b) is the half-plane (A^T a, b + a . s): the expectation is one over the
latent law, whatever that law is, and nothing is left of a singular A.
"""

import equinox as eqx
import jax.numpy as jnp

from .._plane import affine, dot
from .._types import Scalar
from ..discriminators.half_plane import HalfPlane
from ..expectation import expectation, quadrature, register_closed_form
from ..generators.affine_map import AffineMap
from ..laws.multivariate_normal import MultivariateNormal
from ..laws.pushforward import Pushforward, register_pushforward
from ..losses.base import AbstractIntegrand


@register_closed_form(Pushforward, HalfPlane, AbstractIntegrand)
def _affine_image(law: Pushforward, disc: HalfPlane, phi: AbstractIntegrand) -> Scalar:
    """The latent law against the half-plane seen through the map; the rule for other generators."""
    gen = law.generator
    if type(gen) is not AffineMap:
        return quadrature(law, disc, phi)
    normal = affine(gen.matrix.T, jnp.zeros_like(gen.shift), disc.a)
    offset = dot(disc.a, gen.shift) + disc.b
    return expectation(law.latent, eqx.tree_at(lambda d: (d.a, d.b), disc, (normal, offset)), phi)


@register_pushforward(MultivariateNormal, AffineMap)
def _affine_normal(latent: MultivariateNormal, gen: AffineMap) -> MultivariateNormal:
    zero = jnp.zeros_like(gen.shift)
    factor = affine(gen.matrix, zero, latent.factor.T).T
    return latent.with_factor(affine(gen.matrix, gen.shift, latent.mean), factor)
