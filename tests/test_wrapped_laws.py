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

    def composite_nodes(self, breakpoints, n=None, differentiable=False):
        return self.law.composite_nodes(breakpoints, n, differentiable)


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


class Forwarding(Wrapped):
    """A user's law that forwards all that a law offers."""

    @property
    def is_sample(self):
        return self.law.is_sample

    @property
    def has_exact_cdf(self):
        return self.law.has_exact_cdf

    def composite_nodes(self, breakpoints, n=None, differentiable=False):
        return self.law.composite_nodes(breakpoints, n, differentiable)

    def log_pdf(self, x):
        return self.law.log_pdf(x)

    def singularities(self):
        return self.law.singularities()


class Wide(lsgan.Normal):
    """A user's subclass: twice as wide as its parameter says."""

    def from_chart(self, t):
        return self.mean + 2 * (super().from_chart(t) - self.mean)

    def to_chart(self, x):
        return super().to_chart(self.mean + 0.5 * (x - self.mean))

    def log_pdf(self, x):
        return jax.scipy.stats.norm.logpdf(x, self.mean, 2 * self.std)

    def cdf(self, x):
        return jax.scipy.stats.norm.cdf(x, self.mean, 2 * self.std)

    def quantile(self, q):
        return jax.scipy.stats.norm.ppf(q, self.mean, 2 * self.std)

    def sample(self, key, n):
        return self.mean + 2 * (super().sample(key, n) - self.mean)


BARE = {
    "normal": lsgan.Normal(0.2, 0.8),
    "exponential": lsgan.Exponential(0.7),
    "mixture": lsgan.Mixture([0.4, 0.6], (lsgan.Normal(), lsgan.Exponential(1.0))),
    "sample": lsgan.PointMasses([0.0, 1.5, -0.3]),
}


@pytest.mark.parametrize("kind", [Wrapped, Forwarding])
@pytest.mark.parametrize("name", BARE)
def test_a_wrapper_is_what_it_wraps(name, kind):
    """Every answer is that of the law inside, or refused by name."""
    bare, other = BARE[name], lsgan.Normal(0.5, 1.1)
    law = kind(bare)
    disc, phi = lsgan.Erf(0.9, -0.2), Squared()
    exact = lsgan.expectation(bare, disc, phi)
    error = lsgan.expectation_error(law, disc, phi)
    found = lsgan.expectation(law, disc, phi)
    np.testing.assert_allclose(found, exact, rtol=1e-9)
    assert abs(found - exact) <= error + 1e-15
    if kind is Wrapped and name != "sample":
        assert error == np.inf
    for metric in (lsgan.divergences.kl, lsgan.divergences.js):
        both = []
        for own in (bare, law):
            try:
                both.append(float(metric(own, other)))
            except ValueError as refused:
                assert str(refused).startswith("law: ")  # noqa: PT017
        if len(both) == 2:
            np.testing.assert_allclose(*both, rtol=1e-9)
        assert len(both) < 2 or kind is Forwarding
    both = [float(lsgan.divergences.w1(own, other)) for own in (bare, law)]
    np.testing.assert_allclose(*both, rtol=1e-6 if kind is Wrapped else 1e-12)


@pytest.mark.parametrize("kind", [Wrapped, Forwarding])
def test_a_wrapper_is_simulated_and_predicted(kind):
    players = lsgan.Players(lsgan.Erf(0.9, -0.2), lsgan.Square(1.0, -0.5))
    play, asked = lsgan.Simultaneous(0.1), {"steps": 2}
    both = []
    for wrap in (lambda law: law, kind):
        game = lsgan.Game(wrap(lsgan.Exponential(0.7)), wrap(lsgan.Rayleigh()), lsgan.SquaredMinimax())
        runs = lsgan.simulate(game, play, players, key=jax.random.key(0), runs=4, samples=16, **asked)
        ahead = lsgan.predict(game, play, players, samples=1000, **asked)
        both.append((runs.values, ahead.mean, ahead.covariance))
    for bare, wrapped in zip(*both, strict=True):
        np.testing.assert_allclose(wrapped, bare, rtol=1e-7, atol=1e-12)


def test_a_subclass_is_not_what_it_derives_from():
    """Closed forms are for exact types: a subclass may differ in anything."""
    law, wide, other = Wide(0.2, 0.4), lsgan.Normal(0.2, 0.8), lsgan.Normal(0.5, 1.1)
    for on in ((lsgan.Erf(0.9, -0.2), Squared()), (lsgan.Quadratic(0.3), Score(1.0))):
        np.testing.assert_allclose(lsgan.expectation(law, *on), lsgan.expectation(wide, *on), rtol=1e-12)
        assert lsgan.expectation_error(law, *on) < 1e-11
    for metric in (lsgan.divergences.kl, lsgan.divergences.js, lsgan.divergences.w1, lsgan.divergences.mmd):
        np.testing.assert_allclose(metric(law, other), metric(wide, other), rtol=1e-10)
