"""What exactness costs networks: cost and gradient of a pair, beside one pass over 1000 samples of it.

python -m pytest benchmarks/test_networks_speed.py
"""

import time

import jax
import pytest

import lsgan_analytic as lsgan

SAMPLES = 1000
DATA = {
    "normal": lambda: lsgan.Normal(0.5, 1.5),
    "two modes": lambda: lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5))),
}


def least(call, rounds=200):
    """Least wall time: what disturbs only adds to it."""
    jax.block_until_ready(call())
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        jax.block_until_ready(call())
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("name", DATA)
def test_exact_cost_and_gradient(benchmark, name):
    keys = jax.random.split(jax.random.key(0), 4)
    players = lsgan.Players(lsgan.ReLUNetwork.random(keys[0], 16), lsgan.ReLUNetwork.random(keys[1], 16))
    exact = lsgan.Game(DATA[name](), lsgan.Normal(), lsgan.NonSaturating())
    points = (
        lsgan.PointMasses(law.sample(key, SAMPLES))
        for law, key in ((exact.data, keys[2]), (exact.latent, keys[3]))
    )
    sampled = lsgan.Game(*points, exact.loss)
    one, other = (jax.jit(jax.value_and_grad(game.cost)) for game in (exact, sampled))
    ratio = least(lambda: one(players)) / least(lambda: other(players))
    benchmark.extra_info["over a pass over samples"] = ratio
    benchmark.pedantic(lambda: jax.block_until_ready(one(players)), rounds=20)
    assert ratio < 10
