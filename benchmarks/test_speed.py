"""How fast, as ratios inside one run: against float64 ``erf`` of the same JAX, and against two peers.

    python -m pytest benchmarks

The two peers are the authors' way (the key integrals by Monte Carlo with 10^6 samples, in NumPy) and
adaptive quadrature (scipy.integrate.quad). A ratio here is what the README's table quotes.
"""

import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate
from scipy.special import erfc

import lsgan_analytic as lsgan

POINT = {"a": 2.2, "b": -3.0, "g": 1.5, "h": -2.0}
RATE = 0.5
BATCH = 4096


@pytest.fixture(scope="module")
def game():
    return lsgan.Game(lsgan.Exponential(rate=RATE), lsgan.Rayleigh(), lsgan.SquaredMinimax())


@pytest.fixture(scope="module")
def players():
    return lsgan.Players(
        disc=lsgan.Erf(a=POINT["a"], b=POINT["b"]), gen=lsgan.Square(g=POINT["g"], h=POINT["h"])
    )


@pytest.fixture(scope="module")
def batch(players):
    """Random players around Case A."""
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda x: x + jnp.asarray(rng.normal(size=BATCH)), players)


@pytest.fixture(scope="module")
def erf_seconds():
    """One float64 erf of a large batch, the unit of this file."""
    x = jnp.asarray(np.random.default_rng(0).normal(size=100_000) * 2)
    erf = jax.jit(jax.lax.erf)
    erf(x).block_until_ready()
    times = []
    for _ in range(30):
        start = time.perf_counter()
        erf(x).block_until_ready()
        times.append(time.perf_counter() - start)
    return np.median(times) / x.size


def in_erfs(benchmark, function, argument, erf_seconds):
    """Median time of one evaluation in a batch, in erf evaluations."""
    jax.block_until_ready(function(argument))
    benchmark(lambda: jax.block_until_ready(function(argument)))
    ratio = benchmark.stats.stats.median / BATCH / erf_seconds
    benchmark.extra_info |= {"in erf evaluations": round(ratio, 1)}
    return ratio


def test_cost_and_gradient(benchmark, game, batch, erf_seconds):
    function = jax.jit(jax.vmap(jax.value_and_grad(game.cost)))
    assert in_erfs(benchmark, function, batch, erf_seconds) <= 300


def test_cost_gradient_and_hessian(benchmark, game, batch, erf_seconds):
    def everything(one):
        return *jax.value_and_grad(game.cost)(one), lsgan.hessian(game, one)

    assert in_erfs(benchmark, jax.jit(jax.vmap(everything)), batch, erf_seconds) <= 1500


def monte_carlo_gradient(a, b, g, h, c, samples=1_000_000, seed=0):
    """The authors' way: sample means of the integrands of the gradient."""
    rng = np.random.default_rng(seed)
    s = rng.exponential(size=samples)
    x, y = s / c, g * s + h
    u, v = a * x + b, a * y + b
    real = erfc(-u) * np.exp(-u * u) / np.sqrt(np.pi)
    fake = -erfc(v) * np.exp(-v * v) / np.sqrt(np.pi)
    return np.array(
        [np.mean(real * x + fake * y), np.mean(real + fake), a * np.mean(fake * s), a * np.mean(fake)]
    )


def quad_gradient(a, b, g, h, c):
    """Adaptive quadrature of the same integrands, to 1e-10."""

    def real(s):
        u = a * s / c + b
        return np.exp(-s) * erfc(-u) * np.exp(-u * u) / np.sqrt(np.pi)

    def fake(s):
        v = a * (g * s + h) + b
        return -np.exp(-s) * erfc(v) * np.exp(-v * v) / np.sqrt(np.pi)

    def total(integrand):
        return integrate.quad(integrand, 0, np.inf, epsabs=1e-12, epsrel=1e-10)[0]

    flat, rising = total(fake), total(lambda s: fake(s) * s)
    first = total(lambda s: real(s) * s / c) + g * rising + h * flat
    return np.array([first, total(real) + flat, a * rising, a * flat])


@pytest.mark.parametrize(
    ("peer", "error", "times"), [(monte_carlo_gradient, 2e-3, 2e4), (quad_gradient, 1e-9, 3e2)]
)
def test_against_a_peer(benchmark, game, players, batch, peer, error, times):
    """One gradient of the peer against one of ours in a batch (single calls: see the path below)."""
    exact = np.stack(jax.tree.leaves(lsgan.gradient(game, players)))
    np.testing.assert_allclose(peer(**POINT, c=RATE), exact, atol=error)
    ours = jax.jit(jax.vmap(jax.value_and_grad(game.cost)))
    jax.block_until_ready(ours(batch))
    clock = []
    for _ in range(20):
        start = time.perf_counter()
        jax.block_until_ready(ours(batch))
        clock.append((time.perf_counter() - start) / BATCH)
    benchmark.pedantic(peer, kwargs={**POINT, "c": RATE}, rounds=5, warmup_rounds=1)
    ratio = benchmark.stats.stats.median / np.median(clock)
    benchmark.extra_info |= {"times slower than ours": round(ratio)}
    assert ratio > times


def test_path(benchmark, game, players):
    """249 updates in 4-D, with costs and outcome."""
    rule = lsgan.Simultaneous(step=0.4)
    play = jax.jit(lambda start: lsgan.trajectory(game, rule, start, steps=249).cost_terms)
    play(players).block_until_ready()
    benchmark(lambda: play(players).block_until_ready())
    assert benchmark.stats.stats.median < 10e-3


def test_a_million_costs(benchmark, game, players):
    axes = {"b": np.linspace(-4, 2, 1000), "h": np.linspace(-2.1, 3.1, 1000)}
    lsgan.surface(game.cost, players, axes).block_until_ready()
    benchmark.pedantic(
        lambda: lsgan.surface(game.cost, players, axes).block_until_ready(), rounds=3, warmup_rounds=1
    )


def fresh(code):
    """Seconds that the last statement of ``code`` says it took, in a fresh process; the best of three."""
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(3)]
    return min(float(run.stdout) for run in runs)


def test_import_beyond_jax(benchmark):
    code = (
        "import time, jax, jax.numpy\n"
        "start = time.perf_counter(); import lsgan_analytic; print(time.perf_counter() - start)"
    )
    seconds = benchmark.pedantic(fresh, (code,), rounds=1)
    benchmark.extra_info |= {"seconds": round(seconds, 2)}
    assert seconds <= 1.0


def test_first_cost_in_a_fresh_process(benchmark):
    code = (
        "import time, jax; jax.config.update('jax_enable_x64', True)\n"
        "import lsgan_analytic as lsgan\n"
        "start = time.perf_counter()\n"
        "game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())\n"
        "players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))\n"
        "game.cost(players).block_until_ready(); print(time.perf_counter() - start)"
    )
    seconds = benchmark.pedantic(fresh, (code,), rounds=1)
    benchmark.extra_info |= {"seconds": round(seconds, 2)}
    assert seconds <= 2.0
