"""Laws, players and games on the plane, against 1-D integrals in 20 digits, SciPy and closed forms."""

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic._polynomial import real_roots
from lsgan_analytic.losses.base import AbstractIntegrand

LOSS = lsgan.SquaredMinimax()
expect, by_rule = map(eqx.filter_jit, (lsgan.expectation, lsgan.quadrature))  # op by op they take longer
EXPONENTIALS = lsgan.Product(lsgan.Exponential(1.0), lsgan.Exponential(0.4))
GAUSS = lsgan.MultivariateNormal(mean=[0.5, -1.0], covariance=[[2.0, 0.6], [0.6, 1.0]])


class Value(AbstractIntegrand):
    """phi(t) = t: for D erf and x normal the expectation is a normal cdf."""

    def __call__(self, t):
        return t


def exact(density, breakpoints, function):
    """The integral of density(u) function(u) in 20 digits; ``breakpoints`` are its panels."""
    with mpmath.workdps(20):
        return float(mpmath.quad(lambda u: density(u) * function(u), sorted(breakpoints), maxdegree=8))


def squared_erf(sign, offset=0.0):
    return lambda u: (mpmath.erfc(-sign * (u + offset)) / 2) ** 2


def two_exponentials(alpha, beta):
    """Density of alpha E1 + beta E2."""

    def density(u):
        if alpha * beta < 0:
            near = alpha if u * alpha > 0 else beta
            return mpmath.exp(-u / near) / (abs(alpha) + abs(beta))
        if u * alpha <= 0:
            return mpmath.mpf(0)
        if alpha == beta:
            return abs(u) * mpmath.exp(-u / alpha) / alpha**2
        one, two = mpmath.exp(-u / mpmath.mpf(alpha)), mpmath.exp(-u / mpmath.mpf(beta))
        return abs((one - two) / (mpmath.mpf(alpha) - mpmath.mpf(beta)))

    return density


def around(*centers, width=6.0, reach=()):
    turns = [c + t for c in centers for t in (-width, -width / 2, 0, width / 2, width)]
    return sorted({*turns, *reach})


PAIRS = [
    (1.0, 0.3),
    (1.0, -0.7),
    (0.4, 1.0),
    (2.0, 0.8),
    (2.0, 0.81),
    (-5.0, -1.0),
    (30.0, -50.0),
    (40.0, 5.0),
]


def test_two_exponentials_against_20_digits():
    """Slopes alike, opposite and equal, up to 125 in units of the law."""
    a, b = jnp.array(PAIRS), jnp.linspace(-1.5, 2.0, len(PAIRS))

    def both(a, b):
        return [expect(EXPONENTIALS, lsgan.HalfPlane(a, b), phi) for phi in (LOSS.real, LOSS.fake)]

    found = jax.jit(jax.vmap(both))(a, b)
    for i, (one, two) in enumerate(PAIRS):
        alpha, beta = one, two / mpmath.mpf(0.4)
        top = 45 * max(abs(alpha), abs(beta))
        panels = around(-float(b[i]), reach=(0, *(s * top / 3**k for s in (-1, 1) for k in range(6))))
        density = two_exponentials(alpha, beta)
        for sign, values in zip((1, -1), found, strict=True):
            assert abs(values[i] - exact(density, panels, squared_erf(sign, float(b[i])))) < 1e-13


def test_exponential_times_normal_by_the_iterated_rule():
    """No closed form: the density of alpha E + N(m, s^2) is known, so 1-D integrals tell."""
    law = lsgan.Product(lsgan.Exponential(1.0), lsgan.Normal(0.5, 2.0))
    cases = [(1.0, 0.5, 0.2), (8.0, 0.02, -9.0), (0.05, 6.0, 1.0), (-20.0, 12.0, 3.0)]
    a, b = jnp.array([case[:2] for case in cases]), jnp.array([case[2] for case in cases])
    found = jax.jit(jax.vmap(lambda a, b: expect(law, lsgan.HalfPlane(a, b), LOSS.real)))(a, b)
    for value, (alpha, tilt, offset) in zip(found, cases, strict=True):
        m, s = 0.5 * tilt, 2.0 * abs(tilt)

        def density(u, alpha=alpha, m=m, s=s):
            ratio, t = s / mpmath.mpf(abs(alpha)), np.sign(alpha) * (u - m) / mpmath.mpf(s)
            tail = mpmath.erfc((ratio - t) / mpmath.sqrt(2)) / (2 * abs(alpha))
            return mpmath.exp(ratio * ratio / 2 - t * ratio) * tail

        far = np.sign(alpha) * abs(alpha) * 45
        reach = [m - 9 * s, m - 3 * s, m, m + 3 * s, m + 9 * s, *(m + far / 3**k for k in range(6))]
        known = exact(density, around(-offset, reach=reach), squared_erf(1, offset))
        assert abs(value - known) < 1e-13


