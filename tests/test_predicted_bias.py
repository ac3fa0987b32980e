"""The mean of the runs at order 1/m, under rules whose step is not linear in the laws."""

import jax
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan

GAME = lsgan.Game(lsgan.Normal(1.0, 0.5), lsgan.Normal(), lsgan.LeastSquares(fake=0, real=1, target=1))
PLAYERS = lsgan.Players(lsgan.Linear(w=0.3, b=0.2), lsgan.Shift(shift=-0.5))
STEP, SIZES = 0.3, (10, 25)


def normal_rule(mean, sd):
    """Points and weights that integrate polynomials of a normal law exactly."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    return mean + sd * nodes, weights / weights.sum()


def expected_bias(step):
    """E of one extragradient step on samples, less the exact step, over (w, b).

    With M = E[x x^T] + E[y y^T] and v = E[x] for x = (X, 1) of the data, y = (Z + shift, 1), a step is
    theta - s (M theta - v) + s^2 M (M theta - v): only products of two averages of one sample have a bias.
    """
    theta, bias = np.asarray([0.3, 0.2]), 0
    for (points, weights), m, real in ((normal_rule(1.0, 0.5), 10, 1), (normal_rule(-0.5, 1.0), 25, 0)):
        x = np.stack([points, np.ones_like(points)], axis=1)
        outer = x[:, :, None] * x[:, None, :]
        residual = outer @ theta - real * x
        product = np.einsum("n,nij,nj->i", weights, outer, residual)
        bias = bias + (product - np.einsum("n,nij,m,mj->i", weights, outer, weights, residual)) / m
    return step**2 * bias


def test_known_answer():
    """One step of Extragradient is a polynomial of degree 2 in averages; a gradient step has no bias."""
    kwargs = {"samples": SIZES, "steps": 1, "free": ("w", "b")}
    for protocol in ("fixed", "fresh"):
        band = lsgan.predict(GAME, lsgan.Extragradient(STEP), PLAYERS, protocol=protocol, **kwargs)
        np.testing.assert_allclose(band.bias[1], expected_bias(STEP), rtol=1e-10)
    plain = lsgan.predict(GAME, lsgan.Simultaneous(STEP), PLAYERS, **kwargs)
    np.testing.assert_array_equal(plain.bias, 0)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
@pytest.mark.parametrize(
    "rule",
    [lsgan.Extragradient(0.3), lsgan.LookAhead(0.3, 0.3), lsgan.Consensus(0.2, strength=0.5)],
    ids=repr,
)
def test_mean_of_runs(rule, protocol):
    """In standard errors of 40 000 runs; the term of the laws alone is many of them."""
    kwargs = {"samples": 100, "steps": 8, "protocol": protocol}
    band = lsgan.predict(GAME, rule, PLAYERS, **kwargs)
    runs = lsgan.simulate(GAME, rule, PLAYERS, key=jax.random.key(0), runs=40_000, save_every=8, **kwargs)
    values = np.asarray(runs.values[:, -1])
    error = values.std(axis=0, ddof=1) / len(values) ** 0.5
    z = (values.mean(axis=0) - band.mean[-1] - band.bias[-1]) / error
    assert np.abs(z).max() < 4


def test_a_penalty_over_pairs_of_one_sample():
    """A gradient step is of degree 2 in the latent law: exact against all samples of two values."""
    m, values, weights = 4, np.asarray([-1.0, 1.0]), np.asarray([0.3, 0.7])

    def game(counts):
        some = counts > 0
        latent = lsgan.PointMasses(values[some], counts[some] / counts.sum())
        return lsgan.Game(lsgan.PointMasses([0.5]), latent, lsgan.LeastSquares(), (lsgan.Diversity(0.8),))

    players = lsgan.Players(lsgan.Linear(w=0.4, b=0.1), lsgan.Affine(scale=1.2, shift=-0.5))
    rule = lsgan.Simultaneous(0.2)
    band = lsgan.predict(game(weights), rule, players, samples=m, steps=1)
    mean = np.zeros(4)
    for ones in range(m + 1):
        path = lsgan.trajectory(game(np.asarray([m - ones, ones])), rule, players, steps=1)
        after = np.asarray([leaf[-1] for leaf in jax.tree.leaves(path.players)])
        mean += stats.binom(m, weights[1]).pmf(ones) * after
    np.testing.assert_allclose(band.mean[1] + band.bias[1], mean, rtol=1e-12)
    assert np.abs(band.bias[1]).max() > 0.01
