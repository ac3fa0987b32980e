"""Discriminators of the plane for data N(0, I) and points G(z) on a line, and what they are worth."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators import AbstractProbability

_LOSS = lsgan.Minimax()


def _level(height: Array, offsets: Array) -> Array:
    """The lines x2 = height + offset."""
    up = jnp.ones_like(offsets)
    return jnp.stack([0 * up, up, height + offsets], axis=1)


class Step(AbstractProbability):
    """gap on the line x2 = height, 1 - gap off it."""

    height: Array
    gap: Array

    def logit(self, x: Array):
        sure = jnp.log1p(-self.gap) - jnp.log(self.gap)
        return jnp.where(x[..., 1] == self.height, -sure, sure)


class Ditch(AbstractProbability):
    """The logit of ``Step`` made continuous, by a Gaussian ditch that is ``gap`` wide."""

    height: Array
    gap: Array

    def logit(self, x: Array):
        sure = jnp.log1p(-self.gap) - jnp.log(self.gap)
        return sure * (1 - 2 * jnp.exp(-0.5 * jnp.square((x[..., 1] - self.height) / self.gap)))

    def breakpoints(self):
        return _level(self.height, self.gap * jnp.asarray((-8.0, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 8)))


class Naive(AbstractProbability):
    """p(x)/(p(x) + p_z(x1)): the density of z in the place of the density that G(z) does not have."""

    data: lsgan.MultivariateNormal
    latent: lsgan.Normal

    def logit(self, x: Array):
        return self.data.log_pdf(x) - self.latent.log_pdf(x[..., 0])


class Ratio(AbstractProbability):
    """p(x)/(p(x) + q(x)) for two normal laws, q flat along x2 = its mean."""

    p: lsgan.MultivariateNormal
    q: lsgan.MultivariateNormal

    def logit(self, x: Array):
        return self.p.log_pdf(x) - self.q.log_pdf(x)

    def breakpoints(self):
        std = jnp.sqrt(self.q.covariance[1, 1])
        offsets = jnp.asarray((-16.0, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 16))
        return _level(self.q.mean[1], std * offsets)


def _line(height: float | Array) -> lsgan.Curve:
    """G(z) = (z, height)."""
    still, moving = jnp.stack([0.0 * height, height + 0.0]), jnp.asarray([1.0, 0.0])
    return lsgan.Curve(jnp.stack([still, moving], axis=1))


def value(disc: AbstractProbability, height: Array) -> Array:
    """V = E log D(x) + E log(1 - D(G(z)))."""
    game = lsgan.Game(lsgan.MultivariateNormal(), lsgan.Normal(), _LOSS)
    return game.cost(lsgan.Players(disc, _line(height)))


def noisy(height: Array, std: Array) -> tuple[Array, Array]:
    """JSD between both laws with noise, and its slope in the height: V = 2 JSD - log 4 at the best D."""
    flat, noise = lsgan.AffineMap([[1.0, 0.0], [0.0, 0.0]]), lsgan.InstanceNoise(1.0)
    noise = eqx.tree_at(lambda noise: noise.std, noise, std)
    data = lsgan.MultivariateNormal()
    game = lsgan.Game(data, data, _LOSS, regularizers=(noise,))

    def cost(height: Array, disc: AbstractProbability) -> Array:
        gen = eqx.tree_at(lambda gen: gen.shift, flat, jnp.stack([0.0 * height, height]))
        return game.cost(lsgan.Players(disc, gen))

    generated = data.with_factor(jnp.stack([0.0 * height, height]), flat.matrix)
    best = Ratio(noise.transform_law(data), noise.transform_law(generated))  # pyright: ignore
    value, slope = jax.value_and_grad(cost)(height, best)  # D answers: its change is of second order
    return 0.5 * (value + 2 * np.log(2)), 0.5 * slope
