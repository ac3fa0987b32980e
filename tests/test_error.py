"""What ``expectation_error`` says of integrals the rule cannot do: at least the true error."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, special, stats

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

    def score(self, x):
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


def composite(function, ends, panels=3000, n=24):
    """The integral of ``function``, and its distance from that of a coarser rule."""
    edges, sums = np.unique(ends if len(ends) > 2 else np.linspace(*ends, panels + 1)), []
    for count in (n, n - 8):
        x, w = np.polynomial.legendre.leggauss(count)
        half = 0.5 * np.diff(edges)[:, None]
        sums.append(np.sum(half * w * function(edges[:-1, None] + half * (1 + x))))
    return sums[0], abs(sums[0] - sums[1])


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


def scale_and_chart(name, p):
    """Centre and scale of a law, x(t), the density of t, and the ends of t."""
    a, b = p
    if name == "Normal":
        return a, b, [(lambda t: a + b * t, stats.norm.pdf, -38, 38)]
    if name == "Gamma":
        k = a * a + 0.3
        pdf = lambda t: np.exp(k * t - np.exp(t) - special.gammaln(k))  # noqa: E731
        return (
            k / b,
            np.sqrt(k) / b,
            [(lambda t: np.exp(t) / b, pdf, np.log(k) - 40 - 80 / k, np.log(k + 700))],
        )
    if name == "Laplace":
        sides = [
            (lambda t, s=s: a + s * b * np.exp(t), lambda t: 0.5 * np.exp(t - np.exp(t)), -60, 6.5)
            for s in (1, -1)
        ]
        return a, b, sides
    noise = stats.exponnorm(1 / (0.7 * b), 0, b)
    return 1 / 0.7, 1 / 0.7 + b, [(lambda y: y, noise.pdf, -12 * b, 12 * b + 110)]


LAWS = {
    "Normal": lambda p: lsgan.Normal(p[0], p[1]),
    "Gamma": lambda p: lsgan.Gamma(jnp.square(p[0]) + 0.3, p[1]),
    "Laplace": lambda p: lsgan.Laplace(p[0], p[1]),
    "Noisy": lambda p: lsgan.laws.noisy(lsgan.Exponential(jnp.full_like(p[1], 0.7)), p[1]),
}
DISCS = {
    "Erf": (
        lsgan.Erf,
        lambda u: 0.5 * special.erfc(-u),
        lambda u: special.log_ndtr(2**0.5 * u) - special.log_ndtr(-(2**0.5) * u),
    ),
    "Sigmoid": (lsgan.Sigmoid, special.expit, lambda u: u),
    "Linear": (lsgan.Linear, lambda u: u, lambda u: u),
}
PHIS = {
    "squared": (base.Squared(), lambda d, s: d * d),
    "log": (base.LogProbability(1.0), lambda d, s: -np.logaddexp(0, -s)),
    "margin": (base.Margin(1.0), lambda d, s: np.maximum(0, 1 - s)),
}


@pytest.mark.parametrize(
    ("law", "disc", "phi"),
    [
        ("Normal", "Linear", "log"),
        ("Gamma", "Sigmoid", "squared"),
        ("Gamma", "Linear", "margin"),
        pytest.param("Laplace", "Erf", "log", marks=pytest.mark.slow),
        pytest.param("Noisy", "Sigmoid", "margin", marks=pytest.mark.slow),
        ("Noisy", "Erf", "squared"),
    ],
)
def test_claims_over_a_random_product(law, disc, phi):
    """No claim is below the true error; slopes from .05 to 100 per scale, thresholds in and out of the bulk."""
    rng = np.random.default_rng(11)
    kind, value_of, score_of = DISCS[disc]
    rows, exact = [], []
    for _ in range(7):
        p = rng.normal(), np.exp(rng.uniform(-2, 2))
        centre, scale, charts = scale_and_chart(law, p)
        w = np.exp(rng.uniform(-3, 4.6)) / scale * rng.choice([-1, 1])
        q = w, -w * (centre + 1.5 * scale * rng.normal())
        rows.append([*p, *q])
        total, doubt = 0.0, 0.0
        for x, density, low, high in charts:
            ends = np.linspace(low, high, 3001)
            steps = np.sort(
                np.concatenate([[0, 1, -1], np.geomspace(0.05, 300, 60), -np.geomspace(0.05, 300, 60)])
            )
            targets, (left, right) = (steps - q[1]) / w, sorted((x(low), x(high)))
            inverse = ends if x(high) > x(low) else ends[::-1]
            cuts = np.interp(targets[(targets > left) & (targets < right)], x(inverse), inverse)
            for level in (1.0, 0.0):  # the kinks themselves, to rounding
                kink = optimize.brentq(lambda u, level=level: score_of(u) - level, -2, 2, xtol=1e-15)
                at = (kink - q[1]) / w
                if left < at < right:
                    cuts = np.append(cuts, optimize.brentq(lambda t: x(t) - at, low, high, xtol=1e-15))  # noqa: B023

            def terms(t, x=x, density=density):
                u = w * x(t) + q[1]  # noqa: B023
                return PHIS[phi][1](value_of(u), score_of(u)) * density(t)

            part, off = composite(terms, np.concatenate([ends, cuts]))
            size, _ = composite(lambda t: np.abs(terms(t)), np.concatenate([ends, cuts]))
            total, doubt = total + part, doubt + off + 1e-14 * size
        exact.append((total, doubt))
    rows, exact = np.array(rows), np.array(exact)
    found, value = estimate_and_value(
        lambda row: (LAWS[law](row[:2]), kind(row[2], row[3])), rows, PHIS[phi][0]
    )
    assert (found + exact[:, 1] >= np.abs(value - exact[:, 0])).all()
    assert np.median(found) < 1e-11 * np.median(np.abs(exact[:, 0]))


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
