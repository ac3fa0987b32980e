"""An example of every public part, and which parts fit together.

The lists of parts are not written here: they are read from the public names of the package, and
``test_every_public_part_has_an_example`` names a part that has none. A key is the name of the class, with a
variant after a colon where one class has several examples.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import jax
import optax

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators import AbstractDiscriminator
from lsgan_analytic.generators import AbstractGenerator
from lsgan_analytic.laws import AbstractLaw
from lsgan_analytic.losses import AbstractLoss
from lsgan_analytic.regularizers import AbstractRegularizer
from lsgan_analytic.updates import AbstractRule

Examples = Mapping[str, Callable[..., Any]]

LAWS: Examples = {
    "Exponential": lambda: lsgan.Exponential(0.5),
    "ShiftedExponential": lambda: lsgan.ShiftedExponential(-0.3, 0.8),
    "Rayleigh": lambda: lsgan.Rayleigh(),
    "Normal": lambda: lsgan.Normal(0.4, 0.8),
    "Uniform": lambda: lsgan.Uniform(-1.0, 1.5),
    "Gamma": lambda: lsgan.Gamma(2.5, 1.2),
    "Beta": lambda: lsgan.Beta(1.7, 2.6),
    "Laplace": lambda: lsgan.Laplace(0.2, 0.7),
    "Weibull": lambda: lsgan.Weibull(0.8, 1.2),
    "Pareto": lambda: lsgan.Pareto(30.0, 0.4),
    "StudentT": lambda: lsgan.StudentT(40.0, 0.2, 0.7),
    "Mixture": lambda: lsgan.Mixture([0.3, 0.7], (lsgan.Normal(-1.0, 0.5), lsgan.Normal(0.8, 0.7))),
    "Mixture: with masses": lambda: lsgan.Mixture(
        [0.5, 0.5], (lsgan.PointMasses([0.1, 0.9]), lsgan.Normal())
    ),
    "PointMasses": lambda: lsgan.PointMasses([-0.6, 0.3, 1.1], [0.2, 0.5, 0.3]),
    "PointMasses: counts": lambda: lsgan.PointMasses([0.0, 1.0, 2.0]),
    "Pushforward": lambda: lsgan.Pushforward(lsgan.Normal(), lsgan.Square(0.5, -0.2)),
}
PLANE_LAWS: Examples = {
    "Product": lambda: lsgan.Product(lsgan.Exponential(1.0), lsgan.Normal(0.2, 0.9)),
    "MultivariateNormal": lambda: lsgan.MultivariateNormal([0.3, -0.2], [[1.0, 0.3], [0.3, 0.7]]),
    "Mixture: plane": lambda: lsgan.ring(modes=3, radius=1.0, std=0.4),
    "PointMasses: plane": lambda: lsgan.PointMasses([[0.1, -0.4], [1.0, 0.6], [-0.7, 0.2]]),
}
GENERATORS: Examples = {
    "Square": lambda: lsgan.Square(0.8, -0.5),
    "Affine": lambda: lsgan.Affine(0.9, 0.3),
    "Shift": lambda: lsgan.Shift(0.4),
    "Scale": lambda: lsgan.Scale(1.2),
    "Power": lambda: lsgan.Power(0.8, -0.25, 2),
    "Power: 1.5": lambda: lsgan.Power(0.8, -0.25, 1.5),
    "Polynomial": lambda: lsgan.Polynomial([0.1, 0.9, 0.2]),
    "MixtureOfShifts": lambda: lsgan.MixtureOfShifts([-0.7, 0.6]),
    "Categorical": lambda: lsgan.Categorical([0.2, -0.1, 0.3]),
    "ReLUNetwork": lambda: lsgan.ReLUNetwork([[[1.0], [-0.6]], [[0.9, 0.8]]], [[0.5, 0.7], [0.1]]),
    "LeakyReLUNetwork": lambda: lsgan.LeakyReLUNetwork(
        [[[1.0], [-0.6]], [[0.7, 0.5], [0.4, -0.9]], [[0.8, 0.3]]], [[0.5, 0.7], [-0.2, 0.3], [0.1]], 0.3
    ),
}
CURVES: Examples = {"Curve": lambda: lsgan.Curve([[0.1, 1.0, 0.1], [-0.4, 0.2, 0.5]])}
PLANE_GENERATORS: Examples = {
    "AffineMap": lambda: lsgan.AffineMap([[0.9, 0.2], [-0.3, 1.1]], [0.2, -0.1]),
    "NeuralGenerator": lambda: lsgan.NeuralGenerator(jax.random.key(1), width=3, depth=1),
}
# of (data, latent), the laws of the game
DISCRIMINATORS: Examples = {
    "Erf": lambda *_: lsgan.Erf(1.2, -0.3),
    "Logistic": lambda *_: lsgan.Logistic(1.4, 0.9),
    "Sigmoid": lambda *_: lsgan.Sigmoid(1.1, -0.2),
    "Interval": lambda *_: lsgan.Interval([-0.45], [1.05]),
    "Linear": lambda *_: lsgan.Linear(0.7, 0.25),
    "Quadratic": lambda *_: lsgan.Quadratic(0.6),
    "RadialBasis": lambda *_: lsgan.RadialBasis([0.8, -0.5], [-0.4, 0.9], 0.8),
    "ReLUNetwork": lambda *_: lsgan.ReLUNetwork([[[0.9], [-1.1]], [[0.6, -0.5]]], [[0.3, 0.4], [-0.1]]),
    "LeakyReLUNetwork": lambda *_: lsgan.LeakyReLUNetwork(
        [[[0.9], [-1.1]], [[0.6, -0.5], [-0.7, 0.4]], [[0.5, 0.8]]], [[0.3, 0.4], [0.1, 0.2], [-0.1]], 0.2
    ),
    "Tabular": lambda *_: lsgan.Tabular([0.3, -0.2, 0.5]),
    "TabularCritic": lambda *_: lsgan.TabularCritic([0.3, -0.2, 0.5]),
    "OptimalDiscriminator": lambda data, latent: lsgan.OptimalDiscriminator(data, latent),
    "OptimalIndicator": lambda data, latent: lsgan.OptimalIndicator(data, latent),
    "AuthorsOptimalDiscriminator": lambda data, latent: lsgan.AuthorsOptimalDiscriminator(data, latent),
}
PLANE_DISCRIMINATORS: Examples = {
    "HalfPlane": lambda *_: lsgan.HalfPlane([1.1, -0.4], 0.2),
    "Plane": lambda *_: lsgan.Plane([0.7, -0.5], 0.1),
    "PlaneRadialBasis": lambda *_: lsgan.PlaneRadialBasis([0.8, -0.5], [[0.1, 0.2], [-0.6, 0.9]], 0.9),
    "NeuralDiscriminator": lambda *_: lsgan.NeuralDiscriminator(jax.random.key(2), width=3, depth=1),
}
LOSSES: Examples = {
    "SquaredMinimax": lambda: lsgan.SquaredMinimax(),
    "LeastSquares": lambda: lsgan.LeastSquares(0.0, 1.0, 1.0),
    "Minimax": lambda: lsgan.Minimax(),
    "NonSaturating": lambda: lsgan.NonSaturating(0.9),
    "Wasserstein": lambda: lsgan.Wasserstein(),
    "Hinge": lambda: lsgan.Hinge(),
}
REGULARIZERS: Examples = {
    "none": lambda: None,
    "R1": lambda: lsgan.R1(0.3),
    "R2": lambda: lsgan.R2(0.2),
    "GradientPenalty": lambda: lsgan.GradientPenalty(0.3),
    "GradientPenalty: 0": lambda: lsgan.GradientPenalty(0.3, 0.0),
    "InstanceNoise": lambda: lsgan.InstanceNoise(0.4),
    "Clip": lambda: lsgan.Clip(0.6),
    "SpectralNorm": lambda: lsgan.SpectralNorm(),
    "ModeCoverage": lambda: lsgan.ModeCoverage(0.2, 0.1),
    "Diversity": lambda: lsgan.Diversity(0.2, 2.0),
}
RULES: Examples = {
    "AdaptiveCompetitiveGradient": lambda: lsgan.AdaptiveCompetitiveGradient(0.02),
    "ExtraPerPlayer": lambda: lsgan.ExtraPerPlayer(optax.adam(0.05), optax.adam(0.05)),
    "Preconditioned": lambda: lsgan.Preconditioned(
        lsgan.Consensus(1.0, 0.3), optax.rmsprop(0.02), optax.rmsprop(0.02)
    ),
    "UnrolledPerPlayer": lambda: lsgan.UnrolledPerPlayer(optax.adam(0.05), optax.sgd(0.05), 2),
    "Simultaneous": lambda: lsgan.Simultaneous(0.05),
    "Alternating": lambda: lsgan.Alternating(0.05, disc_steps=2),
    "Averaged": lambda: lsgan.Averaged(lsgan.Simultaneous(0.05)),
    "CompetitiveGradient": lambda: lsgan.CompetitiveGradient(0.05),
    "Consensus": lambda: lsgan.Consensus(0.05, 0.3),
    "Extragradient": lambda: lsgan.Extragradient(0.05),
    "FollowRidge": lambda: lsgan.FollowRidge(0.05),
    "Lola": lambda: lsgan.Lola(0.05),
    "LookAhead": lambda: lsgan.LookAhead(0.05),
    "Optimistic": lambda: lsgan.Optimistic(0.05),
    "PastExtragradient": lambda: lsgan.PastExtragradient(0.05),
    "PerPlayer": lambda: lsgan.PerPlayer(optax.adam(0.05), optax.sgd(0.05, momentum=0.5)),
    "Proximal": lambda: lsgan.Proximal(0.02),
    "SymplecticAdjustment": lambda: lsgan.SymplecticAdjustment(0.05),
    "TaylorLola": lambda: lsgan.TaylorLola(0.05),
    "Unrolled": lambda: lsgan.Unrolled(0.05, 2),
}
KINDS = {
    AbstractLaw: (LAWS, PLANE_LAWS),
    AbstractGenerator: (GENERATORS, CURVES, PLANE_GENERATORS),
    AbstractDiscriminator: (DISCRIMINATORS, PLANE_DISCRIMINATORS),
    AbstractLoss: (LOSSES,),
    AbstractRegularizer: (REGULARIZERS,),
    AbstractRule: (RULES,),
}

_TABLES = {"Tabular", "TabularCritic"}
_ANSWERING = {"OptimalDiscriminator", "OptimalIndicator", "AuthorsOptimalDiscriminator"}
_HAVE_A_NORM = {"Linear", "RadialBasis", "HalfPlane", "Plane", "ReLUNetwork", "LeakyReLUNetwork"}
_DISCRETE = {"PointMasses", "PointMasses: counts", "Mixture: with masses"}
_POSITIVE = {"Exponential", "Rayleigh", "Gamma", "Beta", "Weibull", "Pareto", "PointMasses: counts"}


def fits(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a game of these two (slot, key) means something; one that does not must be refused by name."""
    chosen = dict([one, other])
    disc, gen, reg = chosen.get("disc"), chosen.get("gen"), chosen.get("reg")
    data, latent = chosen.get("data"), chosen.get("latent")
    if reg == "SpectralNorm" and disc is not None:
        return disc in _HAVE_A_NORM
    if gen == "Power: 1.5" and latent is not None:  # has no values below 0
        return latent in _POSITIVE
    if disc in _TABLES:  # judge 0, 1, 2 only
        return not (
            (gen or "Categorical") != "Categorical"
            or (data or "PointMasses: counts") != "PointMasses: counts"
            or reg in ("InstanceNoise", "GradientPenalty", "GradientPenalty: 0")
        )
    if disc == "AuthorsOptimalDiscriminator":
        wanted = {"data": "Exponential", "latent": "Rayleigh", "gen": "Square"}
        return all(chosen.get(slot, key) == key for slot, key in wanted.items())
    if disc in _ANSWERING | {"Interval"} and reg in ("R1", "R2", "GradientPenalty", "GradientPenalty: 0"):
        return False  # steps have no slope, and that of log p/q need not have a mean where a support ends
    if disc in _ANSWERING:  # need densities
        return gen != "Categorical" and data not in _DISCRETE and latent not in _DISCRETE
    return True


def public_parts(kind: type) -> list[str]:
    """The public concrete classes of this kind, by name."""
    return sorted(
        name
        for name, value in vars(lsgan).items()
        if inspect.isclass(value) and issubclass(value, kind) and not name.startswith("Abstract")
    )
