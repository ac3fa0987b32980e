"""Expectations of what has kinks and jumps: values, first and second derivatives.

The reference knows nothing of the package: 60 Gauss nodes between kinks that brentq finds, in NumPy, and
differences of that of order h^4.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import (
    AbstractIntegrand,
    AbstractScoreIntegrand,
    Margin,
    Scaled,
    Score,
    Squared,
)

X, W = np.polynomial.legendre.leggauss(60)


class Distance(AbstractScoreIntegrand):
    """A user's integrand |s - 0.3| + s^2 / 4, with its kink declared."""

    kinks = (0.3,)

    def __call__(self, t):
        return jnp.abs(t - 0.3) + t * t / 4


class Doubt(AbstractIntegrand):
    """A user's function of the value of D: |D - 0.4|."""

    kinks = (0.4,)

    def __call__(self, t):
        return jnp.abs(t - 0.4)


class Wave(lsgan.AbstractCritic):
    """A user's critic that knows nothing of its crossings."""

    a: jax.Array
    b: jax.Array

    def __call__(self, x):
        return jnp.sin(self.a * x) + self.b * x


class Knots(lsgan.discriminators.AbstractDiscriminator):
    """A user's network of one layer of rectifiers; its knots are declared, with derivatives."""

    slopes: jax.Array
    knots: jax.Array

    def __call__(self, x):
        return jnp.vectorize(lambda v: jnp.sum(self.slopes * jax.nn.relu(v - self.knots)))(jnp.asarray(x))

    def breakpoints(self):
        return self.knots


class Step(lsgan.Interval):
    """A subclass, for which no closed form is registered."""


def relu(t):
    return np.maximum(t, 0)


def count(x, left, right):
    return ((left < x) & (x < right)).astype(float)


def logistic(x, w, b):
    return 1 / (1 + np.exp(-(w * x + b)))


def bumps(x, t):
    return t[0] * np.exp(-0.5 * ((x - t[2]) / t[4]) ** 2) + t[1] * np.exp(-0.5 * ((x - t[3]) / t[4]) ** 2)


def cubic(z):
    return 0.3 - z + 0.2 * z**2 + 0.4 * z**3


# name: theta, theta -> (law, D, phi), and for each part of a mixture
# (share, density, ends of the variable, integrand, functions of the variable that are 0 at kinks and jumps)
NORMAL, EXPON = stats.norm, stats.expon
CASES = {
    "hinge": (
        (1.2, -0.3, 0.4, 0.9),
        lambda t: (lsgan.Normal(t[2], t[3]), lsgan.Linear(t[0], t[1]), Margin(1.0)),
        lambda t: [
            (1, NORMAL(t[2], t[3]).pdf, (t[2] - 12 * t[3], t[2] + 12 * t[3]),
             lambda x: relu(1 - t[0] * x - t[1]), [lambda x: t[0] * x + t[1] - 1])
        ],
    ),
    "half of hinge, exponential": (
        (1.5, -0.5, 0.7),
        lambda t: (lsgan.Exponential(t[2]), lsgan.Sigmoid(t[0], t[1]), Scaled(0.5, Margin(-1.0))),
        lambda t: [
            (1, EXPON(scale=1 / t[2]).pdf, (0, 70),
             lambda x: 0.5 * relu(1 + t[0] * x + t[1]), [lambda x: t[0] * x + t[1] + 1])
        ],
    ),
    "hinge, bumps": (
        (1.5, -2.0, -1.0, 0.8, 0.6),
        lambda t: (lsgan.Normal(), lsgan.RadialBasis(t[:2], t[2:4], t[4]), Margin(1.0)),
        lambda t: [
            (1, NORMAL.pdf, (-12, 12), lambda x: relu(1 - bumps(x, t)), [lambda x: bumps(x, t) - 1])
        ],
    ),
    "own integrand, own critic": (
        (1.3, 0.4, 0.2),
        lambda t: (lsgan.Normal(t[2], 1.0), Wave(t[0], t[1]), Distance()),
        lambda t: [
            (1, NORMAL(t[2], 1).pdf, (-11, 11),
             lambda x: abs(np.sin(t[0] * x) + t[1] * x - 0.3) + (np.sin(t[0] * x) + t[1] * x) ** 2 / 4,
             [lambda x: np.sin(t[0] * x) + t[1] * x - 0.3])
        ],
    ),
    "own integrand of the value": (
        (-1.4, 0.6, 0.8),
        lambda t: (lsgan.Normal(0.0, t[2]), lsgan.Sigmoid(t[0], t[1]), Doubt()),
        lambda t: [
            (1, NORMAL(0, t[2]).pdf, (-11, 11), lambda x: abs(logistic(x, t[0], t[1]) - 0.4),
             [lambda x: logistic(x, t[0], t[1]) - 0.4])
        ],
    ),
    "own network with knots, through a power": (
        (1.0, -2.0, -0.5, 0.9, 0.7, 0.3),
        lambda t: (
            lsgan.pushforward(lsgan.Normal(), lsgan.Power(t[4], t[5], 3)), Knots(t[:2], t[2:4]), Squared()
        ),
        lambda t: [
            (1, NORMAL.pdf, (-12, 12),
             lambda z: sum(t[k] * relu(t[4] * z**3 + t[5] - t[2 + k]) for k in (0, 1)) ** 2,
             [lambda z: t[4] * z**3 + t[5] - t[2], lambda z: t[4] * z**3 + t[5] - t[3]])
        ],
    ),
    "interval, through a square": (
        (-0.5, 1.0, 0.8, -0.7),
        lambda t: (
            lsgan.pushforward(lsgan.Exponential(1.0), lsgan.Square(t[2], t[3])),
            lsgan.Interval(t[0], t[1]), Score(-1.0),
        ),
        lambda t: [
            (1, EXPON.pdf, (0, 70), lambda z: -count(t[2] * z**2 + t[3], t[0], t[1]),
             [lambda z: t[2] * z**2 + t[3] - t[0], lambda z: t[2] * z**2 + t[3] - t[1]])
        ],
    ),
    "subclass of interval, nested mixture": (
        (-0.6, 0.9, 0.2, 0.8),
        lambda t: (
            lsgan.Mixture([0.3, 0.7], (
                lsgan.pushforward(lsgan.Mixture([0.5, 0.5], (lsgan.Normal(), lsgan.Laplace(0.5))),
                                  lsgan.Polynomial([0.3, -1.0, 0.2, 0.4])),
                lsgan.Normal(t[2], t[3]),
            )),
            Step(t[0], t[1]), Score(1.0),
        ),
        lambda t: [
            *((0.15, pdf, (-40, 40), lambda z: count(cubic(z), t[0], t[1]),
               [lambda z: cubic(z) - t[0], lambda z: cubic(z) - t[1], lambda z: z - 0.5])
              for pdf in (NORMAL.pdf, stats.laplace(0.5).pdf)),
            (0.7, NORMAL(t[2], t[3]).pdf, (-11, 11), lambda x: count(x, t[0], t[1]),
             [lambda x: x - t[0], lambda x: x - t[1]]),
        ],
    ),
    "interval, noise": (
        (0.1, 1.1, 0.05),
        lambda t: (lsgan.laws.Noisy(lsgan.Exponential(1.0), t[2]), lsgan.Interval(t[0], t[1]), Score(1.0)),
        lambda t: [
            (1, stats.exponnorm(1 / t[2], 0, t[2]).pdf, (-0.6, 60), lambda x: count(x, t[0], t[1]),
             [lambda x: x - t[0], lambda x: x - t[1]])
        ],
    ),
}  # fmt: skip


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
