"""Affine maps of laws that stay of their kind."""

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar
from ..generators.affine import Affine, Scale
from ..generators.base import AbstractGenerator
from ..generators.shift import Shift
from ..laws.exponential import Exponential, ShiftedExponential
from ..laws.normal import Normal
from ..laws.pushforward import register_pushforward


def _coefficients(gen: AbstractGenerator, like: Scalar) -> tuple[Scalar, Scalar]:
    """(scale, shift)."""
    one, zero = jnp.ones_like(like), jnp.zeros_like(like)
    return getattr(gen, "scale", one), getattr(gen, "shift", zero)


def _normal(latent: Normal, gen: AbstractGenerator) -> Normal:
    scale, shift = _coefficients(gen, latent.mean)
    blank = Normal()  # filled in place: the parameters are checked already
    parts = (shift + scale * latent.mean, jnp.abs(scale) * latent.std)
    return eqx.tree_at(lambda law: (law.mean, law.std), blank, parts)


def _shifted(latent: Exponential | ShiftedExponential, gen: AbstractGenerator) -> ShiftedExponential:
    own = latent.rate if isinstance(latent, Exponential) else latent.scale
    scale, shift = _coefficients(gen, own)
    if isinstance(latent, Exponential):
        parts = (shift, scale / latent.rate)
    else:
        parts = (shift + scale * latent.loc, scale * latent.scale)
    blank = ShiftedExponential(loc=0.0, scale=1.0)
    return eqx.tree_at(lambda law: (law.loc, law.scale), blank, parts)


for _gen in (Affine, Scale, Shift):
    register_pushforward(Normal, _gen)(_normal)
    for _law in (Exponential, ShiftedExponential):
        register_pushforward(_law, _gen)(_shifted)
