"""The best set of points: total variation, its slope and its curvature."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import lsgan_analytic as lsgan

DATA = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-0.5, 1.0), lsgan.Normal(2.5, 1.0)))


def total_variation(shifts):
    """By adaptive quadrature between the roots of p - q on a fine grid."""

    def gap(x):
        real = norm.pdf(x, -0.5) + norm.pdf(x, 2.5)
        return 0.5 * (real - norm.pdf(x, shifts[0]) - norm.pdf(x, shifts[1]))

    return 0.5 * quad(lambda x: abs(gap(x)), -20, 20, limit=2000, epsabs=1e-12)[0]


GAME = lsgan.Game(DATA, lsgan.Normal(), lsgan.Wasserstein())
DISC = lsgan.OptimalIndicator(GAME.data, GAME.latent)


def game_of(shifts):
    return GAME.cost(lsgan.Players(DISC, lsgan.MixtureOfShifts(shifts)))


def test_cost_and_its_derivatives_are_those_of_the_total_variation():
    starts = np.array([[0.0, 1.0], [-4.0, 7.0], [2.0, -1.0], [9.0, 9.0]])  # 2, 3, 3 and 1 crossings
    along, h = np.array([1.0, -0.3]), 1e-4
    look = jax.jit(jax.vmap(lambda s: jax.jvp(jax.value_and_grad(game_of), (s,), (along,))))
    every = np.concatenate([starts, starts + h * along, starts - h * along])
    (cost, slope), (rise, curvature) = jax.tree.map(lambda x: np.asarray(x).reshape(3, 4, -1), look(every))
    np.testing.assert_allclose(cost[0, :, 0], [total_variation(s) for s in starts], atol=1e-9)
    np.testing.assert_allclose(rise[0], (cost[1] - cost[2]) / (2 * h), atol=1e-8)
    np.testing.assert_allclose(slope[0] @ along, rise[0, :, 0], atol=1e-13)
    np.testing.assert_allclose(curvature[0], (slope[1] - slope[2]) / (2 * h), atol=1e-7)


@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-9), ("float32", 1e-5)])
def test_the_ends_of_the_support_move(dtype, within):
    """TV of Exp(1) and itself moved by s > 0 is 1 - e^{-s}."""
    law = lsgan.Exponential(jnp.ones((), dtype))
    game = lsgan.Game(law, law, lsgan.Wasserstein())
    disc = lsgan.OptimalIndicator(law, law, most=2)
    look = jax.jit(jax.value_and_grad(lambda s: game.cost(lsgan.Players(disc, lsgan.Shift(s)))))
    value, slope = look(jnp.asarray(0.3, dtype))
    assert value.dtype == slope.dtype == dtype
    np.testing.assert_allclose((value, slope), (-np.expm1(-0.3), np.exp(-0.3)), rtol=within)


def test_a_generator_with_kinks_some_of_which_do_not_exist():
    """x -> s + max(x, x/2) of a normal, by a network one unit of which has no kink."""

    def total(s):
        def gap(x):
            made = norm.pdf(x - s) if x > s else 2 * norm.pdf(2 * (x - s))
            return max(norm.pdf(x) - made, 0.0)

        # p = q left of s: x^2 = 4 (x - s)^2 - 2 log 2; right of it at s/2, or nowhere
        ends = [-15.0, (4 * s - np.sqrt(4 * s**2 + 6 * np.log(2))) / 3, s, 15.0]
        return sum(quad(gap, *pair, limit=500, epsabs=1e-12)[0] for pair in itertools.pairwise(ends))

    game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.Wasserstein())
    disc = lsgan.OptimalIndicator(game.data, game.latent)

    def cost(s):
        gen = lsgan.LeakyReLUNetwork([[[1.0], [0.0]], [[1.0, 0.0]]], [[0.0, 1.0], [0.0]], leak=0.5)
        gen = eqx.tree_at(lambda own: own.biases[-1], gen, s[None])
        return game.cost(lsgan.Players(disc, gen))

    value, slope = jax.jit(jax.value_and_grad(cost))(jnp.asarray(0.3))
    np.testing.assert_allclose(value, total(0.3), atol=1e-9)
    np.testing.assert_allclose(slope, (total(0.301) - total(0.299)) / 0.002, atol=1e-6)


def test_bad_input():
    with pytest.raises(ValueError, match=r"most: expected an integer >= 1, got 0"):
        lsgan.OptimalIndicator(lsgan.Normal(), lsgan.Normal(), most=0)
    with pytest.raises(ValueError, match=r"data: expected a law, got 3"):
        lsgan.OptimalIndicator(3, lsgan.Normal())
