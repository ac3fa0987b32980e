"""What a step of each rule costs, in gradients: one evaluation of the field of both players (Case A, 4-D).

    python -m pytest benchmarks/test_rules_speed.py

Over 1000 starts at once, so that arithmetic counts and not the calls.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lsgan_analytic as lsgan

STARTS, STEP = 1000, 0.1
SGD, ADAM = optax.sgd(STEP, momentum=-0.5), optax.adam(STEP)

# rule, and a bound on its cost that only a mistake would break
RULES = {
    "Simultaneous": (lsgan.Simultaneous(STEP), 2),
    "Alternating": (lsgan.Alternating(STEP), 4),
    "PerPlayer (momentum, alternating)": (lsgan.PerPlayer(SGD, SGD, order="disc"), 4),
    "PerPlayer (Adam)": (lsgan.PerPlayer(ADAM, ADAM), 2),
    "Averaged (Simultaneous)": (lsgan.Averaged(lsgan.Simultaneous(STEP)), 2),
    "Extragradient": (lsgan.Extragradient(STEP), 4),
    "PastExtragradient": (lsgan.PastExtragradient(STEP), 2),
    "Optimistic": (lsgan.Optimistic(STEP), 2),
    "ExtraPerPlayer (Adam)": (lsgan.ExtraPerPlayer(ADAM, ADAM), 4),
    "Preconditioned (Consensus)": (lsgan.Preconditioned(lsgan.Consensus(1.0, 0.5), ADAM, ADAM), 8),
    "UnrolledPerPlayer (Adam, k = 5)": (lsgan.UnrolledPerPlayer(ADAM, SGD, 5), 40),
    "AdaptiveCompetitiveGradient": (lsgan.AdaptiveCompetitiveGradient(STEP), 20),
    "Consensus": (lsgan.Consensus(STEP, 0.5), 8),
    "SymplecticAdjustment": (lsgan.SymplecticAdjustment(STEP), 10),
    "LookAhead": (lsgan.LookAhead(STEP), 10),
    "Lola": (lsgan.Lola(STEP), 12),
    "TaylorLola": (lsgan.TaylorLola(STEP), 12),
    "Unrolled (k = 5)": (lsgan.Unrolled(STEP, 5), 40),
    "CompetitiveGradient": (lsgan.CompetitiveGradient(STEP), 20),
    "FollowRidge": (lsgan.FollowRidge(STEP), 30),
    "Proximal": (lsgan.Proximal(STEP), 80),
}


@pytest.fixture(scope="module")
def game():
    return lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())


@pytest.fixture(scope="module")
def starts():
    """Random players around Case A."""
    rng = np.random.default_rng(0)
    case = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    return jax.tree.map(lambda x: x + jnp.asarray(0.1 * rng.normal(size=STARTS)), case)


def ratio(first, second, rounds=60):
    """Least wall time of the first over that of the second, taken in turns: what disturbs only adds to it."""
    times = []
    for call in (first, second):
        jax.block_until_ready(call())
    for _ in range(rounds):
        for call in (first, second):
            start = time.perf_counter()
            jax.block_until_ready(call())
            times.append(time.perf_counter() - start)
    return min(times[::2]) / min(times[1::2])


@pytest.fixture(scope="module")
def gradient(game):
    return jax.jit(jax.vmap(lambda one: lsgan.field(game, one)))


@pytest.mark.parametrize("name", RULES)
def test_cost_of_a_step(benchmark, game, starts, gradient, name):
    rule, most = RULES[name]
    step = jax.jit(jax.vmap(lambda one, state: rule.step(game, one, state)))
    states = jax.block_until_ready(jax.jit(jax.vmap(rule.init))(starts))
    cost = ratio(lambda: step(starts, states), lambda: gradient(starts))
    benchmark.pedantic(lambda: jax.block_until_ready(step(starts, states)), rounds=5)
    benchmark.extra_info |= {"gradients": round(cost, 1)}
    assert cost < most
