"""Laws on the plane, and references for what is expected under them."""

import equinox as eqx
import mpmath
import numpy as np
from scipy import stats

import lsgan_analytic as lsgan
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


def around(*centers, width=6.0, reach=()):
    turns = [c + t for c in centers for t in (-width, -width / 2, 0, width / 2, width)]
    return sorted({*turns, *reach})


def normal_cdf_of(law, a, b):
    """E[D] = Phi(m sqrt(2) / sqrt(1 + 2 s^2)) for a . x + b ~ N(m, s^2)."""
    m, s = np.dot(a, law.mean) + b, np.sqrt(np.dot(a, np.dot(law.covariance, a)))
    return stats.norm.cdf(m * np.sqrt(2) / np.sqrt(1 + 2 * s * s))


CURVES = {
    "line": [[0.0, 1.0], [0.5, 0.0]],
    "parabola": [[0.0, 1.0, 0.0], [-1.0, 0.3, 1.0]],
    "cubic": [[0.0, 1.0, 0.0, -0.3], [-1.0, 0.3, 1.0, 0.2]],
}
