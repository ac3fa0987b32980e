"""Laws made of a standard law and a map: heavy tails, infinite densities, derivatives, a user's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

import lsgan_analytic as lsgan
from lsgan_analytic.laws.normal import STANDARD
from lsgan_analytic.losses import base

SQUARES = base.Squared(), base.SquaredDistance(0.0)


def heavy_t(df):
    peer = stats.t(df)
    return (
        lsgan.StudentT(df),
        lambda v: np.sinh(v),
        lambda v: peer.pdf(np.sinh(v)) * np.cosh(v),
        45 / min(df, 1),
    )


def heavy_pareto(shape):
    return lsgan.Pareto(shape), lambda s: np.exp(s / shape), lambda s: np.exp(-s) * (s > 0), 45.0


def steep_weibull(shape):
    return lsgan.Weibull(shape), lambda u: np.exp(u / shape), lambda u: np.exp(u - np.exp(u)), 45.0


CASES = {
    "t .3": heavy_t(0.3),
    "Cauchy": heavy_t(1.0),
    "Pareto .5": heavy_pareto(0.5),
    "Weibull .1": steep_weibull(0.1),
}


@pytest.mark.parametrize("name", CASES)
def test_bounded_functions_of_laws_without_moments(name):
    """E[D^2] and E[(1 - D)^2] of Erf and Sigmoid against adaptive quadrature in another variable."""
    law, image, density, reach = CASES[name]

    @jax.jit
    def both(law, w, b):
        made = [
            (lsgan.expectation(law, disc(w, b), phi), lsgan.expectation_error(law, disc(w, b), phi))
            for disc in (lsgan.Erf, lsgan.Sigmoid)
            for phi in (base.Squared(), base.SquaredComplement())
        ]
        return jnp.stack([jnp.stack(pair) for pair in made])

    for w, b in ((0.7, -0.2), (-3.0, 4.0), (40.0, -60.0)):
        found = iter(np.asarray(both(law, jnp.asarray(w), jnp.asarray(b))))
        for cdf in (lambda z: special.ndtr(np.sqrt(2) * z), special.expit):
            for sign in (1, -1):

                def terms(v, cdf=cdf, sign=sign, w=w, b=b):
                    return cdf(sign * (w * image(v) + b)) ** 2 * density(v)

                cuts = np.linspace(-reach, min(reach, 100.0), 181)
                with np.errstate(all="ignore"):
                    pieces = [
                        integrate.quad(terms, *cuts[k : k + 2], epsabs=1e-17, epsrel=1e-13, limit=100)[0]
                        for k in range(180)
                    ]
                value, error = next(found)
                np.testing.assert_allclose(value, np.sum(pieces), rtol=1e-12, atol=1e-15)
                assert error < 1e-12


def moments(law, power):
    """E[x] or E[x^2], and the claimed error."""
    phi = base.Score(1.0) if power == 1 else base.Squared()
    disc = lsgan.Linear(1.0, 0.0)
    return lsgan.expectation(law, disc, phi), lsgan.expectation_error(law, disc, phi)


def test_moments_are_right_or_declared_infinite():
    k = np.array([0.3, 0.7, 1.0, 1.5, 2.0, 2.05, 2.3, 3.0, 10.0, 1e3])
    for build, exact in (
        (
            lambda k: lsgan.Pareto(k, 1.3),
            lambda p: np.where(k > p, k * 1.3**p / np.where(k > p, k - p, 1), np.inf),
        ),
        (
            lambda k: lsgan.StudentT(k, 0.0, 1.3),
            lambda p: np.where(k > p, [0, 1.69 * k / np.where(k > 2, k - 2, 1)][p - 1], np.inf),
        ),
    ):
        for power in (1, 2):
            value, error = jax.jit(jax.vmap(lambda k, power=power: moments(build(k), power)))(k)  # noqa: B023
            truth = exact(power)
            finite = np.isfinite(truth)
            assert (np.asarray(error)[~finite] == np.inf).all()
            off = np.abs(np.asarray(value)[finite] - truth[finite])
            assert (np.asarray(error)[finite] >= off).all()
            well = k > 1.3 * power
            np.testing.assert_allclose(value[well], truth[well], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("build", "peer", "parameters"),
    [
        (lsgan.Weibull, lambda k, s: stats.weibull_min(k, scale=s), (0.7, 1.6)),
        (lsgan.Pareto, lambda k, s: stats.pareto(k, scale=s), (1.5, 0.6)),
        (lsgan.StudentT, stats.t, (1.2, 0.3, 0.8)),
    ],
)
def test_slopes_in_the_parameters(build, peer, parameters):
    """Of density, cdf and quantile against differences of SciPy's; of E D^2 against those of its own."""

    def values(p):
        law = build(*p)
        cost = lsgan.expectation(law, lsgan.Erf(-1.3, 0.3), base.Squared())
        return jnp.stack([law.log_pdf(0.9), law.cdf(0.9), law.quantile(0.7), cost])

    def reference(p):
        law = peer(*p)
        return np.array([law.logpdf(0.9), law.cdf(0.9), law.ppf(0.7), 0.0])

    values, p, h = jax.jit(values), jnp.asarray(parameters), 1e-5
    slopes = jax.jit(jax.jacfwd(values))(p)
    for k, step in enumerate(h * np.eye(len(parameters))):
        exact = (reference(p + step) - reference(p - step)) / (2 * h)
        exact[3] = ((values(p + step) - values(p - step)) / (2 * h))[3]
        np.testing.assert_allclose(slopes[:, k], exact, rtol=2e-8, atol=1e-9)


