"""Divergences over eight decades of scale ratios, against closed forms: right, or infinite where they are."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

import lsgan_analytic as lsgan

div = lsgan.divergences
RATIOS = np.array([1e-4, 5e-4, 1e-2, 0.3, 1 - 1e-6, 1.0, 1.3, 2.5, 40.0, 1500.0, 1e4])
NAMES = ("kl", "chi2", "hellinger", "tv", "fisher")


def normal(r):
    """N(0, 1) to N(0, r)."""
    x = mp.sqrt(2 * mp.log(r) * r**2 / (r**2 - 1)) if r != 1 else mp.mpf(0)
    return (
        mp.log(r) + 1 / (2 * r**2) - mp.mpf(1) / 2,
        r**2 / mp.sqrt(2 * r**2 - 1) - 1 if 2 * r**2 > 1 else mp.inf,
        1 - mp.sqrt(2 * r / (1 + r**2)),
        2 * abs(mp.ncdf(x) - mp.ncdf(x / r)),
        (1 - 1 / r**2) ** 2,
    )


def laplace(r):
    """Laplace(0, 1) to Laplace(0, r); the same as Exponential(1) to Exponential(1/r)."""
    x = mp.log(r) / (1 - 1 / r) if r != 1 else mp.mpf(0)
    return (
        mp.log(r) + 1 / r - 1,
        r / (2 - 1 / r) - 1 if 2 * r > 1 else mp.inf,
        1 - 2 * mp.sqrt(r) / (1 + r),
        abs(mp.exp(-x) - mp.exp(-x / r)),
        (1 - 1 / r) ** 2,
    )


PAIRS = {
    "normal": (lambda r: (lsgan.Normal(0.0, 1.0), lsgan.Normal(0.0, r)), normal),
    "laplace": (lambda r: (lsgan.Laplace(0.0, 1.0), lsgan.Laplace(0.0, r)), laplace),
    "exponential": (lambda r: (lsgan.Exponential(1.0), lsgan.Exponential(1 / r)), laplace),
}


@pytest.mark.parametrize("name", PAIRS)
def test_scale_ratios(name):
    """To 1e-13, and near equal laws to the rounding of log p - log q."""
    pair, exact = PAIRS[name]

    def values(r):
        p, q = pair(r)
        return jnp.stack([*(getattr(div, one)(p, q) for one in NAMES), div.js(p, q), div.js(q, p)])

    found = np.asarray(jax.jit(jax.vmap(values))(jnp.asarray(RATIOS)))
    with mp.workdps(40):
        expected = np.array([[float(value) for value in exact(mp.mpf(float(r)))] for r in RATIOS])
    infinite = np.isinf(expected)
    np.testing.assert_array_equal(np.isinf(found[:, :5]), infinite)
    np.testing.assert_allclose(found[:, :5][~infinite], expected[~infinite], rtol=2e-13, atol=2e-16)
    np.testing.assert_allclose(found[:, 5], found[:, 6], rtol=1e-9)
    np.testing.assert_array_equal(found[RATIOS == 1, 5:], 0)
    near = RATIOS == 1 - 1e-6  # JS = KL/4 to first order
    np.testing.assert_allclose(found[near, 5], expected[near, 0] / 4, rtol=1e-5)
    assert (found[:, 5] >= 0).all()
    assert (found[:, 5] <= np.log(2)).all()


def gamma(a, b, c, e):
    """Gamma(a, b) to Gamma(c, e): kl, chi2, hellinger, fisher."""
    a, b, c, e = map(mp.mpf, (a, b, c, e))
    shape, rate = 2 * a - c, 2 * b - e
    log_chi = 2 * (a * mp.log(b) - mp.loggamma(a)) - c * mp.log(e) + mp.loggamma(c)
    overlap = mp.sqrt(b**a * e**c / (mp.gamma(a) * mp.gamma(c))) * mp.gamma((a + c) / 2)
    other, change = a - c, e - b
    fisher = change**2
    if other:
        fisher += (
            other**2 * b**2 / ((a - 1) * (a - 2)) + 2 * other * change * b / (a - 1) if a > 2 else mp.inf
        )
    return (
        other * mp.digamma(a) - mp.loggamma(a) + mp.loggamma(c) + c * mp.log(b / e) + a * change / b,
        mp.exp(log_chi + mp.loggamma(shape) - shape * mp.log(rate)) - 1 if min(shape, rate) > 0 else mp.inf,
        1 - overlap / ((b + e) / 2) ** ((a + c) / 2),
        fisher,
    )


def test_gammas_of_all_shapes_and_scales():
    """Supports that end at the same point are no escape, and scores that cancel there no singularity."""
    shapes = ((0.5, 1.0), (2.0, 1.0), (7.3, 0.2), (30.0, 5.0))
    rows = np.array([(*p, c, e * r) for p in shapes for c, e in shapes for r in (1e-4, 1.0, 1e4)])
    names = ("kl", "chi2", "hellinger", "fisher")

    def values(t):
        p, q = lsgan.Gamma(t[0], t[1]), lsgan.Gamma(t[2], t[3])
        return jnp.stack([getattr(div, name)(p, q) for name in names])

    found = np.asarray(jax.jit(jax.vmap(values))(jnp.asarray(rows)))
    with mp.workdps(40):
        expected = np.array([[float(value) for value in gamma(*row)] for row in rows])
    np.testing.assert_array_equal(np.isinf(found), np.isinf(expected))
    finite = np.isfinite(expected)
    np.testing.assert_allclose(
        found[:, :3][finite[:, :3]], expected[:, :3][finite[:, :3]], rtol=1e-12, atol=1e-13
    )
    # where p = q the score is what rounding leaves of 0
    np.testing.assert_allclose(found[finite[:, 3], 3], expected[finite[:, 3], 3], rtol=1e-7, atol=1e-25)


def test_a_root_of_the_density_inside_the_other_support():
    """The Rayleigh density starts like x at 0, where the normal law has no panel of its own."""
    s, m, t = mp.mpf(1.824), mp.mpf(0.569), mp.mpf(3.826)

    def overlap(y):  # x = y^2
        x = y * y
        rayleigh = x / s**2 * mp.exp(-x * x / (2 * s * s))
        return mp.sqrt(rayleigh * mp.npdf(x, m, t)) * 2 * y

    exact = float(1 - mp.quad(overlap, [0, 1, 2, 3, 4, 6]))
    found = div.hellinger(lsgan.Rayleigh(1.824), lsgan.Normal(0.569, 3.826))
    np.testing.assert_allclose(found, exact, rtol=1e-14)
