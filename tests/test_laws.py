"""Laws against SciPy, their own samples and their own nodes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan

PEERS = {
    "exponential": (lsgan.Exponential(rate=2.5), stats.expon(scale=1 / 2.5)),
    "rayleigh": (lsgan.Rayleigh(), stats.rayleigh(scale=np.sqrt(0.5))),
    "wide rayleigh": (lsgan.Rayleigh(scale=3.0), stats.rayleigh(scale=3.0)),
    "shifted": (lsgan.ShiftedExponential(loc=-1.0, scale=0.7), stats.expon(loc=-1.0, scale=0.7)),
}


@pytest.fixture(params=PEERS)
def pair(request):
    """A law and its SciPy peer."""
    return PEERS[request.param]


def test_density_cdf_and_quantile(pair):
    law, peer = pair
    x, q = np.linspace(-2, 8, 41), np.array([0.0, 1e-9, 0.2, 0.5, 0.99, 1 - 1e-12])
    np.testing.assert_allclose(law.pdf(x), peer.pdf(x), rtol=1e-13)
    np.testing.assert_allclose(law.log_pdf(x), peer.logpdf(x), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(law.cdf(x), peer.cdf(x), rtol=1e-13)
    np.testing.assert_allclose(law.quantile(q), peer.ppf(q), rtol=1e-12)


def test_samples_follow_the_law(pair):
    law, peer = pair
    draws = np.asarray(law.sample(jax.random.key(11), 20_000))
    assert stats.kstest(draws, peer.cdf).pvalue > 1e-3


def test_nodes_integrate_moments(pair):
    law, peer = pair
    points, weights = law.nodes()
    for power in range(5):
        np.testing.assert_allclose(jnp.sum(weights * points**power), peer.moment(power), rtol=1e-12)
    assert law.nodes(40)[0].shape == (40,)


def test_mirrored_exponential():
    law, peer = lsgan.ShiftedExponential(loc=1.0, scale=-2.0), stats.expon(loc=-1.0, scale=2.0)
    x, q = np.linspace(-9, 3, 25), np.array([0.01, 0.5, 1.0])
    np.testing.assert_allclose(law.pdf(x), peer.pdf(-x), rtol=1e-13)
    np.testing.assert_allclose(law.cdf(x), peer.sf(-x), rtol=1e-13)
    np.testing.assert_allclose(law.quantile(q), -peer.isf(q), atol=1e-12)
    assert (law.sample(jax.random.key(0), 100) <= 1.0).all()


def test_scale_zero_is_a_point_mass():
    law = lsgan.ShiftedExponential(loc=1.0, scale=0.0)
    np.testing.assert_array_equal(law.cdf(np.array([0.9, 1.0])), [0, 1])
    np.testing.assert_array_equal(law.quantile(np.array([0.0, 0.3, 1.0])), [1, 1, 1])
    np.testing.assert_array_equal(law.sample(jax.random.key(0), 3), [1, 1, 1])


def test_point_masses():
    law = lsgan.PointMasses([3.0, 1.0, 2.0], weights=[0.5, 0.2, 0.3])
    np.testing.assert_allclose(law.cdf(jnp.array([0.5, 1.0, 2.5, 3.0])), [0, 0.2, 0.5, 1], atol=1e-15)
    np.testing.assert_array_equal(law.quantile(jnp.array([0.1, 0.2, 0.4, 0.5, 1.0])), [1, 1, 2, 2, 3])
    draws = law.sample(jax.random.key(3), 10_000)
    assert abs((draws == 3).mean() - 0.5) < 4 * 0.005


def test_float32_laws_stay_float32():
    for law in (lsgan.Exponential(rate=np.float32(2.0)), lsgan.Rayleigh(scale=np.float32(1.0))):
        for value in (law.sample(jax.random.key(0), 3), *law.nodes()):
            assert value.dtype == np.float32
