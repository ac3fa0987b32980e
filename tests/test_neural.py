"""A small network pair in the same game: its cost and field by hand, its training, its outcome."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.flatten_util import ravel_pytree

import lsgan_analytic as lsgan
from lsgan_analytic import outcome
from lsgan_analytic.restriction import restrict

WIDTH = 5


def pair(dtype=np.float64, depth=1):
    disc, gen = jax.random.split(jax.random.key(2))
    players = lsgan.Players(
        lsgan.NeuralDiscriminator(key=disc, width=WIDTH, depth=depth),
        lsgan.NeuralGenerator(key=gen, width=WIDTH, depth=depth),
    )
    return jax.tree.map(lambda leaf: (leaf + 0.1).astype(dtype), players)  # no bias is 0


def sampled(dtype=np.float64):
    rng = np.random.default_rng(3)
    data, latent = (lsgan.PointMasses(rng.normal(size=(n, 2)).astype(dtype)) for n in (12, 9))
    return lsgan.Game(data, latent, lsgan.NonSaturating())


def by_hand(network, x):
    """The network in NumPy, point by point."""
    rows = []
    for row in np.asarray(x, float):
        for weight, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
            row = np.tanh(np.asarray(weight, float) @ row + np.asarray(bias, float))
        rows.append(np.asarray(network.weights[-1], float) @ row + np.asarray(network.biases[-1], float))
    return np.stack(rows)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-13), (np.float32, 1e-5)])
def test_objectives_by_hand(dtype, rtol):
    game, players = sampled(dtype), pair(dtype, depth=2)
    real = by_hand(players.disc.layers, game.data.points)
    fake = by_hand(players.disc.layers, by_hand(players.gen.layers, game.latent.points))
    rising, falling = jax.jit(game.objectives)(players)
    assert rising.dtype == dtype
    expected = -np.mean(np.log1p(np.exp(-real))) - np.mean(np.log1p(np.exp(fake)))
    np.testing.assert_allclose(rising, expected, rtol=rtol)
    np.testing.assert_allclose(falling, np.mean(np.log1p(np.exp(-fake))), rtol=rtol)


def test_evidence_without_a_jacobian(monkeypatch):
    """Size and growth as with the whole Jacobian; no root is sought."""
    game, players = sampled(), pair()
    rule = lsgan.Simultaneous(step=0.1)
    part = restrict(game, players, None)
    arguments = (part, rule, rule.init(part.reduce(players)), jnp.asarray(7))
    whole = jax.jit(lambda: outcome.evidence(*arguments))()
    monkeypatch.setattr(outcome, "_MANY", 10)
    few = jax.jit(lambda: outcome.evidence(*arguments))()
    np.testing.assert_allclose([few.field_norm, few.growth], [whole.field_norm, whole.growth], rtol=1e-10)
    assert few.newton_distance == np.inf
    assert outcome.classify_outcome(few, players, jnp.asarray(1e9)) != lsgan.Outcome.point


@pytest.mark.slow
def test_training_is_the_same_simulation():
    """Adam on fresh draws, the generator at rest: the discriminator learns, run by run its own way."""
    game, start = sampled(), pair()
    rule = lsgan.PerPlayer(disc=optax.adam(0.02), gen=optax.sgd(0.0))
    setting = {"runs": 2, "samples": 32, "steps": 40, "save_every": 20, "protocol": "fresh", "tile": 2}
    runs = lsgan.simulate(game, rule, start, key=jax.random.key(4), **setting)
    cost = jax.jit(lambda own: game.objectives(own)[0])
    ends = [cost(jax.tree.map(lambda x, run=run: x[run, -1], runs.players)) for run in range(2)]
    assert min(ends) > cost(start) + 0.1
    assert ends[0] != ends[1]
    still = jax.tree.map(lambda x: x[0, -1], runs.players.gen)
    np.testing.assert_array_equal(ravel_pytree(still)[0], ravel_pytree(start.gen)[0])
    assert (runs.outcome == lsgan.Outcome.moving).all()


def test_what_is_refused():
    with pytest.raises(ValueError, match="width: expected an integer >= 1, got 0"):
        lsgan.NeuralGenerator(key=jax.random.key(0), width=0)
    with pytest.raises(ValueError, match=r"points of the plane"):
        pair().disc(np.ones(3))
