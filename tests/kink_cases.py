"""Expectations of what has kinks and jumps: parts of a user, and the same integrals in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import (
    AbstractIntegrand,
    AbstractScoreIntegrand,
    Margin,
    Scaled,
    Score,
    Squared,
)


class Distance(AbstractScoreIntegrand):
    """A user's integrand |s - 0.3| + s^2 / 4, with its kink declared."""

    kinks = (0.3,)

    def __call__(self, t):
        return jnp.abs(t - 0.3) + t * t / 4


class Doubt(AbstractIntegrand):
    """A user's function of the value of D: |D - 0.4|."""

    kinks = (0.4,)

    def __call__(self, t):
        return jnp.abs(t - 0.4)


class Wave(lsgan.AbstractCritic):
    """A user's critic that knows nothing of its crossings."""

    a: jax.Array
    b: jax.Array

    def __call__(self, x):
        return jnp.sin(self.a * x) + self.b * x


class Knots(lsgan.discriminators.AbstractDiscriminator):
    """A user's network of one layer of rectifiers; its knots are declared, with derivatives."""

    slopes: jax.Array
    knots: jax.Array

    def __call__(self, x):
        return jnp.vectorize(lambda v: jnp.sum(self.slopes * jax.nn.relu(v - self.knots)))(jnp.asarray(x))

    def breakpoints(self):
        return self.knots


class Step(lsgan.Interval):
    """A subclass, for which no closed form is registered."""


def relu(t):
    return np.maximum(t, 0)


def count(x, left, right):
    return ((left < x) & (x < right)).astype(float)


def logistic(x, w, b):
    return 1 / (1 + np.exp(-(w * x + b)))


def bumps(x, t):
    return t[0] * np.exp(-0.5 * ((x - t[2]) / t[4]) ** 2) + t[1] * np.exp(-0.5 * ((x - t[3]) / t[4]) ** 2)


def cubic(z):
    return 0.3 - z + 0.2 * z**2 + 0.4 * z**3


# name: theta, theta -> (law, D, phi), and for each part of a mixture
# (share, density, ends of the variable, integrand, functions of the variable that are 0 at kinks and jumps)
NORMAL, EXPON = stats.norm, stats.expon
CASES = {
    "hinge": (
        (1.2, -0.3, 0.4, 0.9),
        lambda t: (lsgan.Normal(t[2], t[3]), lsgan.Linear(t[0], t[1]), Margin(1.0)),
        lambda t: [
            (1, NORMAL(t[2], t[3]).pdf, (t[2] - 12 * t[3], t[2] + 12 * t[3]),
             lambda x: relu(1 - t[0] * x - t[1]), [lambda x: t[0] * x + t[1] - 1])
        ],
    ),
    "half of hinge, exponential": (
        (1.5, -0.5, 0.7),
        lambda t: (lsgan.Exponential(t[2]), lsgan.Sigmoid(t[0], t[1]), Scaled(0.5, Margin(-1.0))),
        lambda t: [
            (1, EXPON(scale=1 / t[2]).pdf, (0, 70),
             lambda x: 0.5 * relu(1 + t[0] * x + t[1]), [lambda x: t[0] * x + t[1] + 1])
        ],
    ),
    "hinge, bumps": (
        (1.5, -2.0, -1.0, 0.8, 0.6),
        lambda t: (lsgan.Normal(), lsgan.RadialBasis(t[:2], t[2:4], t[4]), Margin(1.0)),
        lambda t: [
            (1, NORMAL.pdf, (-12, 12), lambda x: relu(1 - bumps(x, t)), [lambda x: bumps(x, t) - 1])
        ],
    ),
    "own integrand, own critic": (
        (1.3, 0.4, 0.2),
        lambda t: (lsgan.Normal(t[2], 1.0), Wave(t[0], t[1]), Distance()),
        lambda t: [
            (1, NORMAL(t[2], 1).pdf, (-11, 11),
             lambda x: abs(np.sin(t[0] * x) + t[1] * x - 0.3) + (np.sin(t[0] * x) + t[1] * x) ** 2 / 4,
             [lambda x: np.sin(t[0] * x) + t[1] * x - 0.3])
        ],
    ),
    "own integrand of the value": (
        (-1.4, 0.6, 0.8),
        lambda t: (lsgan.Normal(0.0, t[2]), lsgan.Sigmoid(t[0], t[1]), Doubt()),
        lambda t: [
            (1, NORMAL(0, t[2]).pdf, (-11, 11), lambda x: abs(logistic(x, t[0], t[1]) - 0.4),
             [lambda x: logistic(x, t[0], t[1]) - 0.4])
        ],
    ),
    "own network with knots, through a power": (
        (1.0, -2.0, -0.5, 0.9, 0.7, 0.3),
        lambda t: (
            lsgan.pushforward(lsgan.Normal(), lsgan.Power(t[4], t[5], 3)), Knots(t[:2], t[2:4]), Squared()
        ),
        lambda t: [
            (1, NORMAL.pdf, (-12, 12),
             lambda z: sum(t[k] * relu(t[4] * z**3 + t[5] - t[2 + k]) for k in (0, 1)) ** 2,
             [lambda z: t[4] * z**3 + t[5] - t[2], lambda z: t[4] * z**3 + t[5] - t[3]])
        ],
    ),
    "interval, through a square": (
        (-0.5, 1.0, 0.8, -0.7),
        lambda t: (
            lsgan.pushforward(lsgan.Exponential(1.0), lsgan.Square(t[2], t[3])),
            lsgan.Interval(t[0], t[1]), Score(-1.0),
        ),
        lambda t: [
            (1, EXPON.pdf, (0, 70), lambda z: -count(t[2] * z**2 + t[3], t[0], t[1]),
             [lambda z: t[2] * z**2 + t[3] - t[0], lambda z: t[2] * z**2 + t[3] - t[1]])
        ],
    ),
    "subclass of interval, nested mixture": (
        (-0.6, 0.9, 0.2, 0.8),
        lambda t: (
            lsgan.Mixture([0.3, 0.7], (
                lsgan.pushforward(lsgan.Mixture([0.5, 0.5], (lsgan.Normal(), lsgan.Laplace(0.5))),
                                  lsgan.Polynomial([0.3, -1.0, 0.2, 0.4])),
                lsgan.Normal(t[2], t[3]),
            )),
            Step(t[0], t[1]), Score(1.0),
        ),
        lambda t: [
            *((0.15, pdf, (-40, 40), lambda z: count(cubic(z), t[0], t[1]),
               [lambda z: cubic(z) - t[0], lambda z: cubic(z) - t[1], lambda z: z - 0.5])
              for pdf in (NORMAL.pdf, stats.laplace(0.5).pdf)),
            (0.7, NORMAL(t[2], t[3]).pdf, (-11, 11), lambda x: count(x, t[0], t[1]),
             [lambda x: x - t[0], lambda x: x - t[1]]),
        ],
    ),
    "interval, noise": (
        (0.1, 1.1, 0.05),
        lambda t: (lsgan.laws.Noisy(lsgan.Exponential(1.0), t[2]), lsgan.Interval(t[0], t[1]), Score(1.0)),
        lambda t: [
            (1, stats.exponnorm(1 / t[2], 0, t[2]).pdf, (-0.6, 60), lambda x: count(x, t[0], t[1]),
             [lambda x: x - t[0], lambda x: x - t[1]])
        ],
    ),
}  # fmt: skip
