"""Laws against SciPy, their own samples and their own nodes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

import lsgan_analytic as lsgan
from lsgan_analytic.closed_forms import moved

PEERS = {
    "exponential": (lsgan.Exponential(rate=2.5), stats.expon(scale=1 / 2.5)),
    "rayleigh": (lsgan.Rayleigh(), stats.rayleigh(scale=np.sqrt(0.5))),
    "wide rayleigh": (lsgan.Rayleigh(scale=3.0), stats.rayleigh(scale=3.0)),
    "shifted": (lsgan.ShiftedExponential(loc=-1.0, scale=0.7), stats.expon(loc=-1.0, scale=0.7)),
    "normal": (lsgan.Normal(1.0, 0.5), stats.norm(1, 0.5)),
    "uniform": (lsgan.Uniform(-1.0, 3.0), stats.uniform(-1, 4)),
    "laplace": (lsgan.Laplace(0.5, 1.5), stats.laplace(0.5, 1.5)),
    "weibull .7": (lsgan.Weibull(0.7, 1.3), stats.weibull_min(0.7, scale=1.3)),
    "weibull 3": (lsgan.Weibull(3.0, 2.0), stats.weibull_min(3.0, scale=2.0)),
    "pareto": (lsgan.Pareto(9.0, 0.7), stats.pareto(9.0, scale=0.7)),
    "student t": (lsgan.StudentT(11.0, 0.5, 1.5), stats.t(11.0, 0.5, 1.5)),
    "beta": (lsgan.Beta(2.5, 1.4), stats.beta(2.5, 1.4)),
    "beta .4": (lsgan.Beta(0.4, 0.7), stats.beta(0.4, 0.7)),
    "gamma .3": (lsgan.Gamma(0.3, 2.0), stats.gamma(0.3, scale=0.5)),
    "moved normal": (lsgan.pushforward(lsgan.Normal(1.0, 0.5), lsgan.Shift(-2.0)), stats.norm(-1, 0.5)),
    "moved exponential": (lsgan.pushforward(lsgan.Exponential(2.0), lsgan.Shift(1.0)), stats.expon(1, 0.5)),
}


@pytest.fixture(params=PEERS)
def pair(request):
    """A law and its SciPy peer."""
    return PEERS[request.param]


def test_density_cdf_and_quantile(pair):
    law, peer = pair
    x, q = np.linspace(-2, 8, 41), np.array([0.0, 1e-9, 0.2, 0.5, 0.99, 1 - 1e-12])
    with np.errstate(divide="ignore"):  # densities that are infinite at 0
        density, logs = peer.pdf(x), peer.logpdf(x)
    np.testing.assert_allclose(law.pdf(x), density, rtol=1e-13)
    np.testing.assert_allclose(law.log_pdf(x), logs, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(law.cdf(x), peer.cdf(x), rtol=1e-13)
    np.testing.assert_allclose(law.quantile(q), peer.ppf(q), rtol=1e-12)


def test_the_slope_of_the_cdf_is_the_density_however_far_out(pair):
    law, peer = pair
    x = np.array([-1e9, -1e5, -1e3, -40.3, 40.3, 1e3, 1e5, 1e9])
    np.testing.assert_allclose(jax.vmap(jax.grad(law.cdf))(x), peer.pdf(x), rtol=1e-9, atol=1e-15)
    slopes = jax.vmap(lambda x: jax.tree.leaves(jax.grad(lambda own: own.cdf(x))(law)))(x)
    assert np.isfinite(slopes).all()


def test_samples_follow_the_law(pair):
    law, peer = pair
    draws = np.asarray(law.sample(jax.random.key(11), 20_000))
    assert stats.kstest(draws, peer.cdf).pvalue > 1e-3


def test_nodes_integrate_moments(pair):
    law, peer = pair
    points, weights = law.nodes()
    heavy = isinstance(
        law, lsgan.Pareto
    )  # x^power under x^{-10}: the plain rule sees less of it as power grows
    for power in range(4 if heavy else 5):
        exact = 9 * 0.7**power / (9 - power) if heavy else peer.moment(power)
        tail = 1e-11 if heavy else 1e-12
        np.testing.assert_allclose(jnp.sum(weights * points**power), exact, rtol=tail)
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


@pytest.mark.slow
def test_float32_laws_stay_float32():
    one, two = np.float32(1), np.float32(2)
    laws = [
        lsgan.Exponential(rate=two),
        lsgan.Rayleigh(scale=one),
        lsgan.Uniform(one, two),
        lsgan.Laplace(one, two),
        lsgan.Gamma(two, one),
        lsgan.Beta(two, one),
        lsgan.Weibull(one, two),
        lsgan.Pareto(two, one),
        lsgan.StudentT(two, one, one),
    ]
    laws.append(lsgan.Mixture(np.float32([0.5, 0.5]), tuple(laws[-2:])))
    laws.append(lsgan.pushforward(laws[0], lsgan.Square(one, two)))
    for law in laws:
        for value in (law.sample(jax.random.key(0), 3), *law.nodes()):
            assert value.dtype == np.float32


def test_gamma_of_any_shape():
    """Mass, mean, E log x (where x does not underflow) and their derivatives in the shape."""

    def means(k):
        x, weights = lsgan.Gamma(k, 2.0).composite_nodes(jnp.array([0.1]))
        logs = jnp.where(weights > 1e-30, jnp.log(jnp.where(x > 0, x, 1)), 0)
        return jnp.stack([jnp.sum(weights), jnp.sum(weights * x), jnp.sum(weights * logs)])

    k = np.array([1e-3, 0.1, 0.9, 1.0, 3.0, 100.0, 1e3])
    value, slope = jax.jit(lambda k: jax.jvp(jax.vmap(means), (k,), (jnp.ones_like(k),)))(k)
    value, slope = np.asarray(value), np.asarray(slope)
    errors = np.abs(value[:, :2].T / [np.ones(7), k / 2] - 1) / np.maximum(1, k)  # log Gamma(k) rounds
    changes = np.abs(slope[:, :2].T - [np.zeros(7), np.full(7, 0.5)]) / np.maximum(1 / k, k)
    assert errors.max() < 1e-13
    assert changes.max() < 1e-13
    np.testing.assert_allclose(value[1:, 2], special.digamma(k[1:]) - np.log(2), rtol=1e-11)
    np.testing.assert_allclose(slope[1:, 2], special.polygamma(1, k[1:]), rtol=1e-8)


def test_quantiles_without_a_formula_have_derivatives():
    def quantile(shape, q):
        return lsgan.Gamma(shape, 2.0).quantile(q)

    slope, d = jax.grad(quantile, (0, 1))(0.7, 0.3), 1e-5
    peer = stats.gamma.ppf([0.3, 0.3, 0.3 + d, 0.3 - d], [0.7 + d, 0.7 - d, 0.7, 0.7], scale=0.5)
    np.testing.assert_allclose(slope, (peer[::2] - peer[1::2]) / (2 * d), rtol=1e-7)


MIXTURE = lsgan.Mixture([0.3, 0.7], (lsgan.Normal(-2.0, 0.5), lsgan.Exponential(2.0)))


def test_mixture():
    normal, other = stats.norm(-2, 0.5), stats.expon(scale=0.5)
    x, q = jnp.linspace(-4, 3, 29), jnp.array([0.0, 1e-6, 0.2, 0.3, 0.31, 0.9, 1.0])
    np.testing.assert_allclose(MIXTURE.pdf(x), 0.3 * normal.pdf(x) + 0.7 * other.pdf(x), rtol=1e-13)
    cdf = 0.3 * normal.cdf(x) + 0.7 * other.cdf(x)
    np.testing.assert_allclose(MIXTURE.cdf(x), cdf, rtol=1e-13)
    np.testing.assert_allclose(MIXTURE.quantile(cdf), x, atol=1e-7)  # the cdf is flat between the parts
    np.testing.assert_allclose(MIXTURE.cdf(MIXTURE.quantile(q)), q, atol=1e-14)
    points, weights = MIXTURE.nodes()
    np.testing.assert_allclose(jnp.sum(weights * points**2), 0.3 * 4.25 + 0.7 * 0.5, rtol=1e-13)
    draws = np.asarray(MIXTURE.sample(jax.random.key(2), 20_000))
    assert stats.kstest(draws, lambda v: 0.3 * normal.cdf(v) + 0.7 * other.cdf(v)).pvalue > 1e-3


def test_derivatives_in_the_weights():
    law, disc, phi = lsgan.Normal(), lsgan.Erf(1.0, 0.2), lsgan.SquaredMinimax().real

    def cost(weight):
        parts = (lsgan.Exponential(2.0), law)
        return lsgan.expectation(lsgan.Mixture(jnp.stack([weight, 1 - weight]), parts), disc, phi)

    each = [lsgan.expectation(part, disc, phi) for part in (lsgan.Exponential(2.0), law)]
    np.testing.assert_allclose(jax.grad(cost)(0.4), each[0] - each[1], rtol=1e-12)


def test_bad_parameters_are_named():
    normal = lsgan.Normal()
    with pytest.raises(ValueError, match=r"weights.*sum to 1"):
        lsgan.Mixture([0.5, 0.6], (normal, normal))
    with pytest.raises(ValueError, match=r"weights.*\(2,\)"):
        lsgan.Mixture([1.0], (normal, normal))
    with pytest.raises(ValueError, match="components"):
        lsgan.Mixture([1.0], (3.0,))
    with pytest.raises(ValueError, match=r"high.*above low = 1.0, got 1.0"):
        lsgan.Uniform(1.0, 1.0)
    with pytest.raises(ValueError, match="shape"):
        lsgan.Gamma(0.0)
    with pytest.raises(ValueError, match=r"density.*PointMasses"):
        lsgan.PointMasses([1.0]).log_pdf(1.0)


def test_density_of_a_pushforward():
    """The square of a normal is chi-squared: two branches; of an exponential, one of them empty."""
    law = lsgan.pushforward(lsgan.Normal(), lsgan.Square(2.0, -1.0))
    x = jnp.linspace(-2, 9, 23) + 0.01
    np.testing.assert_allclose(law.pdf(x), stats.chi2(1, loc=-1, scale=2).pdf(x), rtol=1e-13)
    down = lsgan.pushforward(lsgan.Exponential(1.0), lsgan.Square(-2.0, 1.0))
    np.testing.assert_allclose(down.pdf(x), stats.weibull_min(0.5, loc=-1, scale=2).pdf(-x), rtol=1e-13)
    twice = lsgan.Pushforward(lsgan.Pushforward(lsgan.Normal(), lsgan.Shift(1.0)), lsgan.Square(1.0, 0.0))
    np.testing.assert_allclose(twice.pdf(x), stats.ncx2(1, 1).pdf(x), rtol=1e-12)
    slope = jax.grad(lambda h: lsgan.pushforward(lsgan.Normal(), lsgan.Square(2.0, h)).log_pdf(1.0))(-1.0)
    np.testing.assert_allclose(slope, 1 / 4 + 1 / 4, rtol=1e-13)  # of -y/2 - log(y)/2, y = (x - h)/2 = 1


def test_moved_laws():
    """Each known law of scale z + shift against the rule on the latent law, for both signs and for 0."""
    latents = [lsgan.Normal(1.0, 0.5), lsgan.Uniform(0.5, 2.0), lsgan.Laplace(0.5, 2.0)]
    latents += [lsgan.StudentT(5.0, 0.5, 2.0), lsgan.Exponential(2.0), lsgan.ShiftedExponential(-1.0, 0.5)]
    scales, shift = np.array([1.7, -0.6, 0.0]), jnp.asarray(0.3)
    for latent in latents:

        def both(scale, latent=latent):
            z, weights = latent.nodes()
            x, masses = moved.MOVED[type(latent)](latent, scale, shift).nodes()
            return jnp.sum(masses * jnp.sin(x)) - jnp.sum(weights * jnp.sin(scale * z + shift))

        @jax.jit
        def differences(scale, both=both):
            return both(scale), jax.grad(both)(scale), jax.grad(jax.grad(both))(scale)

        for scale in scales:
            np.testing.assert_allclose(differences(scale), 0, atol=1e-12)
        law = moved.MOVED[type(latent)](latent, jnp.asarray(-1.7), shift)
        np.testing.assert_allclose(law.cdf(law.quantile(jnp.array([0.2, 0.9]))), [0.2, 0.9], rtol=1e-12)


def test_mixtures_move_by_parts():
    law = lsgan.pushforward(MIXTURE, lsgan.Shift(1.0))
    assert [type(part).__name__ for part in law.components] == ["Normal", "ShiftedExponential"]
    np.testing.assert_allclose(
        law.pdf(jnp.array([-1.0, 1.5])), MIXTURE.pdf(jnp.array([-2.0, 0.5])), rtol=1e-14
    )
