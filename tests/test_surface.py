"""Grids: the right value at the right place, in bounded memory."""

import subprocess
import sys

import jax
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan


def test_values_sit_where_the_axes_say():
    case = CASES["A"]
    b, h = np.linspace(-4, 2, 7), np.linspace(-2.1, 3.1, 5)
    grid = lsgan.surface(case.game.cost, case.players, {"h": h, "b": b}, chunk=8)
    assert grid.shape == (5, 7)
    for i, j in ((0, 0), (4, 1), (2, 6)):
        players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=b[j]), gen=lsgan.Square(g=1.5, h=h[i]))
        np.testing.assert_allclose(grid[i, j], case.game.cost(players), rtol=1e-14)


def test_functions_of_any_structure():
    case = CASES["B"]
    slopes = lsgan.surface(jax.grad(case.game.cost), case.players, {"b": [0.0, -1.0]})
    np.testing.assert_allclose(slopes.gen.h[1], case.gradient[3], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
def test_a_million_points_in_one_call_and_little_memory():
    code = (
        "import jax, resource; jax.config.update('jax_enable_x64', True)\n"
        "import numpy as np, lsgan_analytic as lsgan\n"
        "game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())\n"
        "players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))\n"
        "axes = lambda n: {'b': np.linspace(-4, 2, n), 'h': np.linspace(-2.1, 3.1, n)}\n"
        "lsgan.surface(game.cost, players, axes(65)).block_until_ready()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "grid = lsgan.surface(game.cost, players, axes(1000))\n"
        "assert 0 < grid.min() and grid.max() < 2\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    grown = int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
    assert grown < 200_000  # kB; the result alone is 8 MB, one array over all nodes would be 384 MB
