"""Games of networks: costs and gradients against samples, float32, the law of generated points."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from scipy import stats

import lsgan_analytic as lsgan

RELU, LEAKY = lsgan.ReLUNetwork, lsgan.LeakyReLUNetwork


def pair(dtype=np.float64, width=16):
    keys = jax.random.split(jax.random.key(5))
    players = lsgan.Players(RELU.random(keys[0], width), LEAKY.random(keys[1], width))
    return jax.tree.map(lambda leaf: leaf.astype(dtype), players)


def test_samples_agree_in_standard_errors():
    """Cost and gradient of a 16-16 pair against means over draws."""
    game = lsgan.Game(lsgan.Normal(0.5, 1.5), lsgan.Normal(), lsgan.Minimax())
    players, n = pair(), 40_000
    x, z = game.data.sample(jax.random.key(1), n), game.latent.sample(jax.random.key(2), n)

    def one(x, z):
        def cost(own):
            return game.loss.real.of(own.disc, x) + game.loss.fake.of(own.disc, own.gen(z))

        value, slope = jax.value_and_grad(cost)(players)
        return jnp.append(ravel_pytree(slope)[0], value)

    each = jax.jit(jax.vmap(one))(x, z)
    value, slope = jax.jit(jax.value_and_grad(game.cost))(players)
    exact = jnp.append(ravel_pytree(slope)[0], value)
    error = each.std(axis=0) / np.sqrt(n)
    off = jnp.abs(each.mean(axis=0) - exact) / jnp.where(error > 0, error, 1)
    often = (each != 0).sum(axis=0) > 1000  # of rare events the spread is not known
    assert jnp.where(often, off, 0).max() < 4.5
    assert often.mean() > 0.5


def test_float32_and_batches():
    game = lsgan.Game(lsgan.Normal(0.5, 1.5), lsgan.Normal(), lsgan.Minimax())
    players = pair(width=4)
    cost = jax.jit(game.cost)
    both = jax.tree.map(lambda leaf: jnp.stack([leaf, 1.1 * leaf]), players)
    batch = jax.jit(jax.vmap(game.cost))(both)
    np.testing.assert_allclose(batch[0], cost(players), rtol=1e-14)
    small = jax.tree.map(lambda leaf: leaf.astype(np.float32), (game, players))
    value = jax.jit(lambda own: own[0].cost(own[1]))(small)
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, cost(players), rtol=1e-5)


def test_law_of_generated_points():
    law = lsgan.pushforward(lsgan.Normal(), pair(width=3).gen)
    x = jnp.sort(law.sample(jax.random.key(0), 20_000))
    at = x[jnp.asarray([1000, 9000, 18_000])]
    below, density = jax.jit(lambda at: (law.cdf(at), law.pdf(at)))(at)
    share = np.array([np.mean(np.asarray(x) <= v) for v in np.asarray(at)])
    np.testing.assert_array_less(np.abs(below - share), 4.5 * np.sqrt(below * (1 - below) / x.size))
    h = 1e-5
    slope = (law.cdf(at + h) - law.cdf(at - h)) / (2 * h)
    np.testing.assert_allclose(density, slope, rtol=1e-6)
    flat = lsgan.pushforward(lsgan.Normal(), RELU([[[1.0]], [[1.0]]], [[0.0], [0.0]]))
    with pytest.raises(Exception, match="has an atom, no density"):
        jax.block_until_ready(jax.jit(lambda x: flat.pdf(x))(jnp.asarray(1.0)))
    np.testing.assert_allclose(
        flat.cdf(jnp.asarray([-0.1, 0.0, 1.0])), [0, 0.5, stats.norm.cdf(1.0)], atol=1e-13
    )


def test_unit_slope():
    network = pair(width=5).disc.normalized()
    x = jnp.linspace(-20, 20, 20_001)
    np.testing.assert_allclose(jnp.abs(jax.vmap(jax.grad(network))(x)).max(), 1, rtol=1e-12)
