"""What ``expectation_error`` says of integrals the rule cannot do: at least the true error."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses import base


class Spike(lsgan.laws.AbstractDensity):
    """A user's law on [0, 1]: uniform but for a spike at ``at`` that its chart, t = x, does not resolve."""

    at: jax.Array
    width: float = eqx.field(static=True, default=1e-5)
    share: float = eqx.field(static=True, default=0.3)

    def sample(self, key, n):
        raise NotImplementedError

    cdf = quantile = sample

    def edges(self):
        return jnp.array([0.0, 1.0])

    def point(self, t):
        return t

    coordinate = point

    def mass(self, t):
        spike = jax.scipy.stats.norm.pdf((t - self.at) / self.width) / self.width
        return 1 - self.share + self.share * spike

    def log_pdf(self, x):
        return jnp.where((x >= 0) & (x <= 1), jnp.log(self.mass(x)), -jnp.inf)


class Quiet(lsgan.discriminators.AbstractProbability):
    """A user's logistic discriminator that declares no breaks."""

    w: jax.Array
    b: jax.Array

    def logit(self, x):
        return self.w * x + self.b


class Growing(lsgan.discriminators.AbstractDiscriminator):
    """D(x) = e^{w x}."""

    w: jax.Array

    def __call__(self, x):
        return jnp.exp(self.w * x)


class Mean(base.AbstractIntegrand):
    """phi(t) = t."""

    def __call__(self, t):
        return t


def estimate_and_value(build, parameter, phi=Mean()):  # noqa: B008
    """expectation_error and expectation, over parameters of (law, disc)."""

    def both(parameter):
        parts = build(parameter)
        return lsgan.expectation_error(*parts, phi), lsgan.expectation(*parts, phi)

    return (np.asarray(part) for part in jax.jit(jax.vmap(both))(parameter))


def test_a_spike_the_chart_does_not_see():
    at = np.random.default_rng(3).uniform(0.1, 0.9, 40)
    found, value = estimate_and_value(lambda at: (Spike(at), lsgan.Linear(1.0, 1.0)), at)
    exact = 1 + 0.7 * 0.5 + 0.3 * at
    assert (found >= np.abs(value - exact)).all()
    assert (np.abs(value - exact) > 0.1).mean() > 0.5  # it does defeat the rule
    assert found.max() < 1e5


@pytest.mark.parametrize("w", [1e3, 1e5])
def test_a_steep_discriminator_without_breaks(w):
    """E[D] with D a logistic step at many places of a uniform law, known in closed form."""
    at = np.random.default_rng(5).uniform(0.05, 0.95, 300)
    found, value = estimate_and_value(lambda at: (lsgan.Uniform(), Quiet(jnp.asarray(w), -w * at)), at)
    exact = (np.log1p(np.exp(-w * (1 - at))) - np.log1p(np.exp(-w * at)) + w * (1 - at)) / w
    error = np.abs(value - exact)
    assert (found >= error).all()
    assert error.max() > 1e-6
    assert np.median(found) < 100 * np.median(error) + 0.05  # and says something


def test_gammas_of_any_shape():
    """E[e^{-x}] = 2^{-shape}; most of a law of tiny shape underflows to 0, rightly for this."""
    shape = np.geomspace(1e-4, 1e2, 25)
    found, value = estimate_and_value(lambda k: (lsgan.Gamma(k), Growing(jnp.asarray(-1.0))), shape)
    assert (found >= np.abs(value - np.exp2(-shape))).all()
    assert found.max() < 1e-11


def test_expectations_that_do_not_exist():
    """E e^{wx} of an exponential law is 1/(1 - w) for w < 1 and infinite beyond."""
    w = np.array([-1.0, 0.3, 0.6, 0.9, 0.99, 1.0, 1.5])
    found, value = estimate_and_value(lambda w: (lsgan.Exponential(1.0), Growing(w)), w)
    error = np.abs(value - np.where(w < 1, 1 / (1 - np.minimum(w, 0.999)), np.inf))
    assert (found >= error).all()
    assert found[:3].max() < 1e-10
    assert np.isinf(found[-2:]).all()


def test_declared_breaks_are_enough():
    """Where the rule is right the estimate is small: every kind of law, steep and flat."""
    squared = lsgan.pushforward(lsgan.Normal(), lsgan.Square(1.0, 0.3))
    for law in (squared, lsgan.Mixture([0.5, 0.5], (lsgan.Laplace(), lsgan.PointMasses([0.5, 1.0])))):
        found, _ = estimate_and_value(
            lambda w, law=law: (law, lsgan.Sigmoid(w, 0.3)), np.array([0.1, 3.0, 300.0]), base.Squared()
        )
        assert found.max() < 2e-13


def test_a_law_with_one_rule_cannot_be_judged():
    class Fixed(lsgan.laws.AbstractLaw):
        """A user's law with three nodes, whatever is asked."""

        def nodes(self, n=None):
            return jnp.array([-1.0, 0.0, 1.0]), jnp.array([0.25, 0.5, 0.25])

        def sample(self, key, n):
            raise NotImplementedError

        cdf = quantile = sample

    assert lsgan.expectation_error(Fixed(), lsgan.Sigmoid(1.0), Mean()) == np.inf
    sample = lsgan.PointMasses(stats.norm.rvs(size=50, random_state=1))
    assert lsgan.expectation_error(sample, lsgan.Sigmoid(1.0), Mean()) < 1e-14
