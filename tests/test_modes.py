"""Metrics of samples against brute force, a k-d tree, and exact expectations."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

import lsgan_analytic as lsgan
from lsgan_analytic import _samples

modes = lsgan.modes
K = 3


def clouds(d, dtype=np.float64):
    """Two samples of different sizes and laws; some points of the first come twice."""
    rng = np.random.default_rng(5)
    real, fake = rng.normal(size=(140, d)), 1.0 + 0.7 * rng.normal(size=(90, d))
    real[:9] = real[20:29]
    return real.astype(dtype), fake.astype(dtype)


def by_tree(real, fake, k):
    """(precision, recall, density, coverage) with other distances and no balls in common."""

    def reach(points):
        return cKDTree(points).query(points, k + 1)[0][:, k]

    apart = np.linalg.norm(fake[:, None] - real[None], axis=-1)  # (fake, real)
    inside = apart <= reach(real)[None]
    recalled = (apart <= reach(fake)[:, None]).any(axis=0)
    return (
        inside.any(axis=1).mean(),
        recalled.mean(),
        inside.sum() / (k * len(fake)),
        inside.any(axis=0).mean(),
    )


FOUR = (modes.precision, modes.recall, modes.density, modes.coverage)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_neighbours_against_a_tree(d):
    real, fake = clouds(d)
    expected = by_tree(real, fake, K)
    given = (real[:, 0], fake[:, 0]) if d == 1 else (real, fake)
    np.testing.assert_allclose([metric(*given, k=K) for metric in FOUR], expected, rtol=1e-13)
    assert len({round(float(value), 6) for value in expected}) == 4  # no two are interchangeable


def test_blocks_of_rows(monkeypatch):
    """Ragged blocks change nothing."""
    monkeypatch.setattr(_samples, "_BLOCK", 90 * 37)
    real, fake = clouds(2)
    squares = _samples.by_rows(lambda squares, own: squares + own, real, jnp.asarray(fake), np.arange(140.0))
    expected = cdist(real, fake, "sqeuclidean") + np.arange(140.0)[:, None]
    np.testing.assert_allclose(squares, expected, rtol=1e-13)


def test_neighbours_in_float32_and_in_jit():
    real, fake = clouds(2, np.float32)
    exact = by_tree(real.astype(float), fake.astype(float), K)
    for metric, expected in zip(FOUR, exact, strict=True):
        value = jax.jit(metric, static_argnames="k")(real, fake, k=K)
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, expected, rtol=1e-6)


@pytest.mark.parametrize(("n", "m", "k"), [(40, 40, 1), (30, 60, 3), (7, 5, 3)])
def test_expectations_when_both_laws_are_the_same(n, m, k):
    """Uniform on the line, 4000 draws of both samples: within 4 standard errors; n <= 2k among them."""
    draws = jax.random.uniform(jax.random.key(n + k), (4000, n + m))
    values = jax.lax.map(
        lambda both: jnp.stack([metric(both[:n], both[n:], k) for metric in FOUR]), draws, batch_size=200
    )
    expected = (
        modes.expected_precision(n, k),
        modes.expected_recall(m, k),
        modes.expected_density(n, k),
        modes.expected_coverage(n, k, m),
    )
    error = np.asarray(values).std(axis=0) / np.sqrt(len(draws))
    z = (np.asarray(values).mean(axis=0) - expected) / error
    assert np.abs(z).max() < 4, z


def test_precision_of_one_real_pair():
    """n = 2, k = 1, by integration: a point of [0, 1] is within |x - y| of x or y."""

    def beside(y, x):
        return max(0, x - (y - x)) + max(0, 1 - y - (y - x))

    missed, _ = integrate.dblquad(beside, 0, 1, lambda x: x, 1)
    np.testing.assert_allclose(modes.expected_precision(2, 1), 1 - 2 * missed, rtol=1e-6)


def test_coverage_by_counting():
    """n = 3, m = 2, k = 2: of the 4 other points, which 2 are real is one of 6 equal choices."""
    assert modes.expected_coverage(3, 2, 2) == pytest.approx(5 / 6, rel=1e-15)


def test_neighbours_refuse():
    real = np.arange(5.0)
    for metric in FOUR:
        with pytest.raises(ValueError, match="k=5 points, got n=5"):
            metric(real, real, k=5)
        with pytest.raises(ValueError, match=r"real: expected points .*\(0,\)"):
            metric(real[:0], real, k=1)
        with pytest.raises(ValueError, match="one dimension"):
            metric(real, np.ones((5, 2)), k=1)
        with pytest.raises(ValueError, match="k: expected an integer"):
            metric(real, real, k=0)
    with pytest.raises(ValueError, match=r"fake: expected more than k=3 points, got n=2"):
        modes.recall(real, real[:2], k=3)
    with pytest.raises(ValueError, match="fake: expected a finite"):
        modes.density(real, np.full(5, np.nan), k=1)
    with pytest.raises(ValueError, match=r"k=5 points, got n=5"):
        modes.expected_coverage(5, 5)


def centers(law):
    return jnp.stack([one.mean for one in law.components])


@pytest.mark.parametrize(("law", "std"), [(lsgan.ring(), 0.01), (lsgan.grid(), 0.05)])
def test_a_perfect_sampler(law, std):
    sample, at = jax.jit(lambda key: law.sample(key, 2500))(jax.random.key(7)), centers(law)
    share = 1 - np.exp(-4.5)
    got = modes.high_quality_share(sample, at, std)
    assert abs(got - share) < 4 * np.sqrt(share * (1 - share) / 2500)
    assert modes.modes_captured(sample, at, std) == len(at)
    shares = modes.mode_histogram(sample, at, std)
    np.testing.assert_allclose(shares.sum(), got, rtol=1e-14)
    chi = 2500 * np.sum((modes.mode_histogram(sample, at) - 1 / len(at)) ** 2) * len(at)
    assert chi < stats.chi2.ppf(0.9999, len(at) - 1)


def test_a_collapsed_sampler():
    """2 of 8 modes, a quarter of the points far from any."""
    at = centers(lsgan.ring())
    sample = np.concatenate([np.repeat(at[:2], [60, 15], axis=0), np.full((25, 2), 0.2)])
    for dtype in (np.float32, np.float64):
        own, here = sample.astype(dtype), at.astype(dtype)
        assert modes.modes_captured(own, here, std=0.01) == 2
        assert modes.modes_captured(own, here, std=0.01, least=16) == 1
        assert modes.high_quality_share(own, here, std=0.01) == 0.75
        shares = modes.mode_histogram(own, here, std=0.01)
        assert shares.dtype == dtype
        np.testing.assert_allclose(shares[:3], [0.6, 0.15, 0], rtol=1e-6)
        np.testing.assert_allclose(
            modes.effective_modes(shares), np.exp(stats.entropy([0.6, 0.15])), rtol=1e-6
        )
    assert modes.effective_modes(np.zeros(4)) == 0
    assert modes.effective_modes([7, 7, 7]) == pytest.approx(3, rel=1e-14)


def test_histograms_refuse():
    x = np.arange(3.0)
    with pytest.raises(ValueError, match="std: expected a finite number > 0, got 0"):
        modes.high_quality_share(x, x, std=0.0)
    with pytest.raises(ValueError, match="centers: expected points"):
        modes.mode_histogram(x, x[:0])
    with pytest.raises(ValueError, match="least"):
        modes.modes_captured(x, x, std=1.0, least=0)
    with pytest.raises(ValueError, match="histogram: expected a finite number >= 0"):
        modes.effective_modes([0.5, -0.5])


def test_period_of_a_wave():
    """sin(2 pi t/T): crossings by linear interpolation; ripples that are hops only without a band."""
    t = np.linspace(0, 50, 1001)
    wave = np.sin(2 * np.pi * t / 7.3)
    np.testing.assert_allclose(modes.hopping_period(wave, t), 7.3, rtol=1e-3)
    rippled = wave + 0.2 * np.sin(40 * t)
    assert modes.hopping_period(rippled, t, level=0.0) < 5
    np.testing.assert_allclose(modes.hopping_period(rippled, t, level=0.0, band=0.5), 7.3, rtol=0.02)
    assert modes.hopping_period(np.float32(wave), np.float32(t)).dtype == np.float32


def test_period_where_there_is_none():
    for series in ([0.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0]):
        assert np.isnan(modes.hopping_period(series))
    with pytest.raises(ValueError, match="series"):
        modes.hopping_period([1.0])
    with pytest.raises(ValueError, match="times"):
        modes.hopping_period([1.0, 0.0], times=[1.0])


def test_inception_score():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(4), 30)
    p[0] = [0, 0.5, 0.5, 0]
    expected = np.exp(np.mean([stats.entropy(row, p.mean(axis=0)) for row in p]))
    with np.errstate(divide="ignore"):
        logs = np.log(p)
    np.testing.assert_allclose(modes.inception_score(logs), expected, rtol=1e-13)
    twice = modes.inception_score(np.concatenate([logs, logs]), np.tile(np.full(30, 1 / 60), 2))
    np.testing.assert_allclose(twice, expected, rtol=1e-13)
    np.testing.assert_allclose(modes.inception_score(np.tile(logs[1:2], (5, 1))), 1, rtol=1e-13)
    assert modes.inception_score(np.float32(logs)).dtype == np.float32
    assert np.all(np.isfinite(jax.grad(modes.inception_score)(jnp.asarray(logs[:3]))))
    with pytest.raises(ValueError, match="log_posteriors"):
        modes.inception_score(np.zeros(3))
    with pytest.raises(ValueError, match="weights"):
        modes.inception_score(logs, np.ones(3))


def test_packs():
    """Against sums over how many of a pack of two-mode draws are of the first mode."""
    p, q = 0.5, 0.8
    for m in (1, 2, 5):
        k = np.arange(m + 1)
        exact = 0.5 * np.abs(stats.binom.pmf(k, m, p) - stats.binom.pmf(k, m, q)).sum()
        np.testing.assert_allclose(modes.packed_tv([p, 1 - p], [q, 1 - q], m), exact, rtol=1e-12)
    kept = np.float32([0.25, 0.25, 0.5]), np.float32([0, 0.5, 0.5])
    assert modes.packed_tv(*kept, 3).dtype == np.float32
    with pytest.raises(ValueError, match=r"q: expected numbers >= 0 that sum to 1"):
        modes.packed_tv([0.5, 0.5], [0.5, 0.4], 2)
    with pytest.raises(ValueError, match=r"got 2\^23"):
        modes.packed_tv([0.5, 0.5], [1, 0], 23)
