"""The maps of step against rate ratio and momentum, where they are known in closed form."""

from functools import partial

import jax
import numpy as np
import optax
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.experiments import design_maps
from lsgan_analytic.experiments.borders import border_line, radii


def test_heavy_ball_is_sgd_with_momentum():
    point = lsgan.PointMasses([0.3])
    game = lsgan.Game(point, point, lsgan.Minimax())
    for order in ("simultaneous", "disc"):
        one, other = (optax.sgd(0.3, momentum=-0.4),) * 2
        rules = lsgan.PerPlayer(one, other, order), design_maps.HeavyBall(0.3, -0.4, order == "disc")
        ends = []
        for rule in rules:
            players = lsgan.Players(lsgan.Linear(w=0.7), lsgan.Shift(0.4))
            state = rule.init(players)
            for _ in range(4):
                players, state = rule.step(game, players, state)
            ends.append(jax.tree.leaves(players))
        np.testing.assert_allclose(*ends, rtol=1e-13)


def test_the_map_of_simultaneous_steps():
    """|mu|^2 = 1 - r h gamma + r h^2/4: border h = 4 gamma for r < 1/gamma^2, where at h = 2 gamma mu = 0.

    Past that ratio a multiplier is -1 first, at 4 - 2 r h gamma + r h^2/4 = 0.
    """
    gamma = 0.5
    training = partial(design_maps._training, "simultaneous", "ratio", gamma)
    found = radii(training, np.asarray([0.5, 1 / gamma**2]), np.asarray([2 * gamma, 4 * gamma]))
    assert found[0, 1] < 1e-7
    np.testing.assert_allclose(found[1], [1, 1], rtol=1e-12)
    flip = min(np.roots([6 / 4, -2 * 6 * gamma, 4]).real)
    np.testing.assert_allclose(radii(training, np.asarray([6.0]), np.asarray([flip])), 1, rtol=1e-12)


@pytest.mark.slow
def test_the_border_of_simultaneous_steps():
    gamma, steps, ratios = 0.5, np.linspace(0.05, 4, 8), np.linspace(0.05, 3.5, 8)
    training = partial(design_maps._training, "simultaneous", "ratio", gamma)
    radius = radii(training, ratios, steps)
    line = border_line(training, "neimark_sacker", radius, ratios, steps)
    np.testing.assert_allclose(line[:, 1], 4 * gamma, rtol=1e-6)
    assert set(line[:, 2]) <= {0.0, 1.0}  # nowhere hard
