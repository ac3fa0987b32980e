"""Step sizes, schedules, averages and the optimisers of optax; arguments of rules that are refused."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from dynamics import Bilinear, DIRAC, dirac, pair

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector


def test_against_optax_alone():
    """Optimistic, and Adam under PerPlayer, against optax driven by hand."""
    game, start = Bilinear(jnp.asarray(1.0)), {"x": 0.8, "y": -0.5}
    for make, rule in (
        (lambda: optax.optimistic_gradient_descent(0.1), lsgan.Optimistic(0.1)),
        (lambda: optax.adam(0.1), lsgan.PerPlayer(optax.adam(0.1), optax.adam(0.1))),
    ):
        own = pair([0.8], [-0.5])
        state, moved, peer = rule.init(own), dict(start), make()
        with jax.numpy_dtype_promotion("standard"):
            peer_state = peer.init(moved)
            for _ in range(4):
                descent = {"x": jnp.asarray(-moved["y"]), "y": jnp.asarray(moved["x"])}
                updates, peer_state = peer.update(descent, peer_state, moved)
                moved = {name: moved[name] + updates[name] for name in moved}
        for _ in range(4):
            own, state = rule.step(game, own, state)
        np.testing.assert_allclose(vector(own), [moved["x"], moved["y"]], rtol=1e-12)


def test_optimisers_of_optax_in_alternating_play():
    """Nesterov, negative momentum and RMSProp, one a player, against their published recursions by hand."""
    game, own = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    x, y, trace, mean = 0.8, -0.5, 0.0, 0.0
    with jax.numpy_dtype_promotion("standard"):
        rule = lsgan.PerPlayer(
            optax.sgd(0.1, momentum=-0.4, nesterov=True),
            optax.rmsprop(0.05, decay=0.8, eps=1e-3),
            order="disc",
        )
        state = rule.init(own)
        for _ in range(5):
            own, state = rule.step(game, own, state)
            trace = y - 0.4 * trace  # x ascends x y
            x += 0.1 * (y - 0.4 * trace)
            mean = 0.8 * mean + 0.2 * x**2  # y descends it, after x moved
            y -= 0.05 * x / np.sqrt(mean + 1e-3)
            np.testing.assert_allclose(vector(own), [x, y], rtol=1e-12)


def test_schedules():
    """Arrays and functions of the step, one for each player, in a rule with and one without memory."""
    game, start = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    sizes = np.array([0.3, 0.2, 0.1])
    for make in (lsgan.Simultaneous, lsgan.Optimistic):
        rule = make((sizes, lambda k: 0.5 / (k + 1)))
        path = lsgan.trajectory(game, rule, start, steps=3)
        x, y, before = 0.8, -0.5, None
        for k in range(3):
            v = np.array([y, -x])
            along = v if before is None or make is lsgan.Simultaneous else 2 * v - before
            x, y, before = x + sizes[k] * along[0], y + 0.5 / (k + 1) * along[1], v
        np.testing.assert_allclose([path.players.disc.values[-1, 0], path.players.gen.values[-1, 0]], [x, y])
    with pytest.raises(ValueError, match="step: expected one size for each of 4 steps, got 3"):
        lsgan.trajectory(game, lsgan.Averaged(lsgan.Alternating(sizes)), start, steps=4)


def test_values_of_a_schedule_are_looked_at():
    """A function of the step that turns negative is refused at once; one that ends at 0 is not."""
    game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())
    players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    falling = lsgan.Simultaneous((0.1, lambda k: 0.35 - 0.1 * k))
    with pytest.raises(ValueError, match=r"finite and >= 0, got -0\.05.* at step 4"):
        lsgan.trajectory(game, falling, players, steps=6)
    end = lsgan.trajectory(game, lsgan.Simultaneous(lambda k: 0.1 * (k < 1)), players, steps=2).players
    assert end.disc.w[2] == end.disc.w[1] != end.disc.w[0]
    with pytest.raises(ValueError, match="nan at step 0"):
        jax.jit(lambda own: lsgan.trajectory(game, lsgan.Optimistic(lambda k: k * np.nan), own, steps=2))(
            players
        )


def test_uniform_average():
    game, start = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    inner = lsgan.trajectory(game, lsgan.Simultaneous(0.3), start, steps=5)
    path = lsgan.trajectory(game, lsgan.Averaged(lsgan.Simultaneous(0.3)), start, steps=5)
    means = np.cumsum(np.asarray(inner.players.disc.values[:, 0])) / np.arange(1, 7)
    np.testing.assert_allclose(path.players.disc.values[:, 0], means, rtol=1e-13)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lsgan.Alternating(0.0), "step: expected a finite number > 0, got 0.0"),
        (lambda: lsgan.Extragradient((0.1, -1.0)), "step: expected a finite number > 0, got -1.0"),
        (lambda: lsgan.Optimistic(np.array([0.1, 0.0])), "step: expected a finite number > 0"),
        (
            lambda: lsgan.Proximal(np.ones((2, 2))),
            r"step: expected a number.* shape \(2, 2\)",
        ),
        (lambda: lsgan.Proximal(np.ones(0)), r"step: expected a number.* shape \(0,\)"),
        (lambda: lsgan.Lola(lambda k: jnp.ones(2)), r"function whose values are numbers, got shape \(2,\)"),
        (lambda: lsgan.Unrolled(0.1, k=0), "k: expected an integer >= 1, got 0"),
        (lambda: lsgan.Alternating(0.1, disc_steps=0), "disc_steps: expected an integer >= 1, got 0"),
        (lambda: lsgan.Alternating(0.1, gen_steps=1.5), "gen_steps: expected an integer >= 1, got 1.5"),
        (lambda: lsgan.Alternating(0.1, order="D"), "order: expected 'disc' or 'gen'.* got 'D'"),
        (lambda: lsgan.PerPlayer(optax.sgd(0.1), 0.1), "gen: expected an optax.GradientTransformation"),
        (lambda: lsgan.PerPlayer(optax.sgd(0.1), optax.sgd(0.1), "both"), "order: expected 'simultaneous'"),
        (lambda: lsgan.Consensus(0.1, strength=0.0), "strength: expected a finite number > 0, got 0.0"),
        (lambda: lsgan.Averaged(0.1), "rule: expected an update rule"),
        (
            lambda: lsgan.Averaged(lsgan.Lola(0.1), decay=1.0),
            r"in \[0, 1\), got 1.0",
        ),
        (
            lambda: lsgan.step_jacobian(dirac(), lsgan.Lola(0.1), DIRAC, ("x",)),
            "free: expected distinct",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
