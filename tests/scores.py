"""Public losses and discriminators beside their definitions in NumPy, and what users write."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize, special

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators import AbstractCritic, AbstractDiscriminator, AbstractProbability

LOSSES = {
    "SquaredMinimax": lsgan.SquaredMinimax(),
    "LeastSquares": lsgan.LeastSquares(fake=-0.5, real=1.5, target=0.5),
    "Minimax": lsgan.Minimax(smoothing=0.9),
    "NonSaturating": lsgan.NonSaturating(),
    "Wasserstein": lsgan.Wasserstein(),
    "Hinge": lsgan.Hinge(),
}
ON_VALUES = ("SquaredMinimax", "LeastSquares")


def textbook(loss, problem, x):
    """(what is averaged over the data, over the generated points) at x, by hand."""
    value = problem.value(x)
    if problem.kind is AbstractCritic:
        log_d, log_not, score = -np.log1p(np.exp(-value)), -np.log1p(np.exp(value)), value
    else:
        log_d, log_not = np.log(value), np.log(problem.rest(x))
        score = log_d - log_not
    return {
        "SquaredMinimax": (value**2, (1 - value) ** 2),
        "LeastSquares": (0.5 * (value - 1.5) ** 2, 0.5 * (value + 0.5) ** 2),
        "Minimax": (0.9 * log_d + 0.1 * log_not, log_not),
        "NonSaturating": (log_d, log_not),
        "Wasserstein": (score, -score),
        "Hinge": (np.maximum(0, 1 - score), np.maximum(0, 1 + score)),
    }[loss]


class Arctan(lsgan.AbstractProbability):
    """A user's probability: D alone."""

    w: jax.Array

    def __call__(self, x):
        return 0.5 + jnp.arctan(self.w * x) / jnp.pi


class Tanh(lsgan.AbstractProbability):
    """A user's probability: the logit alone."""

    w: jax.Array

    def logit(self, x):
        return jnp.tanh(self.w * x)


class Sine(lsgan.AbstractCritic):
    """A user's critic."""

    w: jax.Array

    def __call__(self, x):
        return jnp.sin(self.w * x)


class Neither(lsgan.AbstractDiscriminator):
    """A user's class that does not say what D(x) is."""

    w: jax.Array

    def __call__(self, x):
        return 0.5 + jnp.arctan(self.w * x) / jnp.pi


class Problem(NamedTuple):
    """A discriminator, its kind, D(x) and 1 - D(x) in NumPy, where D jumps, and the laws it plays on."""

    disc: AbstractDiscriminator
    kind: type
    value: Callable
    rest: Callable | None = None  # 1 - D(x), where D is a probability
    jumps: tuple = ()
    laws: str = "normal"


def normal(mean, std):
    return lambda x: np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))


P, Q = normal(0.4, 0.9), normal(-0.3, 1.0)
DENSITIES = {
    "normal": ((P, -8, 9), (Q, -9, 8)),
    "exponential": (
        (lambda x: 1.2 * np.exp(-1.2 * x), 0, 32),
        (lambda x: np.exp(-(x + 2) / 1.5) / 1.5, -2, 60),
    ),
}
BEST = lsgan.Normal(0.4, 0.9), lsgan.Normal()
EXPONENTIALS = lsgan.Exponential(rate=1.2), lsgan.Rayleigh()
P_IS_Q = tuple(optimize.brentq(lambda x: P(x) - Q(x), *ends) for ends in ((-0.5, 0.5), (5.0, 8.0)))
ONE = jnp.array(1.3)
NETWORK = lsgan.NeuralDiscriminator(key=jax.random.key(0), width=4, depth=1)


def network(x):
    (first, second), (one, two) = NETWORK.layers.weights, NETWORK.layers.biases
    hidden = np.tanh(x @ np.asarray(first).T + np.asarray(one))
    return (hidden @ np.asarray(second).T + np.asarray(two))[..., 0]


def expit(logit):
    return lambda x: special.expit(logit(x)), lambda x: special.expit(-logit(x))


def erf(argument):
    return lambda x: 0.5 * special.erfc(-argument(x)), lambda x: 0.5 * special.erfc(argument(x))


def arctan(x):
    return 0.5 + np.arctan(1.3 * x) / np.pi


def table(x):
    return np.array([0.3, -2.0, 1.0])[np.rint(x).astype(int)]


def bumps(x):
    square = (x[..., None, :] - np.array([[0.0, 0.5], [1.0, -1.0]])) ** 2
    return np.sum(np.array([2.0, -1.5]) * np.exp(-0.5 * square.sum(axis=-1) / 0.49), axis=-1)


def critic_of_line(x):
    return 1.5 * np.exp(-((x - 0.4) ** 2) / 0.5) - 2.0 * np.exp(-((x + 0.7) ** 2) / 0.5)


