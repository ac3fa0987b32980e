"""Dynamics of low-dimensional GANs, exactly."""

import importlib.metadata

from . import closed_forms as closed_forms, special as special
from ._types import Players as Players
from .derivatives import (
    gradient as gradient,
    hessian as hessian,
    jacobian as jacobian,
    log_gradient as log_gradient,
)
from .discriminators import (
    AuthorsOptimalDiscriminator as AuthorsOptimalDiscriminator,
    Erf as Erf,
    Interval as Interval,
    Linear as Linear,
    Logistic as Logistic,
    OptimalDiscriminator as OptimalDiscriminator,
    Quadratic as Quadratic,
    RadialBasis as RadialBasis,
    Sigmoid as Sigmoid,
    Tabular as Tabular,
    TabularCritic as TabularCritic,
)
from .expectation import (
    closed_form as closed_form,
    expectation as expectation,
    expectation_error as expectation_error,
    quadrature as quadrature,
    register_closed_form as register_closed_form,
)
from .game import field as field, Game as Game
from .generators import (
    Affine as Affine,
    Categorical as Categorical,
    MixtureOfShifts as MixtureOfShifts,
    Polynomial as Polynomial,
    Power as Power,
    Scale as Scale,
    Shift as Shift,
    Square as Square,
)
from .landscape import surface as surface
from .laws import (
    Exponential as Exponential,
    Normal as Normal,
    PointMasses as PointMasses,
    Pushforward as Pushforward,
    pushforward as pushforward,
    Rayleigh as Rayleigh,
    ShiftedExponential as ShiftedExponential,
)
from .losses import (
    Hinge as Hinge,
    LeastSquares as LeastSquares,
    Minimax as Minimax,
    NonSaturating as NonSaturating,
    SquaredMinimax as SquaredMinimax,
    Wasserstein as Wasserstein,
)
from .outcome import Evidence as Evidence, Outcome as Outcome
from .parameters import parameter_names as parameter_names
from .regularizers import (
    Clip as Clip,
    GradientPenalty as GradientPenalty,
    InstanceNoise as InstanceNoise,
    R1 as R1,
    R2 as R2,
    SpectralNorm as SpectralNorm,
)
from .stochastic import (
    Band as Band,
    compare as compare,
    Comparison as Comparison,
    Ensemble as Ensemble,
    load as load,
    predict as predict,
    simulate as simulate,
    simulate_summary as simulate_summary,
    Summary as Summary,
)
from .trajectory import Path as Path, trajectory as trajectory
from .updates import Simultaneous as Simultaneous

__version__ = importlib.metadata.version("lsgan_analytic")
