"""Runs that end on a cycle say so, with its period; spirals, chaos, drifts and tori do not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import dirac, pair, zero_sum

import lsgan_analytic as lsgan
from lsgan_analytic._period import recurrent_period

T = 2001
GOLDEN = (np.sqrt(5) - 1) / 2


def found(path):
    return float(recurrent_period(jnp.asarray(path), jnp.asarray(True)))


def circle(period, growth=0.0, phase=0.3):
    """A lopsided closed curve; its size changes by the factor e^growth in T steps."""
    k = np.arange(T)[:, None]
    a = 2 * np.pi * k / period + phase
    return np.concatenate([np.cos(a) + 0.2 * np.cos(2 * a), 0.3 * np.sin(a)], axis=1) * np.exp(growth * k / T)


@pytest.mark.parametrize("period", [2 + GOLDEN, 7 + GOLDEN, 33 + GOLDEN, 110 + GOLDEN])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
def test_invariant_circles(period, scale):
    for phase in (0.0, 1.0, 2.5):
        assert found(3 + scale * circle(period, phase=phase)) == pytest.approx(period, rel=1e-3)


@pytest.mark.parametrize(("r", "period"), [(3.2, 2), (3.5, 4), (3.55, 8), (3.83, 3)])
def test_periodic_orbits_of_the_logistic_map(r, period):
    x = np.full((T, 1), 0.3)
    for k in range(T - 1):
        x[k + 1] = r * x[k] * (1 - x[k])
    assert found(x) == period


def test_what_is_no_cycle():
    rng = np.random.default_rng(0)
    x = np.full((T, 1), 0.3)
    for k in range(T - 1):
        x[k + 1] = 3.9 * x[k] * (1 - x[k])
    torus = circle(7 + GOLDEN) + 0.1 * circle(30 * np.sqrt(2))
    drift = circle(33.3) + 0.01 * np.arange(T)[:, None] / T
    noise = rng.normal(size=(T, 2))
    for path in (x, noise, noise.cumsum(axis=0), torus, drift, np.ones((T, 2))):
        assert np.isnan(found(path))
    for growth in (-0.01, -0.005, 0.005, 0.01):
        assert np.isnan(found(circle(33.3, growth)))
    assert np.isnan(found(circle(200.0)))  # two and a half periods in a quarter
    assert np.isnan(float(recurrent_period(jnp.asarray(circle(33.3)), jnp.asarray(False))))


def test_the_circle_of_the_dirac_gan():
    """The period is that of ``cycle``; on the way there it is still moving; inside a batch and out of it."""
    game, players = dirac(lsgan.R1(0.3)), lsgan.Players(lsgan.Linear(w=0.1), lsgan.Shift(shift=0.0))
    setting = {"rule": lsgan.Simultaneous(1.25), "free": ("w", "shift")}
    path = lsgan.trajectory(game, players=players, steps=5000, **setting)
    assert path.outcome == lsgan.Outcome.cycle
    assert float(path.period) == pytest.approx(lsgan.cycle(game, players=players, **setting).period, rel=1e-7)
    early = lsgan.trajectory(game, players=players, steps=200, **setting)
    assert early.outcome == lsgan.Outcome.moving
    assert np.isnan(early.period)

    def many(w):
        start = lsgan.Players(lsgan.Linear(w=w), lsgan.Shift(shift=0.0))
        run = lsgan.trajectory(game, players=start, steps=5000, **setting)
        return run.outcome == lsgan.Outcome.cycle, run.period, run.players.disc.w[-1]

    cycles, period, _ = jax.jit(jax.vmap(many))(jnp.asarray([0.0, 0.1, 0.2]))
    assert cycles.tolist() == [False, True, True]
    np.testing.assert_allclose(period, [np.nan, path.period, path.period], rtol=1e-7)
    slope = jax.grad(lambda w: many(w)[2])(0.1)
    assert np.isfinite(slope)


def test_a_flow_in_units_of_time():
    """x y in continuous time: every orbit is a circle of period 2 pi."""
    game = zero_sum(lambda x, y: jnp.sum(x * y))
    run = lsgan.flow(game, pair([1.0], [0.0]), time=200.0, points=2001)
    assert run.outcome == lsgan.Outcome.cycle
    assert float(run.period) == pytest.approx(2 * np.pi, rel=1e-5)


def test_float32():
    path = circle(33.3).astype(np.float32)
    period = recurrent_period(jnp.asarray(path), jnp.asarray(True))
    assert period.dtype == jnp.float32
    assert float(period) == pytest.approx(33.3, rel=1e-3)


@pytest.mark.parametrize("points", [1, 2, 3, 4])
def test_short_paths_are_on_no_cycle(points):
    path = jnp.arange(2.0 * points).reshape(points, 2)
    assert np.isnan(recurrent_period(path, jnp.asarray(True)))
    assert np.isnan(jax.jit(jax.vmap(recurrent_period))(path[None], jnp.asarray([True]))).all()
