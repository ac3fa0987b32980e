"""Expectations of what has kinks and jumps: values, first and second derivatives.

The reference knows nothing of the package: 60 Gauss nodes between kinks that brentq finds, in NumPy, and
differences of that of order h^4.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kink_cases import CASES
from scipy import optimize, stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import Margin

X, W = np.polynomial.legendre.leggauss(60)


def between_kinks(parts) -> float:
    total = 0.0
    for share, density, (low, high), integrand, zeros in parts:
        grid = np.linspace(low, high, 4001)
        edges = [low, high, *np.linspace(low, high, 97)]
        for zero in zeros:
            side = np.sign(zero(grid))
            edges += list(grid[side == 0])
            edges += [
                optimize.brentq(zero, grid[k], grid[k + 1], xtol=1e-15)
                for k in np.flatnonzero(side[1:] * side[:-1] < 0)
            ]
        edges = np.unique(edges)
        half = 0.5 * np.diff(edges)[:, None]
        x = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * X
        total += share * np.sum(half * W * density(x) * integrand(x))
    return total


def differences(function, theta, h):
    """Gradient and Hessian of a smooth function, to order h^4."""
    stencil = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
    unit = h * np.eye(len(theta))
    slope = np.array([sum(c * function(theta + k * e) for k, c in stencil) / h for e in unit])
    second = np.zeros((len(theta),) * 2)
    for i, j in itertools.combinations_with_replacement(range(len(theta)), 2):
        terms = (
            c * d * function(theta + k * unit[i] + l * unit[j])
            for (k, c), (l, d) in itertools.product(stencil, stencil)
        )
        second[i, j] = second[j, i] = sum(terms) / h**2
    return slope, second


HEAVY = ("hinge, bumps", "half of hinge, exponential")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in HEAVY)) for name in CASES]
)
def test_derivatives_see_kinks_and_jumps(name):
    theta, build, parts = CASES[name]

    def expectation(t):
        return lsgan.expectation(*build(t))

    value, slope, second = jax.jit(
        lambda t: (expectation(t), jax.grad(expectation)(t), jax.hessian(expectation)(t))
    )(jnp.asarray(theta))
    theta = np.asarray(theta)
    np.testing.assert_allclose(value, between_kinks(parts(theta)), atol=2e-12)
    exact = differences(lambda t: between_kinks(parts(t)), theta, 5e-4)
    np.testing.assert_allclose(slope, exact[0], atol=1e-8)
    np.testing.assert_allclose(second, exact[1], atol=2e-6)
    assert np.abs(second).max() > 0.1


def test_a_kink_where_the_density_has_one():
    def cost(t):  # E[max(0, -(w x + b))]: d^2/db^2 is the density at the kink
        return lsgan.expectation(lsgan.Laplace(), lsgan.Linear(t[0], 1 + t[1]), Margin(1.0))

    np.testing.assert_allclose(
        jax.jit(jax.hessian(cost))(jnp.array([1.0, 0.0])), [[0, 0], [0, 0.5]], atol=1e-14
    )


def test_derivatives_of_third_order():
    def cost(t):  # d^3/db^3 E[max(0, 1 - w x - b)] = d/db p((1 - b)/w)/w
        return lsgan.expectation(lsgan.Normal(), lsgan.Linear(1.2, t), Margin(1.0))

    x = (1 - 0.3) / 1.2
    third = jax.jit(jax.grad(jax.grad(jax.grad(cost))))(0.3)
    np.testing.assert_allclose(third, x * stats.norm.pdf(x) / 1.2**2, rtol=1e-11)


def hinge_game():
    """A game, players with the field 0 in b, and the second derivative of the cost in b."""
    game = lsgan.Game(lsgan.Normal(1.0, 1.0), lsgan.Normal(), lsgan.Hinge())
    players = lsgan.Players(lsgan.Linear(1.2, -0.3), lsgan.Shift(-0.5))
    at = np.array([(1 - -0.3) / 1.2 - 1.0, (-1 - -0.3) / 1.2 + 0.5])  # both kinks, in standard deviations
    return game, players, np.sum(stats.norm.pdf(at)) / 1.2


def test_hinge_game_has_the_hessian_of_the_integral():
    game, players, curvature = hinge_game()
    np.testing.assert_allclose(lsgan.hessian(game, players)[1, 1], curvature, rtol=1e-12)
    low = jax.tree.map(lambda leaf: leaf.astype(np.float32), (game, players))
    np.testing.assert_allclose(lsgan.hessian(*low)[1, 1], curvature, rtol=1e-4)


@pytest.mark.slow
def test_hinge_game_has_its_stationary_point():
    game, players, curvature = hinge_game()
    found = lsgan.stationary_points(game, players, {"b": (-2.0, 2.0)})
    np.testing.assert_allclose(found.points, [[-0.3]], atol=1e-9)
    np.testing.assert_allclose(found.eigenvalues, [[-curvature]], rtol=1e-8)


def test_a_critic_without_slope_has_finite_derivatives():
    game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.Hinge())
    matrix = lsgan.hessian(game, lsgan.Players(lsgan.Linear(0.0, 0.3), lsgan.Shift(0.5)))
    np.testing.assert_allclose(matrix, [[0, 0, 1], [0, 0, 0], [1, 0, 0]], atol=1e-13)


def test_kinks_on_the_plane():
    """Of x ~ N(m, S) a critic w . x + b sees one normal number."""

    def exact(t):
        mean, std = t[0] * 0.5 - t[1] + t[2], np.hypot(2 * t[0] + 0.5 * t[1], t[1])
        u = (1 - mean) / std  # E[max(0, 1 - s)]
        return (1 - mean) * stats.norm.cdf(u) + std * stats.norm.pdf(u)

    factor = np.array([[2.0, 0.0], [0.5, 1.0]])
    laws = (
        lsgan.MultivariateNormal([0.5, -1.0], factor @ factor.T),
        lsgan.Pushforward(
            lsgan.Product(lsgan.Normal(), lsgan.Normal()), lsgan.AffineMap(factor, [0.5, -1.0])
        ),
    )
    theta = np.array([0.8, -0.6, 0.3])
    slope, second = differences(exact, theta, 1e-3)
    for law in laws:

        def cost(t, law=law):
            return lsgan.expectation(law, lsgan.Plane(t[:2], t[2]), Margin(1.0))

        got = jax.jit(lambda t: (cost(t), jax.grad(cost)(t), jax.hessian(cost)(t)))(jnp.asarray(theta))
        np.testing.assert_allclose(got[0], exact(theta), rtol=1e-12)
        np.testing.assert_allclose(got[1], slope, atol=1e-9)
        np.testing.assert_allclose(got[2], second, atol=1e-7)
    still = jax.jit(jax.hessian(lambda t: cost(t)))(jnp.zeros(3))
    assert np.isfinite(still).all()
