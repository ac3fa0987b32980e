"""Expectations on the plane, against 1-D integrals in 20 digits and closed forms."""

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from plane_cases import (
    around,
    by_rule,
    CURVES,
    exact,
    expect,
    EXPONENTIALS,
    GAUSS,
    LOSS,
    normal_cdf_of,
    Value,
)
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic._polynomial import real_roots


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
