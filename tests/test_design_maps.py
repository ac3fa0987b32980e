"""The maps of step against rate ratio and momentum, where they are known in closed form."""

from functools import partial

import jax
import numpy as np
import optax
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.experiments import design_maps, design_maps_games
from lsgan_analytic.experiments._border_maps import border_line, largest


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
    found = np.abs(largest(training, np.asarray([0.5, 1 / gamma**2]), np.asarray([2 * gamma, 4 * gamma])))
    assert found[0, 1] < 1e-7
    np.testing.assert_allclose(found[1], [1, 1], rtol=1e-12)
    flip = min(np.roots([6 / 4, -2 * 6 * gamma, 4]).real)
    np.testing.assert_allclose(largest(training, np.asarray([6.0]), np.asarray([flip])), -1, rtol=1e-12)


@pytest.mark.slow
def test_the_border_of_simultaneous_steps():
    gamma, steps, ratios = 0.5, np.linspace(0.05, 4, 8), np.linspace(0.05, 3.5, 8)
    training = partial(design_maps._training, "simultaneous", "ratio", gamma)
    multiplier = largest(training, ratios, steps)
    line = border_line(training, "neimark_sacker", multiplier, ratios, steps)
    np.testing.assert_allclose(line[:, 1], 4 * gamma, rtol=1e-6)
    assert set(line[:, 2]) <= {0.0, 1.0}  # nowhere hard


@pytest.mark.parametrize("subject", [design_maps_games.LOGISTIC, design_maps_games.MIXTURE])
def test_the_maps_of_games_with_width(subject):
    """In (log a, b, generator): the field's Jacobian by the moments m of the data, the step's I + h of it."""
    gamma, step = 0.7, 0.4
    points, weights = subject.rule()
    np.testing.assert_allclose(weights.sum(), 1, rtol=1e-12)
    one, two = (np.sum(weights * points**k) for k in (1, 2))
    slope = np.array([[-0.5, one / 2, 0], [one / 2, -two / 2 - gamma, -0.5], [0, 0.5, 0]])
    values = np.linalg.eigvals(np.eye(3) + step * slope)
    training = partial(design_maps_games.training, subject, "simultaneous", "strength", gamma)
    found = largest(training, np.asarray([gamma]), np.asarray([step]), subject.place)
    np.testing.assert_allclose(np.abs(found), np.abs(values).max(), rtol=1e-10)


def test_the_rules_have_the_moments_of_the_laws():
    """m_k of Exponential(2) is k!/2^k; of the mixture by those of normals."""
    points, weights = design_maps_games.exponential()
    np.testing.assert_allclose([np.sum(weights * points**k) for k in range(5)], [1, 0.5, 0.5, 0.75, 1.5])
    points, weights = design_maps_games.mixture()
    v = 0.09
    exact = [1, 0.4, 1 + v, 0.4 * (1 + 3 * v), 1 + 6 * v + 3 * v**2]
    np.testing.assert_allclose([np.sum(weights * points**k) for k in range(5)], exact)