class Mirrored(lsgan.laws.AbstractTransformed):
    """A user's law: -e^{std s}, s ~ N(0, 1), decreasing, of two formulas."""

    std: jax.Array

    def standard(self):
        return STANDARD

    def forward(self, s):
        return -jnp.exp(self.std * s)

    def inverse(self, x):
        return jnp.log(-x) / self.std

    def log_slope(self, s):
        return jnp.log(self.std) + self.std * s


class Charted(lsgan.laws.AbstractDensity):
    """A user's law of a chart and a density alone: Exp(1)."""

    scale: jax.Array

    def log_pdf(self, x):
        return jnp.where(x >= 0, -x / self.scale - jnp.log(self.scale), -jnp.inf)

    def chart_breakpoints(self):
        return jnp.asarray([0.0, 8.6])

    def from_chart(self, t):
        return self.scale * t * t

    def chart_density(self, t):
        return 2 * t * jnp.exp(-t * t)

    def to_chart(self, x):
        return jnp.sqrt(x / self.scale)


def test_own_laws_have_everything():
    x, q = np.array([-5.0, -1.0, -0.2, 0.3, 2.0]), np.array([1e-9, 0.1, 0.5, 0.9])
    for law, cdf, pdf, ppf in (
        (
            Mirrored(jnp.asarray(0.5)),
            lambda x: stats.lognorm(0.5).sf(-x),
            lambda x: stats.lognorm(0.5).pdf(-x),
            lambda q: -stats.lognorm(0.5).isf(q),
        ),
        (Charted(jnp.asarray(2.0)), *(getattr(stats.expon(scale=2), name) for name in ("cdf", "pdf", "ppf"))),
    ):
        found = jax.jit(lambda law: (law.cdf(x), law.pdf(x), law.quantile(q)))(law)
        for value, exact in zip(found, (cdf(x), pdf(x), ppf(q)), strict=True):
            np.testing.assert_allclose(value, exact, rtol=1e-12, atol=1e-300)
        draws = np.asarray(law.sample(jax.random.key(1), 2000))
        assert stats.kstest(draws, cdf).pvalue > 1e-3
        on = lsgan.Interval([-1.5], [0.7]), base.Score(1.0)
        np.testing.assert_allclose(lsgan.expectation(law, *on), cdf(0.7) - cdf(-1.5), rtol=1e-12)
