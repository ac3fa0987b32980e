"""Kinks and jumps on laws that wrap others, a user's too: right, or refused by name."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import Margin, Score, Squared


def test_intervals_on_wrapped_laws():
    on = lsgan.Interval([0.0], [1.0]), Score(1.0)
    atoms = lsgan.Mixture([0.5, 0.5], (lsgan.PointMasses([0.0, 1.0]), lsgan.Normal()))
    np.testing.assert_allclose(
        lsgan.expectation(atoms, *on), 0.5 + 0.5 * (stats.norm.cdf(1) - 0.5), rtol=1e-14
    )
    shifts = lsgan.pushforward(lsgan.Gamma(2.0, 1.0), lsgan.MixtureOfShifts([-1.0, 0.5]))
    below = stats.gamma(2.0).cdf
    exact = 0.5 * (below(2) - below(1)) + 0.5 * below(0.5)
    np.testing.assert_allclose(lsgan.expectation(shifts, *on), exact, rtol=1e-13)


class Wrapped(lsgan.laws.AbstractLaw):
    """A user's law of one rule and a cdf that is not known to be exact."""

    law: lsgan.laws.AbstractLaw

    def nodes(self, n=None):
        return self.law.nodes(n)

    def sample(self, key, n):
        return self.law.sample(key, n)

    def cdf(self, x):
        return self.law.cdf(x)

    def quantile(self, q):
        return self.law.quantile(q)


class Better(Wrapped):
    """The same, with the rule."""

    def nodes_between(self, breaks, n=None, moving=False):
        return self.law.nodes_between(breaks, n, moving)


class Tanh(lsgan.generators.AbstractGenerator):
    """A user's generator that knows no preimages."""

    a: jax.Array

    def __call__(self, z):
        return jnp.tanh(self.a * z)


def test_own_laws_and_generators_are_right_or_refused():
    disc = lsgan.Interval([-0.5], [1.0])
    slopes = [
        jax.grad(lambda own, law=law: lsgan.expectation(law, own, Score(1.0)))(disc)
        for law in (lsgan.Normal(), Better(lsgan.Normal()), lsgan.Mixture([1.0], (Better(lsgan.Normal()),)))
    ]
    for one in slopes[1:]:
        np.testing.assert_allclose(one.right, slopes[0].right, rtol=1e-12)
        np.testing.assert_allclose(one.left, slopes[0].left, rtol=1e-12)
    for on in ((disc, Score(1.0)), (lsgan.Linear(1.0), Margin(1.0))):
        with pytest.raises(ValueError, match="law: Wrapped"):
            lsgan.expectation(Wrapped(lsgan.Normal()), *on)
        unknown = lsgan.Mixture([1.0], (lsgan.pushforward(lsgan.Normal(), Tanh(jnp.asarray(1.0))),))
        with pytest.raises(ValueError, match=r"generator: .*preimages, got Tanh"):
            lsgan.expectation(unknown, *on)
    assert np.isfinite(lsgan.expectation(unknown, lsgan.Sigmoid(1.0), Squared()))


def test_second_derivatives_that_cannot_be_had_are_refused():
    law, phi = lsgan.MultivariateNormal(), Margin(1.0)

    def cost(weight):
        return lsgan.expectation(law, lsgan.PlaneRadialBasis(weight[None], [[0.0, 0.0]], 1.0), phi)

    assert np.isfinite(jax.grad(cost)(jnp.asarray(2.0)))
    for second in (jax.hessian, lambda f: jax.grad(jax.grad(f)), lambda f: jax.jacfwd(jax.jit(jax.grad(f)))):
        with pytest.raises(ValueError, match=r"PlaneRadialBasis.*crossings"):
            second(cost)(jnp.asarray(2.0))


def test_a_mixture_lives_on_one_space():
    with pytest.raises(
        ValueError, match=r"components: .*Normal on the line, MultivariateNormal on the plane"
    ):
        lsgan.Mixture([0.5, 0.5], (lsgan.Normal(), lsgan.MultivariateNormal()))
    flat = lsgan.pushforward(lsgan.Normal(), lsgan.Curve([[0.0, 1.0], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="Pushforward on the plane"):
        lsgan.Mixture([0.5, 0.5], (lsgan.PointMasses([0.0]), flat))
    with pytest.raises(ValueError, match="first: expected a law on the line"):
        lsgan.Product(lsgan.Mixture([1.0], (lsgan.MultivariateNormal(),)), lsgan.Normal())
