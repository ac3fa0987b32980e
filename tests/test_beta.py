"""The beta law: shapes from very small to very large, against SciPy and 30-digit quadrature."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses import base

SHAPES = [(1.0, 1.0), (0.5, 0.5), (2.5, 1.4), (0.05, 3.0), (40.0, 0.3), (300.0, 700.0)]
X = np.linspace(0.02, 0.98, 25)


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_density_cdf_and_quantile(a, b):
    law, peer = lsgan.Beta(a, b), stats.beta(a, b)
    np.testing.assert_allclose(law.log_pdf(X), peer.logpdf(X), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(law.cdf(X), peer.cdf(X), rtol=1e-11, atol=1e-30)
    q = np.array([1e-9, 0.2, 0.5, 0.9])
    np.testing.assert_allclose(law.quantile(q), peer.ppf(q), rtol=1e-9)
    np.testing.assert_array_equal(law.quantile(np.array([0.0, 1.0])), [0, 1])


def test_the_ends():
    """The density there is infinite, finite or 0, and 0 beyond; the mass beside an end is not lost."""
    ends = np.array([-0.1, 0.0, 1.0, 1.1])
    for (a, b), inside in (((0.5, 0.5), [np.inf] * 2), ((1.0, 2.0), [2.0, 0.0]), ((3.0, 1.0), [0.0, 3.0])):
        law = lsgan.Beta(a, b)
        np.testing.assert_allclose(law.pdf(ends), [0, *inside, 0], rtol=1e-13)
        np.testing.assert_array_equal(law.cdf(ends), [0, 0, 1, 1])
    tiny = np.array([1e-200, 1e-30, 1e-9])
    np.testing.assert_allclose(lsgan.Beta(0.1, 2.0).cdf(tiny), stats.beta(0.1, 2.0).cdf(tiny), rtol=1e-11)


def test_moments_of_any_shapes():
    """Mass, mean and variance by the composite rule."""

    @jax.jit
    @jax.vmap
    def found(a, b):
        x, weights = lsgan.Beta(a, b).composite_nodes(jnp.zeros(0))
        mean = jnp.sum(weights * x)
        return jnp.stack([jnp.sum(weights), mean, jnp.sum(weights * (x - mean) ** 2)])

    shapes = [(1e-3, 1e-3), (1e-3, 50.0), (0.2, 1e4), (1.0, 1.0), (1e3, 1e3), (1e5, 3e5)]
    a, b = np.array(shapes).T
    n = a + b
    exact = np.stack([np.ones_like(a), a / n, a * b / (n**2 * (n + 1))], axis=1)
    np.testing.assert_allclose(found(a, b), exact, rtol=3e-13)


def in_digits(a, b, function):
    """30 digits of E[function(x, log x, log(1 - x))], over t = log(x/(1 - x))."""
    a, b = mpmath.mpf(a), mpmath.mpf(b)
    low, high, peak = -75 / a - 2, 75 / b + 2, mpmath.log(a / b)
    squares = [mpmath.mpf(k * k) / 256 for k in range(17)]
    cuts = [*(peak + low * part for part in squares[:0:-1]), *(peak + high * part for part in squares)]

    def terms(t):
        logs = -mpmath.log1p(mpmath.exp(-t)), -mpmath.log1p(mpmath.exp(t))
        return mpmath.exp(a * logs[0] + b * logs[1]) * function(mpmath.exp(logs[0]), *logs)

    return mpmath.quad(terms, cuts, maxdegree=6, method="gauss-legendre") / mpmath.beta(a, b)


@pytest.mark.parametrize(("a", "b"), [(2.5, 1.4), (0.5, 0.3), (0.15, 6.0), (120.0, 80.0)])
def test_an_erf_discriminator_and_its_slope_in_both_shapes(a, b):
    """E D^2 to 1e-12, and d/d alpha = E[D^2 (log x - psi(alpha) + psi(alpha + beta))]."""

    def cost(shapes):
        return lsgan.expectation(lsgan.Beta(*shapes), lsgan.Erf(5.0, -2.0), base.Squared())

    value, slope = jax.jit(jax.value_and_grad(cost))(jnp.asarray([a, b]))
    with mpmath.workdps(30):
        square = lambda x: (mpmath.erfc(2 - 5 * x) / 2) ** 2  # noqa: E731
        both = mpmath.psi(0, a + b)
        exact = in_digits(a, b, lambda x, *_: square(x))
        of_a = in_digits(a, b, lambda x, one, _: square(x) * (one - mpmath.psi(0, a) + both))
        of_b = in_digits(a, b, lambda x, _, other: square(x) * (other - mpmath.psi(0, b) + both))
    np.testing.assert_allclose(value, float(exact), rtol=1e-12)
    np.testing.assert_allclose(slope, [float(of_a), float(of_b)], rtol=1e-11, atol=1e-13)
    law = lsgan.Beta(a, b)
    assert lsgan.expectation_error(law, lsgan.Erf(5.0, -2.0), base.Squared()) < 1e-12


@pytest.mark.parametrize(
    ("a", "b", "name"), [(0.0, 1.0, "alpha"), (1.0, 1e13, "beta"), (np.nan, 1.0, "alpha")]
)
def test_shapes_out_of_range(a, b, name):
    with pytest.raises(ValueError, match=f"{name}: expected a number from 1e-08 to 1e\\+12"):
        lsgan.Beta(a, b)