PROBLEMS = {
    "Erf": Problem(lsgan.Erf(0.8, -0.2), AbstractProbability, *erf(lambda x: 0.8 * x - 0.2)),
    "Logistic": Problem(
        lsgan.Logistic(0.7, 1.2), AbstractProbability, *expit(lambda x: 1.2 * x - np.log(0.7))
    ),
    "Sigmoid": Problem(lsgan.Sigmoid(-0.9, 0.2), AbstractProbability, *expit(lambda x: 0.2 - 0.9 * x)),
    "Linear": Problem(lsgan.Linear(1.2, -0.3), AbstractCritic, lambda x: 1.2 * x - 0.3),
    "Quadratic": Problem(lsgan.Quadratic(0.6), AbstractCritic, lambda x: 0.6 * x**2),
    "RadialBasis": Problem(lsgan.RadialBasis([1.5, -2.0], [0.4, -0.7], 0.5), AbstractCritic, critic_of_line),
    "Interval": Problem(
        lsgan.Interval([-1.0, 0.2], [0.5, 2.0]),
        AbstractCritic,
        lambda x: 1.0 * ((x >= -1) & (x <= 0.5)) + 1.0 * ((x >= 0.2) & (x <= 2)),
        jumps=(-1.0, 0.2, 0.5, 2.0),
    ),
    "OptimalDiscriminator": Problem(
        lsgan.OptimalDiscriminator(*BEST),
        AbstractProbability,
        lambda x: P(x) / (P(x) + Q(x)),
        lambda x: Q(x) / (P(x) + Q(x)),
    ),
    "OptimalDiscriminator, labels beyond [0, 1]": Problem(
        lsgan.OptimalDiscriminator(*BEST, real=2.0, fake=-1.0),
        AbstractCritic,
        lambda x: (2 * P(x) - Q(x)) / (P(x) + Q(x)),
    ),
    "OptimalIndicator": Problem(
        lsgan.OptimalIndicator(*BEST), AbstractCritic, lambda x: 1.0 * (P(x) > Q(x)), jumps=P_IS_Q
    ),
    "AuthorsOptimalDiscriminator": Problem(
        lsgan.AuthorsOptimalDiscriminator(*EXPONENTIALS),
        AbstractProbability,
        *expit(lambda x: (1.2 - 1 / 1.5) * x - 2 / 1.5 + np.log(1.5 * 1.2)),
        laws="exponential",
    ),
    "Tabular": Problem(
        lsgan.Tabular([0.3, -2.0, 1.0]),
        AbstractProbability,
        *expit(table),
        laws="points",
    ),
    "TabularCritic": Problem(
        lsgan.TabularCritic([0.3, -2.0, 1.0]),
        AbstractCritic,
        table,
        laws="points",
    ),
    "HalfPlane": Problem(
        lsgan.HalfPlane([0.8, -0.4], 0.1),
        AbstractProbability,
        *erf(lambda x: x @ np.array([0.8, -0.4]) + 0.1),
        laws="plane",
    ),
    "Plane": Problem(
        lsgan.Plane([0.8, -0.4], 0.1), AbstractCritic, lambda x: x @ np.array([0.8, -0.4]) + 0.1, laws="plane"
    ),
    "PlaneRadialBasis": Problem(
        lsgan.PlaneRadialBasis([2.0, -1.5], [[0.0, 0.5], [1.0, -1.0]], 0.7),
        AbstractCritic,
        bumps,
        laws="plane",
    ),
    "ReLUNetwork": Problem(
        lsgan.ReLUNetwork([[[1.5], [-0.8]], [[0.9, -0.7]]], [[0.2, 0.5], [-0.3]]),
        AbstractCritic,
        lambda x: 0.9 * np.maximum(0, 1.5 * x + 0.2) - 0.7 * np.maximum(0, 0.5 - 0.8 * x) - 0.3,
    ),
    "LeakyReLUNetwork": Problem(
        lsgan.LeakyReLUNetwork([[[1.5]], [[-0.7]]], [[0.2], [0.4]], leak=0.5),
        AbstractCritic,
        lambda x: 0.4 - 0.7 * np.maximum(1.5 * x + 0.2, 0.5 * (1.5 * x + 0.2)),
    ),
    "NeuralDiscriminator": Problem(NETWORK, AbstractProbability, *expit(network), laws="plane"),
    "a user's probability": Problem(Arctan(ONE), AbstractProbability, arctan, lambda x: arctan(-x)),
    "a user's logit": Problem(Tanh(ONE), AbstractProbability, *expit(lambda x: np.tanh(1.3 * x))),
    "a user's critic": Problem(Sine(ONE), AbstractCritic, lambda x: np.sin(1.3 * x)),
    "neither": Problem(Neither(ONE), AbstractDiscriminator, arctan, lambda x: arctan(-x)),
}
POINTS = {
    "points": ([0.0, 1.0, 2.0, 2.0], [0.0, 0.0, 1.0], lsgan.Shift(1.0)),
    "plane": (
        [[0.2, 1.0], [-1.0, 0.5], [3.0, -2.0]],
        [[0.0, 0.3], [-2.0, -2.0]],
        lsgan.AffineMap([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]),
    ),
    "normal": ([0.2, -1.0, 1.7, 3.0], [0.4, -2.0, 1.1], lsgan.Shift(-0.3)),
    "exponential": ([0.2, 1.0, 4.0], [0.1, 0.9, 1.4], lsgan.Square(1.5, -2.0)),
}


def combinations(problem):
    """The losses that the discriminator may play."""
    return list(ON_VALUES) if problem.kind is AbstractDiscriminator else list(LOSSES)
