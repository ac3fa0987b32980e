"""Every rule on part of the parameters, on samples and in predictions."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from dynamics import pair, Toy
from rules import RULES

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import Restriction


def curved(x, y):
    """A payoff with no symmetry, of vectors of two."""
    return jnp.sum(jnp.sin(x) * y - x**2 * y**2 + jnp.cos(x + 2 * y)) + x[0] * jnp.tanh(x[1] * y[0]) * y[1]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_rule_leaves_alone_what_is_held(dtype):
    """Zero-sum and of two objectives: of (x0, x1, y0, y1) only x1 and y1 move, the others keep every bit."""
    decayed = lsgan.PerPlayer(optax.adamw(0.1, weight_decay=0.5), optax.adamw(0.1, weight_decay=0.5), "gen")
    rules = RULES | {"weight decay": decayed}
    fixed = {
        name: rules.pop(name)
        for name in list(rules)
        if "per player" in name or name in ("weight decay", "preconditioned")
    }
    rules, start = jax.tree.map(lambda x: x.astype(dtype), (rules, pair([0.7, 0.3], [-0.4, 0.9])))

    def ends(rules, players, apart):
        game = Toy(curved, lambda x, y: curved(x, y) + apart * jnp.sum(x * jnp.tanh(y)))
        found = {}
        for name, rule in (rules | fixed).items():
            part = Restriction(game, players, (1, 3))
            reduced = part.reduce(players)
            state = rule.init(reduced)
            now, after = lsgan.advance(part, rule, reduced, state)
            same = jax.tree.map(lambda new, old: jnp.asarray(new).dtype == old.dtype, after, state)
            assert all(jax.tree.leaves(same)), name
            found[name] = vector(part.whole(now))
        return found

    before = vector(start)[None]
    apart = jnp.asarray([0, 1], dtype)  # zero-sum, and not
    for name, end in jax.jit(jax.vmap(ends, in_axes=(None, None, 0)))(rules, start, apart).items():
        assert end.dtype == dtype, name
        np.testing.assert_array_equal(end[:, ::2], jnp.tile(before[:, ::2], (2, 1)), err_msg=name)
        assert np.isfinite(end).all(), name
        assert (end[:, 1::2] != before[:, 1::2]).all(), name


@pytest.mark.slow
def test_simulate_and_predict():
    """A state with counters and schedules goes through ensembles and through their prediction."""
    game = lsgan.Game(lsgan.PointMasses([0.5, 2.0]), lsgan.PointMasses([0.3, 0.9]), lsgan.NonSaturating())
    players, free = lsgan.Players(lsgan.Sigmoid(w=1.2, b=-1.0), lsgan.Shift(shift=0.4)), ("b", "shift")
    rule = lsgan.Averaged(lsgan.Optimistic((np.full(4, 0.4), lambda k: 0.3 / (k + 1))))
    setting = {"samples": 4000, "steps": 4, "free": free}
    runs = lsgan.simulate(game, rule, players, key=jax.random.key(0), runs=2, **setting)
    path = lsgan.trajectory(game, rule, players, steps=4, free=free)
    band = lsgan.predict(game, rule, players, **setting)
    np.testing.assert_allclose(band.mean[:, 0], path.players.disc.b, rtol=1e-12)
    off = (np.asarray(runs.values)[:, 1:] - band.mean[1:][None]) / band.std[1:][None]
    assert 0.1 < np.abs(off).max() < 4.5


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_every_rule_trains_on_samples(name):
    """The same rule on a game of two objectives: exact, and on samples, which stray by their noise."""
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.NonSaturating())
    players, free = lsgan.Players(lsgan.Sigmoid(w=1.2, b=-1.0), lsgan.Square(g=1.5, h=0.4)), ("b", "h")
    path = lsgan.trajectory(game, RULES[name], players, steps=5, free=free)
    runs = lsgan.simulate(
        game, RULES[name], players, key=jax.random.key(0), runs=4, samples=4000, steps=5, free=free
    )
    exact = np.stack([path.players.disc.b, path.players.gen.h], axis=-1)
    moved = np.linalg.norm(exact[-1] - exact[0])
    off = np.linalg.norm(np.asarray(runs.values)[:, -1] - exact[-1], axis=-1)
    assert moved > 0.02
    assert 0 < off.max() < 0.5 * moved
