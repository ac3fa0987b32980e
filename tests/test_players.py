"""Discriminators and generators against plain formulas, and expectations of them against other ways."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import stats

import lsgan_analytic as lsgan

X = np.linspace(-3.0, 4.0, 29)
DISCS = {
    "logistic": (lsgan.Logistic(a=0.7, b=-1.5), lambda x: 1 / (1 + 0.7 * np.exp(1.5 * x))),
    "quadratic": (lsgan.Quadratic(w=0.6), lambda x: 0.6 * x**2),
    "interval": (
        lsgan.Interval(left=[-1.1, 0.3], right=[0.2, 2.05]),
        lambda x: ((x >= -1.1) & (x <= 0.2)) + 1.0 * ((x >= 0.3) & (x <= 2.05)),
    ),
    "bumps": (
        lsgan.RadialBasis(weights=[2.0, -1.5], centers=[-0.4, 1.2], width=0.6),
        lambda x: 2 * np.exp(-((x + 0.4) ** 2) / 0.72) - 1.5 * np.exp(-((x - 1.2) ** 2) / 0.72),
    ),
}
SHARP = {
    "logistic": lsgan.Logistic(a=3.0, b=40.0),
    "quadratic": lsgan.Quadratic(w=-0.3),
    "interval": DISCS["interval"][0],
    "bumps": lsgan.RadialBasis(weights=[1.5, -2.0], centers=[0.4, 1.2], width=0.05),
}
GENS = {
    "affine": (lsgan.Affine(scale=-2.0, shift=0.5), lambda z: -2 * z + 0.5),
    "scale": (lsgan.Scale(scale=1.5), lambda z: 1.5 * z),
    "power": (lsgan.Power(scale=-0.5, shift=2.0, exponent=1.5), lambda z: -0.5 * z**1.5 + 2),
    "polynomial": (lsgan.Polynomial([0.3, -1.0, 0.2, 0.4]), lambda z: 0.3 - z + 0.2 * z**2 + 0.4 * z**3),
}


@pytest.mark.parametrize("name", DISCS)
def test_discriminators_are_their_formulas(name):
    disc, formula = DISCS[name]
    np.testing.assert_allclose(disc(X), formula(X), rtol=1e-14, atol=1e-15)
    single = jax.tree.map(lambda leaf: leaf.astype(np.float32), disc)
    low = single(X.astype(np.float32))
    assert low.dtype == np.float32
    np.testing.assert_allclose(low, formula(X), rtol=1e-5, atol=1e-6)
    assert disc(jnp.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize("name", ["logistic", "quadratic", "bumps"])
def test_the_score_is_the_level_at_its_crossings(name):
    disc = DISCS[name][0]
    for level in (0.5, 1.0):
        x = disc.crossings(level)
        assert np.isfinite(x).any()
        np.testing.assert_allclose(disc.score(x)[np.isfinite(x)], level, rtol=1e-12)
    if name == "bumps":  # 2 of height 1: all of them
        assert np.isfinite(disc.crossings(1.0)).sum() == 2
        assert np.isnan(disc.crossings(5.0)).all()


def test_a_table_has_its_entries():
    disc, critic = lsgan.Tabular(logits=[3.0, 0.0, -1.0]), lsgan.TabularCritic(values=[3.0, 0.0, -1.0])
    x = np.array([2.0, 0.0, 1.0, 1.0])
    np.testing.assert_array_equal(disc.score(x), [-1, 3, 0, 0])
    np.testing.assert_allclose(disc(x), 1 / (1 + np.exp([1.0, -3, 0, 0])), rtol=1e-15)
    np.testing.assert_array_equal(critic(x), [-1, 3, 0, 0])
    assert np.isnan(critic(np.array([-1.0, 3.0]))).all()
    slope = jax.grad(lambda own: jnp.sum(own(x)))(critic)
    np.testing.assert_array_equal(slope.values, [1, 2, 1])


@pytest.mark.parametrize("name", GENS)
def test_generators_are_their_formulas_and_know_their_preimages(name):
    gen, formula = GENS[name]
    z = np.linspace(0.0, 3.0, 13)
    np.testing.assert_allclose(gen(z), formula(z), rtol=1e-13, atol=1e-14)
    low = jax.tree.map(lambda leaf: leaf.astype(np.float32), gen)(z.astype(np.float32))
    assert low.dtype == np.float32
    np.testing.assert_allclose(low, formula(z), rtol=1e-5, atol=1e-5)
    x = jnp.asarray(formula(np.array([0.4, 1.7])))
    back = gen.preimages(x)
    roots = back[np.isfinite(back)]
    for level, root in zip(x, (0.4, 1.7), strict=True):
        assert np.isclose(gen(roots), level, rtol=1e-11).any()
        assert np.isclose(roots, root, rtol=1e-11).any()
    if name == "polynomial":  # all the real roots, and nothing else
        expected = [np.roots([0.4, 0.2, -1.0, 0.3 - level]) for level in x]
        expected = np.concatenate([own.real[abs(own.imag) < 1e-9] for own in expected])
        np.testing.assert_allclose(np.sort(roots), np.sort(expected), rtol=1e-10)
    assert gen.preimages(jnp.array([np.nan])).shape[0] >= 1


LAWS = {"normal": lsgan.Normal(mean=0.3, std=0.8), "exponential": lsgan.Exponential(rate=0.7)}
INTEGRANDS = (lsgan.SquaredMinimax().real, lsgan.Minimax().real, lsgan.Hinge().fake, lsgan.Wasserstein().real)


def by_nodes(function, ends):
    """60 Gauss nodes between neighbouring ends, in NumPy."""
    ends = np.unique(ends)
    x, w = np.polynomial.legendre.leggauss(60)
    nodes = 0.5 * (ends[1:] + ends[:-1])[:, None] + 0.5 * np.diff(ends)[:, None] * x
    return np.sum(0.5 * np.diff(ends)[:, None] * w * function(nodes))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", SHARP)
def test_expectations_and_their_honest_error(name, law):
    law, disc = LAWS[law], SHARP[name]
    every = jax.jit(lambda own: jnp.stack([lsgan.expectation(law, own, phi) for phi in INTEGRANDS]))(disc)
    assert lsgan.expectation_error(law, disc, INTEGRANDS[2]) <= 1e-12
    # where D turns, where a loss has its kinks, and steps of the law
    turns = [disc.breakpoints(), disc.crossings(-1.0), disc.crossings(1.0)]
    low, high = (-9.0, 9.0) if type(law) is lsgan.Normal else (0.0, 80.0)
    ends = np.concatenate([np.linspace(low, high, 81), *map(np.asarray, turns)])
    ends = np.clip(ends[np.isfinite(ends)], low, high)
    for value, phi in zip(every, INTEGRANDS, strict=True):
        peer = by_nodes(lambda x, phi=phi: np.asarray(law.pdf(x) * phi.of(disc, x)), ends)
        np.testing.assert_allclose(value, peer, rtol=1e-12, atol=1e-12)


def test_bumps_on_normal_data_are_solved():
    law, disc, phi = lsgan.Normal(0.3, 0.8), SHARP["bumps"], lsgan.Wasserstein().fake
    assert lsgan.closed_form(law, disc, phi) is not None
    slopes = [
        jax.grad(lambda own: way(own[0], own[1], phi))((law, disc))  # noqa: B023
        for way in (lsgan.expectation, lsgan.quadrature)
    ]
    for one, other in zip(*map(jax.tree.leaves, slopes), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def test_erf_on_normal_data_is_solved_in_the_tails_too():
    phis = lsgan.SquaredMinimax().real, lsgan.SquaredMinimax().fake

    def both(a, b, mean, std):
        law, disc = lsgan.Normal(mean, std), lsgan.Erf(a, b)
        return jnp.stack([lsgan.expectation(law, disc, phi) for phi in phis])

    cases = [(2.2, -3.0, 0.5, 1.0), (-1.0, 0.4, 0.0, 2.0), (0.3, -9.0, 1.0, 0.5), (20.0, 5.0, 0.0, 1.0),
             (1.5, 0.0, 0.0, 1.0), (4.0, -60.0, 0.0, 1.0), (0.0, 0.3, 0.0, 1.0), (1e-3, -5.0, 0.0, 1.0),
             (0.0, 0.708, 0.0, 1.0), (50.0, 1.0, 0.02, 1.0)]  # fmt: skip
    got = jax.jit(jax.vmap(both))(*(jnp.asarray(column) for column in zip(*cases, strict=True)))
    with mpmath.workdps(25):
        for values, (a, b, mean, std) in zip(got, cases, strict=True):
            for value, sign in zip(values, (-1, 1), strict=True):

                def integrand(x, a=a, b=b, mean=mean, std=std, sign=sign):
                    return (mpmath.erfc(sign * (a * x + b)) / 2) ** 2 * mpmath.npdf(x, mean, std)

                grid = np.linspace(mean - 25 * std, mean + 25 * std, 101)
                top = max(grid, key=lambda x: mpmath.log(integrand(x)))  # log-concave: one peak
                cuts = {top + k * std for k in (-10, -4, -1, 0, 1, 4, 10)} | ({-b / a} if a else set())
                height = integrand(top)  # mpmath's tolerance is absolute
                exact = height * mpmath.quad(lambda x: integrand(x) / height, sorted(cuts))  # noqa: B023
                assert abs(mpmath.mpf(float(value)) / exact - 1) < 1e-12, (a, b, mean, std, sign)


@pytest.mark.slow
def test_derivatives_of_erf_on_normal_data():
    phi = lsgan.SquaredMinimax().fake

    def of(way, theta):
        return way(lsgan.Normal(theta[2], theta[3]), lsgan.Erf(theta[0], theta[1]), phi)

    def jet(way, theta):
        value, slope = jax.value_and_grad(lambda own: of(way, own))(theta)
        return value, slope, jax.jacfwd(jax.grad(lambda own: of(way, own)))(theta)

    # u = 0 is where the form changes from one sign to the other, |u| = 1 from one integral to the other
    theta = jnp.array(
        [[1.1, -0.3, 0.2, 0.9], [1.5, 0.0, 0.0, 1.0], [0.8, -2.5, 0.3, 1.2], [0.8, 2.5, 0.3, 1.2]]
    )
    exact, rule = (
        jax.jit(jax.vmap(lambda own, way=way: jet(way, own)))(theta)
        for way in (lsgan.expectation, lsgan.quadrature)
    )
    for one, other in zip(exact, rule, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
    assert of(lsgan.expectation, theta[0].astype(np.float32)).dtype == np.float32


def test_intervals_by_the_cdf():
    law, phi = lsgan.Normal(0.3, 0.8), lsgan.LeastSquares(fake=-1.0, real=2.0, target=2.0).real
    disc = lsgan.Interval(left=[-1.0, 0.5, 2.0], right=[0.7, 1.5, 1.9])  # two overlap, one is empty
    peer, density = stats.norm(0.3, 0.8).cdf, stats.norm(0.3, 0.8).pdf
    twice = peer(0.7) - peer(0.5)
    once = peer(0.5) - peer(-1.0) + peer(1.5) - peer(0.7)
    value = [0.5 * (v - 2) ** 2 for v in (0, 1, 2)]
    expected = value[2] * twice + value[1] * once + value[0] * (1 - once - twice)
    np.testing.assert_allclose(lsgan.expectation(law, disc, phi), expected, rtol=1e-14)
    slope = jax.grad(lambda own: lsgan.expectation(law, own, phi))(disc)
    rises = np.array([value[0] - value[1], value[1] - value[2], 0])
    np.testing.assert_allclose(slope.left, rises * density(np.array([-1.0, 0.5, 2.0])), rtol=1e-13)
    falls = np.array([value[2] - value[1], value[1] - value[0], 0])
    np.testing.assert_allclose(slope.right, falls * density(np.array([0.7, 1.5, 1.9])), rtol=1e-13)
    sample = lsgan.PointMasses([-1.0, 0.6, 3.0])
    np.testing.assert_allclose(lsgan.expectation(sample, disc, phi), (value[1] + value[2] + value[0]) / 3)


def test_affine_images_are_solved():
    normal, exponential = lsgan.Normal(0.5, 2.0), lsgan.Exponential(rate=0.5)
    shifted = lsgan.ShiftedExponential(loc=1.0, scale=-2.0)
    phi, disc = lsgan.Minimax().real, lsgan.Sigmoid(w=1.3, b=0.2)
    for latent in (normal, exponential, shifted):
        for gen in (lsgan.Affine(scale=-1.5, shift=0.3), lsgan.Scale(scale=0.4), lsgan.Shift(shift=-2.0)):
            law = lsgan.pushforward(latent, gen)
            assert type(law) is (lsgan.Normal if latent is normal else lsgan.ShiftedExponential)
            ways = (lsgan.quadrature(own, disc, phi) for own in (law, lsgan.Pushforward(latent, gen)))
            np.testing.assert_allclose(*ways, rtol=1e-13)
            z = latent.quantile(0.3)
            q = 0.3 if np.sign(gen(1.0) - gen(0.0)) > 0 else 0.7
            np.testing.assert_allclose(law.cdf(gen(z)), q, rtol=1e-13)


@pytest.mark.slow
def test_power_and_polynomial_images_are_seen_by_their_breaks():
    phi, disc = lsgan.SquaredMinimax().real, lsgan.Erf(a=30.0, b=-20.0)
    for latent, gen in (
        (lsgan.Exponential(rate=1.0), lsgan.Power(scale=0.7, shift=-0.5, exponent=1.5)),
        (lsgan.Normal(), lsgan.Polynomial([0.3, -1.0, 0.2, 0.4])),
    ):
        law = lsgan.pushforward(latent, gen)
        assert lsgan.expectation_error(law, disc, phi) < 1e-12
        low, high = max(float(latent.quantile(0.0)), -9.0), min(float(latent.quantile(1.0)), 40.0)
        roots = np.asarray(gen.preimages(disc.breakpoints()))
        ends = np.concatenate([roots[np.isfinite(roots)], np.linspace(low, high, 41)])
        peer = by_nodes(lambda z: disc(gen(z)) ** 2 * latent.pdf(z), np.clip(ends, low, high))  # noqa: B023
        np.testing.assert_allclose(lsgan.expectation(law, disc, phi), peer, rtol=1e-12)
    slope = jax.grad(lambda own: lsgan.expectation(lsgan.pushforward(latent, own), disc, phi))(gen)
    assert np.isfinite(slope.coefficients).all()
