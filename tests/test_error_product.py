"""What ``expectation_error`` claims against true errors, over laws x discriminators x integrands."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, special, stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses import base


def composite(function, ends, panels=3000, n=24):
    """The integral of ``function``, and its distance from that of a coarser rule."""
    edges, sums = np.unique(ends if len(ends) > 2 else np.linspace(*ends, panels + 1)), []
    for count in (n, n - 8):
        x, w = np.polynomial.legendre.leggauss(count)
        half = 0.5 * np.diff(edges)[:, None]
        sums.append(np.sum(half * w * function(edges[:-1, None] + half * (1 + x))))
    return sums[0], abs(sums[0] - sums[1])


def scale_and_chart(name, p):
    """Centre and scale of a law, x(t), the density of t, and the ends of t."""
    a, b = p
    if name == "Normal":
        return a, b, [(lambda t: a + b * t, stats.norm.pdf, -38, 38)]
    if name == "Gamma":
        k = a * a + 0.3
        pdf = lambda t: np.exp(k * t - np.exp(t) - special.gammaln(k))  # noqa: E731
        return (
            k / b,
            np.sqrt(k) / b,
            [(lambda t: np.exp(t) / b, pdf, np.log(k) - 40 - 80 / k, np.log(k + 700))],
        )
    if name == "Laplace":
        sides = [
            (lambda t, s=s: a + s * b * np.exp(t), lambda t: 0.5 * np.exp(t - np.exp(t)), -60, 6.5)
            for s in (1, -1)
        ]
        return a, b, sides
    noise = stats.exponnorm(1 / (0.7 * b), 0, b)
    return 1 / 0.7, 1 / 0.7 + b, [(lambda y: y, noise.pdf, -12 * b, 12 * b + 110)]


LAWS = {
    "Normal": lambda p: lsgan.Normal(p[0], p[1]),
    "Gamma": lambda p: lsgan.Gamma(jnp.square(p[0]) + 0.3, p[1]),
    "Laplace": lambda p: lsgan.Laplace(p[0], p[1]),
    "Noisy": lambda p: lsgan.laws.noisy(lsgan.Exponential(jnp.full_like(p[1], 0.7)), p[1]),
}
DISCS = {
    "Erf": (
        lsgan.Erf,
        lambda u: 0.5 * special.erfc(-u),
        lambda u: special.log_ndtr(2**0.5 * u) - special.log_ndtr(-(2**0.5) * u),
    ),
    "Sigmoid": (lsgan.Sigmoid, special.expit, lambda u: u),
    "Linear": (lsgan.Linear, lambda u: u, lambda u: u),
}
PHIS = {
    "squared": (base.Squared(), lambda d, s: d * d),
    "log": (base.LogProbability(1.0), lambda d, s: -np.logaddexp(0, -s)),
    "margin": (base.Margin(1.0), lambda d, s: np.maximum(0, 1 - s)),
}


STEPS = np.concatenate([[0, 1, -1], np.geomspace(0.05, 300, 60), -np.geomspace(0.05, 300, 60)])


def reference(chart, disc, q, phi):
    """E[phi(D(x))] over one chart, and what may be wrong with it; panels close in on the threshold of D."""
    (x, density, low, high), (_, value_of, score_of) = chart, DISCS[disc]
    left, right = sorted((x(low), x(high)))
    kink = optimize.brentq(lambda u: score_of(u) - 1, -2, 2, xtol=1e-15)
    targets = (np.append(STEPS, kink) - q[1]) / q[0]
    inside = targets[(targets > left) & (targets < right)]
    cuts = [optimize.brentq(lambda t, at=at: x(t) - at, low, high, xtol=1e-15) for at in inside]

    def terms(t):
        u = q[0] * x(t) + q[1]
        return PHIS[phi][1](value_of(u), score_of(u)) * density(t)

    ends = np.concatenate([np.linspace(low, high, 3001), cuts])
    part, off = composite(terms, ends)
    size, _ = composite(lambda t: np.abs(terms(t)), ends)
    return part, off + 1e-14 * size


@pytest.mark.parametrize(
    ("law", "disc", "phi"),
    [
        ("Normal", "Linear", "log"),
        ("Gamma", "Sigmoid", "squared"),
        ("Gamma", "Linear", "margin"),
        pytest.param("Laplace", "Erf", "log", marks=pytest.mark.slow),
        pytest.param("Noisy", "Sigmoid", "margin", marks=pytest.mark.slow),
        ("Noisy", "Erf", "squared"),
    ],
)
def test_claims_over_a_random_product(law, disc, phi):
    """No claim is below the true error; slopes from .05 to 100 per scale, thresholds in and out of bulk."""
    rng = np.random.default_rng(11)
    rows, exact = [], []
    for _ in range(7):
        p = rng.normal(), np.exp(rng.uniform(-2, 2))
        centre, scale, charts = scale_and_chart(law, p)
        w = np.exp(rng.uniform(-3, 4.6)) / scale * rng.choice([-1, 1])
        q = w, -w * (centre + 1.5 * scale * rng.normal())
        rows.append([*p, *q])
        exact.append(np.sum([reference(chart, disc, q, phi) for chart in charts], axis=0))
    rows, exact = np.array(rows), np.array(exact)

    def both(row):
        parts = LAWS[law](row[:2]), DISCS[disc][0](row[2], row[3]), PHIS[phi][0]
        return lsgan.expectation_error(*parts), lsgan.expectation(*parts)

    claim, value = map(np.asarray, jax.jit(jax.vmap(both))(rows))
    assert (claim + exact[:, 1] >= np.abs(value - exact[:, 0])).all()
    assert np.median(claim) < 1e-11 * np.median(np.abs(exact[:, 0]))
