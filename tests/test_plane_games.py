"""Laws, regularisers and games on the plane, against SciPy and closed forms."""

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from plane_cases import around, CURVES, exact, expect, GAUSS, LOSS, normal_cdf_of, Value
from scipy import stats

import lsgan_analytic as lsgan


def test_laws_against_scipy():
    x = np.array([[0.5, 0.2], [2.0, -1.0], [-1.0, 3.0]])
    peer = stats.multivariate_normal(GAUSS.mean, GAUSS.covariance)
    np.testing.assert_allclose(GAUSS.log_pdf(x), peer.logpdf(x), rtol=1e-13)
    law = lsgan.Product(lsgan.Exponential(0.4), lsgan.Normal(1.0, 2.0))
    known = stats.expon(scale=2.5).logpdf(x[:, 0]) + stats.norm(1.0, 2.0).logpdf(x[:, 1])
    np.testing.assert_allclose(law.log_pdf(x), known, rtol=1e-13)
    for one in (GAUSS, law):
        draws = np.asarray(one.sample(jax.random.key(2), 20_000))
        points, weights = map(np.asarray, one.nodes())
        assert points.shape[0] <= 1024
        mean = np.sum(weights[:, None] * points, axis=0)
        cov = np.einsum("n,ni,nj->ij", weights, points - mean, points - mean)
        np.testing.assert_allclose(mean, [0.5, -1.0] if one is GAUSS else [2.5, 1.0], atol=1e-9)
        np.testing.assert_allclose(cov, GAUSS.covariance if one is GAUSS else np.diag([6.25, 4.0]), atol=1e-8)
        error = np.sqrt(np.diag(cov) / len(draws))
        assert (np.abs(draws.mean(axis=0) - mean) < 4 * error).all()
        np.testing.assert_allclose(np.cov(draws.T), cov, atol=0.25)


def test_mixture_on_the_line():
    law = lsgan.Mixture([0.3, 0.7], (lsgan.Normal(-1.0, 0.5), lsgan.Exponential(2.0)))
    x = np.array([-1.2, 0.1, 0.9])
    known = 0.3 * stats.norm(-1, 0.5).cdf(x) + 0.7 * stats.expon(scale=0.5).cdf(x)
    np.testing.assert_allclose(law.cdf(x), known, rtol=1e-13)
    np.testing.assert_allclose(law.quantile(known), x, rtol=1e-12)
    pdf = 0.3 * stats.norm(-1, 0.5).pdf(x) + 0.7 * stats.expon(scale=0.5).pdf(x)
    np.testing.assert_allclose(law.pdf(x), pdf, rtol=1e-13)


def test_regularisers_on_the_plane():
    disc = lsgan.HalfPlane([3.0, -4.0], 0.5)
    law = lsgan.MultivariateNormal()
    found = eqx.filter_jit(lsgan.R1(strength=0.5).discriminator_penalty)(disc, law, law)
    m, s = 0.5, 5.0  # of a . x + b; |grad score|^2 = 25 s'(u)^2

    def slope(u):
        bell = mpmath.exp(-u * u) / mpmath.sqrt(mpmath.pi)
        return (bell * (2 / mpmath.erfc(-u) + 2 / mpmath.erfc(u))) ** 2

    known = exact(lambda u: mpmath.npdf(u, m, s), around(0.0, reach=range(-40, 41, 5)), slope)
    np.testing.assert_allclose(found, 0.25 * 25 * known, rtol=1e-12)
    critic = lsgan.Plane([3.0, -4.0])
    penalty = eqx.filter_jit(lsgan.GradientPenalty(strength=10.0).discriminator_penalty)(
        critic, law, lsgan.pushforward(lsgan.Normal(), lsgan.Curve(CURVES["line"]))
    )
    np.testing.assert_allclose(penalty, 160.0, rtol=1e-9)  # 32 nodes of a normal law
    norm = lsgan.SpectralNorm()
    np.testing.assert_allclose(norm.transform_discriminator(critic)(jnp.array([1.0, 1.0])), -0.2, rtol=1e-15)
    np.testing.assert_allclose(norm.transform_discriminator(disc).a, [0.6, -0.8], rtol=1e-15)
    np.testing.assert_array_equal(norm.transform_discriminator(lsgan.Plane([0.0, 0.0])).w[1], 0.0)


def test_instance_noise_on_the_plane():
    """Noise of std .7 adds .49 I: on a normal law at once, on points by the rule around each."""
    smooth, disc = lsgan.InstanceNoise(std=0.7).transform_law, lsgan.HalfPlane([4.0, 1.0], 0.2)
    points = lsgan.PointMasses([[0.1, 0.5], [-1.0, 2.0]])
    blobs = [lsgan.MultivariateNormal(p, 0.49 * np.eye(2)) for p in points.points]
    known = np.mean([normal_cdf_of(blob, disc.a, disc.b) for blob in blobs])
    assert abs(expect(smooth(points), disc, Value()) - known) < 1e-14
    np.testing.assert_allclose(
        smooth(points).log_pdf(points.points),
        np.log(np.mean([b.pdf(points.points) for b in blobs], axis=0)),
        rtol=1e-12,
    )
    np.testing.assert_allclose(smooth(GAUSS).covariance, GAUSS.covariance + 0.49 * np.eye(2), rtol=1e-14)


