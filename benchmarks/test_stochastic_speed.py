"""How fast ensembles are simulated and predicted, as ratios inside one run.

The floor of the simulator is drawing the same exponentials and taking one erf and one exp of each.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erfc

import lsgan_analytic as lsgan

RUNS, SAMPLES, STEPS, STEP = 100, 1000, 250, 0.4


@pytest.fixture(scope="module")
def game():
    return lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())


@pytest.fixture(scope="module")
def players():
    return lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))


def simulate(game, players, protocol="fixed", steps=STEPS, runs=RUNS, samples=SAMPLES, nodes=None):
    ensemble = lsgan.simulate(
        game,
        lsgan.Simultaneous(step=STEP),
        players,
        key=jax.random.key(0),
        runs=runs,
        samples=samples,
        steps=steps,
        protocol=protocol,
        free=("b", "h"),
        save_every=2,
        nodes=nodes,
    )
    return jax.block_until_ready(ensemble.values)


def median_seconds(function, rounds=5):
    """Median wall time, after one call to compile."""
    function()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def numpy_steps(x, s, steps, a=2.2, b=-3.0, g=1.5, h=-2.0):
    """One run in vectorised NumPy, b and h free."""
    for _ in range(steps):
        u, v = a * x + b, a * (g * s + h) + b
        real = np.mean(erfc(-u) * np.exp(-u * u)) / np.sqrt(np.pi)
        fake = -np.mean(erfc(v) * np.exp(-v * v)) / np.sqrt(np.pi)
        b, h = b + STEP * (real + fake), h - STEP * a * fake
    return b, h


def python_steps(x, s, steps, a=2.2, b=-3.0, g=1.5, h=-2.0):
    """The same as it is first written: a function of one sample under np.vectorize, one step at a time."""
    slope = np.vectorize(lambda u: erfc(-u) * np.exp(-(u**2)) / np.sqrt(np.pi))
    for _ in range(steps):
        real, fake = np.mean(slope(a * x + b)), -np.mean(slope(-(a * (g * s + h) + b)))
        b, h = b + STEP * (real + fake), h - STEP * a * fake
    return b, h


@pytest.mark.parametrize(("peer", "steps", "times"), [(numpy_steps, 50, 3), (python_steps, 3, 100)])
def test_fixed_samples_against_numpy(benchmark, game, players, peer, steps, times):
    rng = np.random.default_rng(0)
    x, s = rng.exponential(2.0, SAMPLES), rng.exponential(1.0, SAMPLES)
    np.testing.assert_allclose(peer(x, s, 2), numpy_steps(x, s, 2), rtol=1e-12)
    theirs = median_seconds(lambda: peer(x, s, steps)) / steps
    simulate(game, players)
    benchmark.pedantic(lambda: simulate(game, players), rounds=5)
    ours = benchmark.stats.stats.median / (RUNS * STEPS)
    benchmark.extra_info |= {"times faster": round(theirs / ours, 1), "ns per sample": ours / SAMPLES * 5e8}
    assert theirs / ours > times


def test_fresh_samples_against_the_floor(benchmark, game, players):
    @jax.jit
    def floor(key):
        """Draw as many exponentials, one erf and one exp of each; keep a sum."""

        def step(total, k):
            def one(own):
                e = jax.random.exponential(jax.random.fold_in(own, k), (2 * SAMPLES,))
                return jnp.sum(jax.lax.erf(e) + jnp.exp(-e))

            return total + jnp.sum(jax.lax.map(jax.vmap(one), keys)), None

        keys = jax.random.split(key, RUNS).reshape(-1, 20)
        return jax.lax.scan(step, 0.0, jnp.arange(STEPS))[0]

    least = median_seconds(lambda: floor(jax.random.key(1)).block_until_ready())
    simulate(game, players, "fresh")
    benchmark.pedantic(lambda: simulate(game, players, "fresh"), rounds=5)
    share = least / benchmark.stats.stats.median
    rate = 2 * RUNS * SAMPLES * STEPS / benchmark.stats.stats.median
    benchmark.extra_info |= {"share of floor": round(share, 2), "samples per second": f"{rate:.2e}"}
    assert share > 0.25


def test_prediction_against_simulation(benchmark, game, players):
    def predict():
        band = lsgan.predict(
            game, lsgan.Simultaneous(step=STEP), players, samples=SAMPLES, steps=STEPS, free=("b", "h")
        )
        return jax.block_until_ready(band.covariance)

    simulated = median_seconds(lambda: simulate(game, players), rounds=3)
    x, s = np.random.default_rng(0).exponential(size=(2, SAMPLES))
    looped = RUNS * STEPS * median_seconds(lambda: python_steps(x, s, 3)) / 3
    predict()
    benchmark(predict)
    benchmark.extra_info |= {
        "times faster than 100 runs": round(simulated / benchmark.stats.stats.median, 1),
        "times faster than 100 runs of the Python loop": round(looped / benchmark.stats.stats.median),
    }


@pytest.mark.parametrize(
    ("protocol", "samples", "times"),
    [("fixed", 10**5, 100), ("fixed", 10**6, 1000), ("fresh", 1000, 1), ("fresh", 10**5, 50)],
)
def test_nodes_against_points(benchmark, game, players, protocol, samples, times):
    """An ensemble on nodes, its check included, against as many runs on points, of which few are measured."""
    # points of fixed samples are drawn once a run: all steps are measured, of few runs
    runs, steps = {"fixed": (1 if samples > 10**5 else 2, STEPS), "fresh": (20, 20)}[protocol]
    runs, steps = (RUNS, STEPS) if samples == 1000 else (runs, steps)
    share = RUNS * STEPS / (runs * steps)
    drawn = share * median_seconds(lambda: simulate(game, players, protocol, steps, runs, samples), rounds=3)
    simulate(game, players, protocol, samples=samples, nodes=128)
    benchmark.pedantic(lambda: simulate(game, players, protocol, samples=samples, nodes=128), rounds=5)
    ratio = drawn / benchmark.stats.stats.median
    benchmark.extra_info |= {"times faster": round(ratio, 1), "points, s": round(drawn, 2)}
    assert ratio >= times
