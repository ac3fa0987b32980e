"""What ``expectation_error`` says of integrals the rule cannot do: at least the true error."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, optimize, special, stats
from test_error_product import composite

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

    def chart_breakpoints(self):
        return jnp.array([0.0, 1.0])

    def from_chart(self, t):
        return t

    to_chart = from_chart

    def chart_density(self, t):
        spike = jax.scipy.stats.norm.pdf((t - self.at) / self.width) / self.width
        return 1 - self.share + self.share * spike

    def log_pdf(self, x):
        return jnp.where((x >= 0) & (x <= 1), jnp.log(self.chart_density(x)), -jnp.inf)


class Quiet(lsgan.discriminators.AbstractProbability):
    """A user's logistic discriminator that declares no breakpoints."""

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


class Reciprocal(base.AbstractIntegrand):
    """phi(t) = 1/t."""

    def __call__(self, t):
        return 1 / t


def test_an_integrand_that_is_singular_where_a_gamma_law_is_thin():
    """E[1/x^2] = 1/((shape - 1)(shape - 2)), infinite from shape 2 down: most of it is below any window."""
    shape = np.array([1.5, 1.8, 2.0, 2.02, 2.05, 2.2, 3.0, 8.0])
    found, value = estimate_and_value(lambda k: (lsgan.Gamma(k), lsgan.Quadratic(1.0)), shape, Reciprocal())
    exact = np.where(shape > 2, 1 / ((shape - 1) * np.maximum(shape - 2, 1e-9)), np.inf)
    with np.errstate(invalid="ignore"):
        assert (found >= np.abs(value - exact)).all()
    assert found[-1] < 1e-14
    np.testing.assert_allclose(value[-2:], exact[-2:], rtol=1e-12)


def test_small_expectations_of_gamma_laws_of_large_shape():
    """E log D with D = 1/(1 + e^{-w x}) near 1 in the bulk: what counts is far below the mean."""
    rows = np.array([[30.0, 0.203, 2.99], [30.0, 0.203, 0.3], [100.0, 1.0, 2.0], [300.0, 1.0, 0.5]])

    def build(row):
        return lsgan.Gamma(row[0], row[1]), lsgan.Linear(row[2], 0 * row[2])

    found, value = estimate_and_value(build, rows, base.LogProbability(1.0))
    for (k, rate, w), claim, got in zip(rows, found, value, strict=True):

        def terms(t, k=k, rate=rate, w=w):
            return -np.log1p(np.exp(-w * np.exp(t) / rate)) * np.exp(k * t - np.exp(t) - special.gammaln(k))

        exact, _ = composite(terms, (np.log(k) - 12, np.log(k) + 4))
        assert abs(got / exact - 1) < 1e-12
        assert claim >= abs(got - exact) - 1e-13 * abs(exact)
        assert claim < 1e-8 * abs(exact)


def test_noise_on_a_sample():
    points = np.array([-1.0, 0.3, 2.0])

    def build(w):
        return lsgan.laws.noisy(lsgan.PointMasses(points), jnp.asarray(0.5)), lsgan.Erf(w, -0.2 * w)

    w = np.array([0.5, 2.0, 6.0, 200.0])
    found, value = estimate_and_value(build, w)
    root = np.sqrt(1 + 2 * (0.5 * w[:, None]) ** 2)  # E Phi(a x) of a normal x
    exact = stats.norm.cdf(2**0.5 * w[:, None] * (points - 0.2) / root).mean(axis=1)
    assert (found >= np.abs(value - exact)).all()
    assert found.max() < 1e-12


def test_kinks_that_are_sought_are_seen():
    """Hinge on a D that does not say where its score crosses -1: as the expectation, so its error."""
    law = lsgan.Normal()
    disc = lsgan.OptimalDiscriminator(lsgan.Normal(0.4, 0.9), law).resolve(lsgan.Shift(0.0))

    def score(x):
        return stats.norm.logpdf(x, 0.4, 0.9) - stats.norm.logpdf(x)

    left, right = (optimize.brentq(lambda x: score(x) + 1, *ends) for ends in ((-3.0, 0.0), (3.0, 9.0)))
    exact = integrate.quad(lambda x: (1 + score(x)) * stats.norm.pdf(x), left, right, epsabs=1e-14)[0]
    phi = lsgan.Hinge().fake
    found, claimed = (take(law, disc, phi) for take in (lsgan.expectation, lsgan.expectation_error))
    assert abs(found - exact) <= claimed + 1e-14
    assert claimed < 1e-11