def test_linear_gaussian_game_in_closed_form():
    """J = w . (E x - A E z - s): field and names of all nine parameters."""
    latent = lsgan.MultivariateNormal(mean=[1.0, 2.0])
    game = lsgan.Game(GAUSS, latent, lsgan.Wasserstein())
    players = lsgan.Players(
        lsgan.Plane([2.0, -3.0], 0.7), lsgan.AffineMap([[1.0, 0.5], [0.0, 2.0]], [0.1, 0.2])
    )
    entries = [f"matrix[{i}, {j}]" for i in range(2) for j in range(2)]
    assert lsgan.parameter_names(players) == ("w[0]", "w[1]", "b", *entries, "shift[0]", "shift[1]")
    slope = lsgan.gradient(game, players)
    np.testing.assert_allclose(slope.disc.w, GAUSS.mean - jnp.array([2.1, 4.2]), rtol=1e-13)
    np.testing.assert_allclose(slope.disc.b, 0, atol=1e-14)
    np.testing.assert_allclose(slope.gen.matrix, -np.outer([2.0, -3.0], latent.mean), rtol=1e-13)
    np.testing.assert_allclose(slope.gen.shift, [-2.0, 3.0], rtol=1e-13)


PLAYERS = lsgan.Players(lsgan.HalfPlane([0.8, -0.4], 0.2), lsgan.Curve(CURVES["parabola"]))
PLANE_GAME = lsgan.Game(GAUSS, lsgan.Normal(), LOSS)


def test_a_sampled_game_is_the_mean_over_its_points():
    x, z = jnp.array([[0.5, 3.0], [1.0, -1.0], [0.0, 0.2]]), jnp.array([0.2, 1.4])
    game = lsgan.Game(lsgan.PointMasses(x), lsgan.PointMasses(z), LOSS)
    disc, gen = PLAYERS.disc, PLAYERS.gen
    terms = jnp.mean(disc(x) ** 2), jnp.mean((1 - disc(gen(z))) ** 2)
    np.testing.assert_allclose(game.cost_terms(PLAYERS), terms, rtol=1e-14)
    with pytest.raises(ValueError, match="no cdf"):
        game.data.cdf(0.0)


@pytest.mark.slow
def test_training_simulation_and_prediction_of_a_game_on_the_plane():
    rule, free = (
        lsgan.Simultaneous(step=0.2),
        ("a[0]", "a[1]", "b", "coefficients[0, 0]", "coefficients[1, 0]"),
    )
    setting = {"steps": 20, "free": free}
    path = lsgan.trajectory(PLANE_GAME, rule, PLAYERS, **setting)
    assert path.players.disc.a.shape == (21, 2)
    assert path.players.gen.coefficients.shape == (21, 2, 3)
    band = lsgan.predict(PLANE_GAME, rule, PLAYERS, samples=400, **setting)
    np.testing.assert_allclose(band.mean[-1, :2], path.players.disc.a[-1], rtol=1e-12)
    runs = lsgan.simulate(PLANE_GAME, rule, PLAYERS, key=jax.random.key(4), runs=60, samples=400, **setting)
    comparison = lsgan.compare(band, runs)
    assert abs(comparison.z).max() < 4.5
    ratio = runs.std[-1] / band.std[-1]
    assert (abs(ratio - 1) < 4 / np.sqrt(2 * 60) + 0.1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lsgan.HalfPlane([1.0, 2.0, 3.0], 0.0), r"a: expected shape \(2,\).*\(3,\)"),
        (lambda: lsgan.Plane([1.0, np.nan]), "w: expected a finite number"),
        (lambda: lsgan.MultivariateNormal(covariance=[[1.0, 2.0], [2.0, 1.0]]), "covariance: .*definite"),
        (lambda: lsgan.MultivariateNormal(mean=[0.0]), r"mean: expected shape \(2,\), got \(1,\)"),
        (lambda: lsgan.Product(GAUSS, lsgan.Normal()), "first: expected a law on the line"),
        (lambda: lsgan.Curve([[1.0, 2.0]]), r"coefficients: expected shape \(2, k\)"),
        (lambda: lsgan.AffineMap(shift=[1.0]), r"expected shapes \(2, 2\) and \(2,\)"),
        (lambda: lsgan.PointMasses(np.zeros((3, 4))), r"points: expected shape \(n,\) or \(n, 2\).*\(3, 4\)"),
        (lambda: lsgan.Mixture([0.5, 0.6], (lsgan.Normal(), lsgan.Normal())), "weights: .*sum to 1"),
        (lambda: lsgan.ring(modes=0), "modes: expected an integer >= 1"),
        (lambda: lsgan.grid(std=-1.0), "std: expected a finite number > 0"),
        (lambda: GAUSS.quantile(0.5), "has no quantiles"),
        (lambda: expect(GAUSS, lsgan.Erf(1.0, 0.0), LOSS.real), "judges points of the line"),
        (lambda: expect(lsgan.Normal(), PLAYERS.disc, LOSS.real), "judges points of the plane"),
        (lambda: PLAYERS.disc(jnp.zeros(3)), r"x: HalfPlane judges points of the plane.*\(3,\)"),
    ],
)  # fmt: skip
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
