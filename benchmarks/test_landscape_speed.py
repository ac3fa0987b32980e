"""How fast a basin map is: 10^5 starts of Case A, 250 steps each, b and h free, on all cores.

Against vectorised NumPy with the same integrals by a Gauss rule of 64 nodes, and against the floor:
250 x 10^5 gradients in the same batches, with nothing noted on the way. Ratios are of processor time, which
does not ask who else is at work.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erfc

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

A, G, RATE, STEP, STEPS = 2.2, 1.5, 0.5, 0.4, 250
CHUNK = 256
BOX = {"b": (-4.0, 2.0), "h": (-2.1, 3.1)}
SIDES = (400, 250)


@pytest.fixture(scope="module")
def game():
    return lsgan.Game(lsgan.Exponential(rate=RATE), lsgan.Rayleigh(), lsgan.SquaredMinimax())


@pytest.fixture(scope="module")
def players():
    return lsgan.Players(disc=lsgan.Erf(a=A, b=-3.0), gen=lsgan.Square(g=G, h=-2.0))


def starts(*sides):
    return {name: np.linspace(*ends, n) for (name, ends), n in zip(BOX.items(), sides, strict=True)}


def explore(game, players, *sides):
    rule = lsgan.Simultaneous(step=STEP)
    found = lsgan.basins(game, rule, players, starts(*sides), STEPS, free=("b", "h"), chunk=CHUNK)
    return jax.block_until_ready(found)


def numpy_ends(b, h, steps, nodes=64):
    """All starts at once, in NumPy: 3 digits with 64 nodes, 8 with 400."""
    t, w = np.polynomial.legendre.leggauss(nodes)
    t, w = 3.2 * (t + 1), 3.2 * w
    s, mass = t * t, 2 * t * np.exp(-t * t) * w / np.sqrt(np.pi)
    for _ in range(steps):
        u, v = A * s / RATE + b[:, None], A * (G * s + h[:, None]) + b[:, None]
        real = (erfc(-u) * np.exp(-u * u)) @ mass
        fake = -(erfc(v) * np.exp(-v * v)) @ mass
        b, h = b + STEP * (real + fake), h - STEP * A * fake
    return b, h


def floor_seconds(game, n):
    """Processor seconds of so many times 250 gradients in b and h, on all cores."""

    @jax.jit
    def gradients(b, h):
        def cost(b, h):
            return game.cost(lsgan.Players(lsgan.Erf(A, b), lsgan.Square(G, h)))

        def step(at, _):
            slope = jax.vmap(jax.grad(cost, argnums=(0, 1)))(*at)
            return (at[0] + 1e-3 * slope[0], at[1] - 1e-3 * slope[1]), None

        return jax.lax.scan(step, (b, h), length=STEPS)[0]

    rng = np.random.default_rng(0)
    b, h = (jnp.asarray(rng.uniform(*ends, CHUNK)) for ends in BOX.values())
    jax.block_until_ready(gradients(b, h))
    begin = time.process_time()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda _: jax.block_until_ready(gradients(b, h)), range(-(-n // CHUNK))))
    return time.process_time() - begin


def test_a_basin_map(benchmark, game, players):
    few = explore(game, players, 8, 4)
    b, h = (part.ravel() for part in np.meshgrid(*starts(8, 4).values(), indexing="ij"))
    ends = numpy_ends(b, h, STEPS, nodes=400)
    np.testing.assert_allclose(few.players.disc.b.ravel(), ends[0], atol=1e-8)
    np.testing.assert_allclose(few.players.gen.h.ravel(), ends[1], atol=1e-8)
    n = int(np.prod(SIDES))
    explore(game, players, 16, 16)  # compiles the chunk
    floor = floor_seconds(game, n)
    begin = time.process_time()
    rng = np.random.default_rng(0)
    numpy_ends(*(rng.uniform(*ends, 4096) for ends in BOX.values()), 10)
    theirs = (time.process_time() - begin) * n * STEPS / (4096 * 10)
    begin = time.process_time()
    benchmark.pedantic(lambda: explore(game, players, *SIDES), rounds=1)
    ours = time.process_time() - begin
    benchmark.extra_info |= {
        "processor seconds": round(ours, 1),
        "times less than NumPy": round(theirs / ours, 1),
        "share of the floor": round(floor / ours, 2),
    }
    assert theirs > ours
    assert floor / ours > 0.4


def test_a_portrait(benchmark, game, players):
    """Cost and field at 161 x 161 points, and the picture of them: under a second after compiling."""
    agg, figures = (pytest.importorskip(f"matplotlib.{name}") for name in ("backends.backend_agg", "figure"))
    plane = starts(161, 161)

    def draw():
        axes = figures.Figure().subplots()
        seen = lsgan.portrait(game, players, plane)
        plotting.cost_map(axes, seen)
        plotting.phase_portrait(axes, seen)
        agg.FigureCanvasAgg(axes.figure).draw()

    draw()
    benchmark.pedantic(draw, rounds=3)
    assert benchmark.stats.stats.min < 1
