"""Divergences of samples: SciPy, plain sums, derivatives, and estimates in standard errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan

div = lsgan.divergences
Normal, Uniform, PointMasses = lsgan.Normal, lsgan.Uniform, lsgan.PointMasses

RNG = np.random.default_rng(5)
FIRST, SECOND = RNG.normal(size=40), 0.7 * RNG.normal(size=55) + 1
SHARES = RNG.dirichlet(np.ones(40))
OF_ANY = ("w1", "w2", "frechet", "polynomial_mmd", "energy", "mmd")


def test_samples_against_scipy():
    p, q = PointMasses(FIRST, SHARES), PointMasses(SECOND)
    np.testing.assert_allclose(div.w1(p, q), stats.wasserstein_distance(FIRST, SECOND, SHARES), rtol=1e-12)
    np.testing.assert_allclose(
        div.energy(p, q), stats.energy_distance(FIRST, SECOND, SHARES) ** 2, rtol=1e-12
    )
    other = PointMasses(SECOND[:40])
    exact = np.mean((np.sort(FIRST) - np.sort(SECOND[:40])) ** 2) ** 0.5
    np.testing.assert_allclose(div.w2(PointMasses(FIRST), other), exact, rtol=1e-12)
    expected = (FIRST.mean() - SECOND.mean()) ** 2 + (FIRST.std() - SECOND.std()) ** 2
    np.testing.assert_allclose(div.frechet(PointMasses(FIRST), q), expected, rtol=1e-12)


def test_slopes_in_the_points_of_a_sample():
    def values(x):
        p, q = PointMasses.unchecked(x, jnp.full(4, 0.25)), Normal(0.3, 1.2)
        return jnp.stack([getattr(div, name)(p, q) for name in OF_ANY])

    x, step = jnp.asarray([-1.0, 0.2, 0.9, 2.5]), 1e-5
    both = jax.jit(jax.vmap(lambda x: (values(x), jax.jacrev(values)(x))))
    around, slopes = both(
        x[None] + jnp.concatenate([jnp.zeros((1, 4)), step * jnp.eye(4), -step * jnp.eye(4)])
    )
    np.testing.assert_allclose(slopes[0].T, (around[1:5] - around[5:]) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("unbiased", [False, True])
def test_kernels_by_their_sums(unbiased):
    def reference(kernel):
        within = []
        for x in (FIRST, SECOND):
            k, n = kernel(x[:, None], x[None]), x.size
            within.append((k.sum() - np.trace(k)) / (n * (n - 1)) if unbiased else k.mean())
        return sum(within) - 2 * kernel(FIRST[:, None], SECOND[None]).mean()

    p, q = PointMasses(FIRST), PointMasses(SECOND)
    exact = reference(lambda x, y: np.exp(-((x - y) ** 2) / (2 * 0.3**2)))
    np.testing.assert_allclose(div.mmd(p, q, bandwidth=0.3, unbiased=unbiased), exact, rtol=1e-11)
    exact = reference(lambda x, y: (x * y + 1) ** 3)
    np.testing.assert_allclose(div.polynomial_mmd(p, q, unbiased=unbiased), exact, rtol=1e-10)


def test_u_statistic_has_no_bias_and_v_statistic_has():
    """Samples of 8 of one law: the mean of U is 0, that of V is 2 (1 - E k)/8, in standard errors."""
    x = jax.random.normal(jax.random.key(3), (2, 4000, 8))

    def both(x, y):
        p, q = (PointMasses.unchecked(points, jnp.full(8, 1 / 8)) for points in (x, y))
        return jnp.stack([div.mmd(p, q, unbiased=True), div.mmd(p, q)])

    values = jax.vmap(both)(*x)
    error = values.std(axis=0) / 4000**0.5
    exact = jnp.asarray([0, 2 / 8 * (1 - 3**-0.5)])
    assert jnp.all(jnp.abs(values.mean(axis=0) - exact) < 4 * error)
    assert exact[1] > 20 * error[1]


def test_kernel_by_rule():
    """A narrow kernel on laws that are not normal: E k of two uniforms in closed form."""
    for l in (0.01, 0.3):
        within = l * np.sqrt(2 * np.pi) * (2 * stats.norm.cdf(1 / l) - 1) - 2 * l * l * -np.expm1(-0.5 / l**2)
        across = l * np.sqrt(2 * np.pi) * (2 * stats.norm.cdf(0.5 / l) - 1)
        found = div.mmd(Uniform(0.0, 1.0), PointMasses([0.5]), bandwidth=l)
        np.testing.assert_allclose(found, within + 1 - 2 * across, rtol=1e-12)


def test_nearest_neighbours_in_standard_errors():
    """Three asymmetric estimates and their exact values; 8 independent pairs of samples."""
    p, q, runs, n = Normal(0.5, 0.8), Normal(0.0, 1.0), 8, 800
    keys = jax.random.split(jax.random.key(1), (2, runs))
    x, y = (np.stack([law.sample(key, n) for key in own]) for law, own in zip((p, q), keys, strict=True))
    names = ("kl", "hellinger", "chi2")
    found = np.array(
        [[getattr(div.samples, name)(*pair, k=3).value for name in names] for pair in zip(x, y, strict=True)]
    )
    exact = [getattr(div, name)(p, q) for name in names]
    error = found.std(axis=0, ddof=1) / runs**0.5
    assert np.all(np.abs(found.mean(axis=0) - exact) < 4 * error)
    assert np.all(error < 0.2 * np.array(exact))
    whole = x.ravel()[:1600], y.ravel()[:1600]
    for name in ("js", "le_cam"):
        value, error = getattr(div.samples, name)(*whole)
        assert abs(value - getattr(div, name)(p, q)) < 4 * error + 1 / 50  # and its bias of 1/k
    for half, exact in zip(div.samples.js_split(*whole), div.js_split(p, q), strict=True):
        assert abs(half.value - exact) < 4 * half.standard_error + 1 / 50
    value, error = div.samples.tv(*whole)
    assert abs(value - div.tv(p, q)) < 4 * error + 1 / 50
    value, _ = div.samples.tv(y.ravel()[:1600], y.ravel()[1600:3200])  # one law: its noise alone
    assert 0.7 < value * np.sqrt(np.pi * 50) < 1.1
    plane = jax.random.normal(jax.random.key(2), (2, 800, 2))
    value, error = div.samples.kl(plane[0], plane[1] + jnp.asarray([[1.0, 0.0]]))
    assert abs(value - 0.5) < 5 * error


def test_copies_in_a_sample_are_infinities_not_nan():
    copies, spread = np.zeros(9), np.arange(9.0) + 1
    assert div.samples.kl(copies, spread, k=2).value == np.inf
    assert div.samples.kl(copies, copies, k=2).value == 0