def test_corners_of_discrete_and_mixed_factors():
    """A point mass times a law is the law on lines; a product of point masses is a sum."""
    coin, disc = lsgan.PointMasses([-1.0, 2.0], [0.25, 0.75]), lsgan.HalfPlane([3.0, -8.0], 1.0)
    for flip in (False, True):
        parts = (lsgan.Exponential(1.0), coin)
        law = lsgan.Product(*(parts[::-1] if flip else parts))
        across, along = disc.a[::-1] if not flip else disc.a
        found = expect(law, disc, LOSS.real)
        known = sum(
            w * expect(lsgan.Exponential(1.0), lsgan.Erf(along, disc.b + across * p), LOSS.real)
            for p, w in zip(coin.points, coin.weights, strict=True)
        )
        assert abs(found - known) < 1e-13
    both = expect(lsgan.Product(coin, coin), disc, LOSS.real)
    grid = [
        (p * q, disc(jnp.array([x, y])) ** 2)
        for x, p in ((-1.0, 0.25), (2.0, 0.75))
        for y, q in ((-1.0, 0.25), (2.0, 0.75))
    ]
    np.testing.assert_allclose(both, sum(w * v for w, v in grid), rtol=1e-14)


def normal_cdf_of(law, a, b):
    """E[D] = Phi(m sqrt(2) / sqrt(1 + 2 s^2)) for a . x + b ~ N(m, s^2)."""
    m, s = np.dot(a, law.mean) + b, np.sqrt(np.dot(a, np.dot(law.covariance, a)))
    return stats.norm.cdf(m * np.sqrt(2) / np.sqrt(1 + 2 * s * s))


def test_normal_law_against_its_cdf():
    a = np.array([[1.0, 0.3], [30.0, -40.0], [0.0, 0.0], [-1e-3, 2.0]])
    b = np.array([0.4, 3.0, -0.2, 1.0])
    found = jax.vmap(lambda a, b: expect(GAUSS, lsgan.HalfPlane(a, b), Value()))(a, b)
    np.testing.assert_allclose(
        found, [normal_cdf_of(GAUSS, *case) for case in zip(a, b, strict=True)], atol=1e-15
    )


def test_derivatives_where_the_direction_is_lost():
    """At a = 0 the law of a . x has no width: 1-D reductions lose the Hessian there, axes that turn do not.

    E D(a . x + b) = Phi(...): its Hessian at a = 0 is -2 b e^{-b^2}/sqrt(pi) E[x x^T].
    """
    hessian = jax.jit(jax.hessian(lambda a: expect(GAUSS, lsgan.HalfPlane(a, 0.3), Value())))(jnp.zeros(2))
    moment = GAUSS.covariance + np.outer(GAUSS.mean, GAUSS.mean)
    np.testing.assert_allclose(hessian, -2 * 0.3 * np.exp(-0.09) / np.sqrt(np.pi) * moment, rtol=1e-12)


@pytest.mark.parametrize("law", [lsgan.ring(), lsgan.grid()], ids=["ring", "grid"])
def test_benchmark_mixtures(law):
    a, b = np.array([5.0, -3.0]), 0.7
    found = expect(law, lsgan.HalfPlane(a, b), Value())
    np.testing.assert_allclose(
        found, np.mean([normal_cdf_of(mode, a, b) for mode in law.components]), atol=1e-15
    )
    means = np.array([mode.mean for mode in law.components])
    std = np.sqrt(law.components[0].covariance[0, 0])
    draws = np.asarray(law.sample(jax.random.key(5), 2500))
    distance = np.linalg.norm(draws[:, None] - means, axis=-1).min(axis=1)
    share = 1 - np.exp(-4.5)  # of a perfect sampler within 3 std: 98.89 %
    assert abs((distance < 3 * std).mean() - share) < 4 * np.sqrt(share * (1 - share) / 2500)
    assert len(np.unique(means.round(9), axis=0)) == len(means)
    peer = np.mean([stats.multivariate_normal(m, std**2 * np.eye(2)).pdf(draws[:50]) for m in means], axis=0)
    np.testing.assert_allclose(eqx.filter_jit(law.pdf)(draws[:50]), peer, rtol=1e-9)


CURVES = {
    "line": [[0.0, 1.0], [0.5, 0.0]],
    "parabola": [[0.0, 1.0, 0.0], [-1.0, 0.3, 1.0]],
    "cubic": [[0.0, 1.0, 0.0, -0.3], [-1.0, 0.3, 1.0, 0.2]],
}


