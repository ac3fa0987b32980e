"""Where G(z) = x: the preimages of points under a generator, and of lines under a map to the plane."""

import jax
import jax.numpy as jnp
from jax import Array

from .._implicit import differentiable_roots
from .._plane import dot
from .._types import Flags, Vector
from ..generators.base import AbstractGenerator, AbstractLineGenerator
from .base import AbstractLaw


def preimages(latent: AbstractLaw, gen: AbstractGenerator, x: Array) -> Array:
    """All preimages of every x, (n, k), without derivatives; of lines on the plane (n, k, 3)."""
    gen, x = jax.lax.stop_gradient((gen, x))
    if x.ndim == 2 and isinstance(gen, AbstractLineGenerator):
        raise ValueError(
            f"gen: {type(gen).__name__} maps numbers, {type(latent).__name__} is on the plane and "
            "D changes about lines; expected lsgan.AffineMap or another map of the plane"
        )
    if not x.size:  # of no breakpoints it is not known whether they are points or lines
        return x[:, None]
    z = jax.vmap(lambda one: gen.preimages(one[None]))(x)
    return z if x.ndim > 1 else _at_critical_points(gen, z, x)


def _at_critical_points(gen: AbstractGenerator, z: Array, x: Vector) -> Array:
    """Preimages of what G takes, to rounding, at a critical point: that point itself, for all near it.

    They are off by the root of a rounding error, or missing, and a density is infinite there.
    """
    critical = jax.lax.stop_gradient(gen.critical_points())
    if not critical.size:
        return z
    apart = jnp.abs(x[:, None] - jax.vmap(gen)(critical)[None])
    apart = jnp.where(jnp.isnan(apart), jnp.inf, apart)
    at = critical[jnp.argmin(apart, axis=1)][:, None]
    turns = jnp.min(apart, axis=1) <= 4 * jnp.finfo(x.dtype).eps * (1 + jnp.abs(x))
    near = jnp.isnan(z) | (jnp.abs(z - at) < float(jnp.finfo(x.dtype).eps) ** 0.25 * (1 + jnp.abs(at)))
    return jnp.where(turns[:, None] & near, at, z)


def with_derivatives(latent: AbstractLaw, gen: AbstractGenerator, z: Array, x: Array) -> Array:
    """``z`` of ``preimages``, with derivatives in x and in the parameters of the generator."""
    if z.ndim == 3:  # lines, which are preimages of lines without division
        return jax.vmap(lambda one: gen.preimages(one[None]))(x)
    start = jax.lax.stop_gradient(latent.nodes()[0])
    through = jax.vmap(jax.vmap(gen))

    def off(z: Array) -> Array:
        if x.ndim == 1:
            return through(z) - x[:, None]
        return jax.vmap(dot)(x[:, :2], through(z)) - x[:, 2, None]

    moved = differentiable_roots(off, z, start[start.shape[0] // 2])
    return moved if x.ndim > 1 else jnp.where(_is_critical(gen, x)[:, None], z, moved)


def _is_critical(gen: AbstractGenerator, x: Vector) -> Flags:
    """Whether G takes the value ``x`` at a critical point, to rounding: two preimages meet there."""
    gen, x = jax.lax.stop_gradient((gen, x))
    critical = gen.critical_points()
    if not critical.size:
        return jnp.zeros(x.shape, bool)
    values = jax.vmap(gen)(critical)
    close = 1e3 * jnp.finfo(x.dtype).eps * (1 + jnp.abs(x))
    return (jnp.abs(x[:, None] - values[None]) <= close[:, None]).any(axis=1)


def distinct(z: Array) -> Array:
    """Roots (n, k), NaN for those that equal one before: a panel between them would be at a singularity."""
    if z.ndim != 2:
        return z
    near = float(jnp.finfo(z.dtype).eps) ** 0.5 * (1 + jnp.abs(z))
    before = jnp.tril(jnp.ones((z.shape[1],) * 2, bool), -1)[None]
    same = (jnp.abs(z[:, :, None] - z[:, None, :]) <= near[:, :, None]) & before
    return jnp.where(same.any(axis=2), jnp.nan, z)
