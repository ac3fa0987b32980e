"""Divergences against published numbers, closed forms, and finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

import lsgan_analytic as lsgan

div = lsgan.divergences


def js_of(theta):
    return div.js(lsgan.Uniform(), lsgan.Uniform(theta, 1 + theta))


def test_two_normals():
    p, q, wide = lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0), lsgan.Normal(3.0, 2.0)
    np.testing.assert_allclose(div.js(p, q), 0.111421, atol=5e-7)  # a published table's value
    np.testing.assert_allclose(div.kl(p, wide), np.log(2) + (1 + 9) / 8 - 0.5, rtol=1e-14)
    np.testing.assert_allclose(div.kl(wide, p), -np.log(2) + (4 + 9) / 2 - 0.5, rtol=1e-14)
    np.testing.assert_allclose(div.tv(p, q), 2 * stats.norm.cdf(0.5) - 1, rtol=1e-14)
    np.testing.assert_allclose(div.js(p, q), div.js(q, p), rtol=1e-14)
    assert abs(div.js(p, p)) < 1e-15
    assert div.tv(p, p) == 0


def test_steep_ratio():
    """Far narrow normals: log p - log q crosses 0 with slope 50 standard deviations of p."""
    p, q = lsgan.Normal(0.0, 0.1), lsgan.Normal(0.5, 0.1)
    grid = np.linspace(-2, 2.5, 400_001)  # trapezoid: spectrally accurate here
    a, b = stats.norm.logpdf(grid, 0, 0.1), stats.norm.logpdf(grid, 0.5, 0.1)
    missing = 0.5 * (np.exp(a) * np.logaddexp(0, b - a) + np.exp(b) * np.logaddexp(0, a - b))
    np.testing.assert_allclose(np.log(2) - div.js(p, q), missing.sum() * (grid[1] - grid[0]), rtol=1e-11)
    np.testing.assert_allclose(1 - div.tv(p, q), 2 * stats.norm.cdf(-2.5), rtol=1e-13)


@pytest.mark.parametrize("h", [-2.0, 0.0])
def test_data_against_generated(h):
    c, g = 0.5, 1.5
    generated = lsgan.pushforward(lsgan.Rayleigh(), lsgan.Square(g, h))
    exact = np.log(g * c) - 1 + (1 - h * c) / (g * c)
    np.testing.assert_allclose(div.kl(lsgan.Exponential(c), generated), exact, atol=1e-15)


def test_infinite_where_it_is():
    data = lsgan.Exponential(0.5)
    assert div.kl(data, lsgan.ShiftedExponential(1e-6, 1.5)) == np.inf
    assert div.kl(lsgan.ShiftedExponential(1e-6, 1.5), data) < np.inf
    assert div.kl(lsgan.Normal(50.0, 1.0), data) == np.inf  # of a mass of 1e-545
    assert div.kl(lsgan.Normal(), lsgan.Uniform(-20.0, 20.0)) == np.inf
    assert div.kl(lsgan.Uniform(-20.0, 20.0), lsgan.Normal()) < np.inf


def test_shifted_uniforms_with_slopes():
    """JS = theta log 2 and TV = theta until the supports part; the slopes come from the moving ends."""
    thetas = np.array([0.3, 0.75, 1.5])
    value, slope = jax.vmap(jax.value_and_grad(js_of))(thetas)
    np.testing.assert_allclose(value, np.minimum(thetas, 1) * np.log(2), rtol=1e-13)
    np.testing.assert_allclose(slope, [np.log(2), np.log(2), 0], atol=1e-13)
    tv = jax.vmap(jax.value_and_grad(lambda t: div.tv(lsgan.Uniform(), lsgan.Uniform(t, 1 + t))))(thetas)
    np.testing.assert_allclose(tv, ([0.3, 0.75, 1], [1, 1, 0]), atol=1e-13)


def test_gradients_of_the_game_of_the_paper():
    """The support of the generated law moves with h: against differences of the values."""

    def value(g, h, c):
        return div.js(lsgan.Exponential(c), lsgan.ShiftedExponential(h, g))

    at, step = np.array([[1.5, -2.0, 0.5], [0.7, 0.4, 1.2]]), 1e-4
    slope = np.stack(jax.vmap(jax.grad(value, (0, 1, 2)))(*at.T), axis=1)
    moves = np.concatenate([at[:, None] + step * np.eye(3), at[:, None] - step * np.eye(3)], axis=1)
    values = np.asarray(jax.vmap(value)(*moves.reshape(-1, 3).T)).reshape(2, 2, 3)
    np.testing.assert_allclose(slope, (values[:, 0] - values[:, 1]) / (2 * step), atol=1e-8)


def test_laws_of_different_kinds():
    p = lsgan.Mixture([0.4, 0.6], (lsgan.Normal(-1.0, 0.5), lsgan.Laplace(1.0, 0.7)))
    q = lsgan.pushforward(lsgan.Normal(0.3, 1.1), lsgan.Square(0.8, -1.0))  # log-singular at -1
    smooth = lsgan.Normal(0.0, 2.0)

    def density(x):
        return 0.4 * stats.norm.pdf(x, -1, 0.5) + 0.6 * stats.laplace.pdf(x, 1, 0.7)

    def integrand(x):
        return density(x) * (np.log(density(x)) - stats.norm.logpdf(x, 0, 2))

    exact = sum(integrate.quad(integrand, *ends, epsabs=1e-13)[0] for ends in ((-9, 1), (1, 25)))
    np.testing.assert_allclose(div.kl(p, smooth), exact, rtol=1e-10)
    assert div.kl(p, q) == np.inf
    assert 0 < div.tv(p, q) < 1


def test_what_has_no_density_is_refused():
    with pytest.raises(ValueError, match="PointMasses"):
        div.kl(lsgan.PointMasses([0.0, 1.0]), lsgan.Normal())
    with pytest.raises(ValueError, match="preimages"):
        div.tv(lsgan.Normal(), lsgan.Pushforward(lsgan.Normal(), Unknown()))


class Unknown(lsgan.generators.AbstractGenerator):
    """A generator that knows no preimages."""

    def __call__(self, z):
        return jnp.tanh(z)


def test_float32():
    p, q = (lsgan.Normal(np.float32(m), np.float32(1)) for m in (0, 1))
    value = div.js(p, q)
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, 0.111421, atol=1e-6)