@pytest.mark.parametrize("name", CURVES)
def test_curves(name):
    """A steep half-plane cuts a curve in up to three points: without panels there the rule is off by 1e-3."""
    c, a, b = np.array(CURVES[name]), np.array([20.0, 50.0]), 3.0
    law = lsgan.pushforward(lsgan.Normal(), lsgan.Curve(c))
    found = expect(law, lsgan.HalfPlane(a, b), LOSS.real)
    along = np.polynomial.Polynomial(np.dot(a, c) + np.eye(c.shape[1])[0] * b)
    roots = [np.real(r) for k in range(-9, 10) for r in (along - 0.7 * k).roots() if abs(np.imag(r)) < 1e-9]

    def function(z):
        return (mpmath.erfc(-sum(float(k) * z**i for i, k in enumerate(along.coef))) / 2) ** 2

    panels = {-9.0, -4.5, 0.0, 4.5, 9.0, *(float(r) for r in roots if abs(r) < 9)}
    assert abs(found - exact(mpmath.npdf, panels, function)) < 1e-13


@pytest.mark.parametrize(
    "coefficients",
    [[6.0, -5.0, 1.0], [-6.0, 11.0, -6.0, 1.0], [1e-3, 0.0, -5.0, 0.0, 2.0, 1e-2], [1.0, 2.0, 0.0, 0.0]],
)
def test_real_roots(coefficients):
    found = np.asarray(real_roots(jnp.array(coefficients)))
    known = np.polynomial.Polynomial(np.trim_zeros(coefficients, "b")).roots()
    known = np.sort(known[np.abs(np.imag(known)) < 1e-9].real)
    np.testing.assert_allclose(np.sort(found[np.isfinite(found)]), known, rtol=1e-9)


def test_an_affine_generator_moves_into_the_discriminator():
    """Closed form, Pushforward rule and a sample of the images agree; a singular matrix is no exception."""
    disc = lsgan.HalfPlane([1.2, -0.5], 0.3)
    for matrix in ([[1.0, 0.5], [-0.4, 2.0]], [[1.0, 2.0], [2.0, 4.0]]):
        gen = lsgan.AffineMap(matrix, [0.3, -1.0])
        law = lsgan.pushforward(EXPONENTIALS, gen)
        value = expect(law, disc, LOSS.fake)
        assert abs(by_rule(law, disc, LOSS.fake) - value) < 1e-13
        y = law.sample(jax.random.key(3), 40_000)
        values = LOSS.fake(disc(y))
        assert abs(values.mean() - value) < 4 * values.std() / 200
        image = lsgan.pushforward(GAUSS, gen)
        assert type(image) is lsgan.MultivariateNormal
        own = lsgan.Pushforward(GAUSS, gen)
        assert abs(by_rule(image, disc, LOSS.fake) - by_rule(own, disc, LOSS.fake)) < 1e-14
        np.testing.assert_allclose(
            image.covariance, np.array(matrix) @ GAUSS.covariance @ np.array(matrix).T, rtol=1e-13
        )


def test_errors_are_known():
    for law in (EXPONENTIALS, GAUSS, lsgan.pushforward(lsgan.Normal(), lsgan.Curve(CURVES["parabola"]))):
        assert lsgan.expectation_error(law, lsgan.HalfPlane([3.0, 1.0], -1.0), LOSS.real) < 1e-12

    class Tile(lsgan.discriminators.AbstractDiscriminator):
        """Turns quickly in a way that it does not tell."""

        def __call__(self, x):
            return 0.5 * (1 + jnp.tanh(40 * (x[..., 0] * x[..., 1] - 0.3)))

    assert lsgan.expectation_error(GAUSS, Tile(), LOSS.real) > 1e-5


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


def test_float32_stays_float32():
    f32 = np.float32
    disc = lsgan.HalfPlane(np.array([3.0, 1.0], f32), f32(-1.0))
    gauss = lsgan.MultivariateNormal(np.zeros(2, f32), np.eye(2, dtype=f32))
    pair = lsgan.Product(lsgan.Exponential(f32(1.0)), lsgan.Exponential(f32(0.4)))
    curve = lsgan.pushforward(lsgan.Normal(f32(0), f32(1)), lsgan.Curve(np.array(CURVES["cubic"], f32)))
    take = eqx.filter_jit(lambda law, d: (by_rule(law, d, LOSS.real), expect(law, d, LOSS.real)))
    for law in (gauss, pair, curve):
        values = take(law, disc)
        wide = jax.tree.map(lambda x: x.astype(jnp.float64), (law, disc))
        assert all(value.dtype == f32 for value in values)
        np.testing.assert_allclose(values, take(*wide), atol=1e-5)


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
