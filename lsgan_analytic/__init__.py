"""Dynamics of low-dimensional GANs, exactly."""

import importlib
import importlib.metadata
from typing import Any, TYPE_CHECKING

from . import (
    closed_forms as closed_forms,
    discriminators as discriminators,
    divergences as divergences,
    losses as losses,
    modes as modes,
    plotting as plotting,
    solved as solved,
    special as special,
)
from ._error import expectation_error as expectation_error
from ._types import Players as Players
from .bifurcations import (
    Bifurcation as Bifurcation,
    Border as Border,
    Branch as Branch,
    continue_border as continue_border,
    continue_branch as continue_branch,
    critical_parameter as critical_parameter,
    Cycle as Cycle,
    cycle as cycle,
    normal_form as normal_form,
    NormalForm as NormalForm,
)
from .browser import explore as explore
from .derivatives import (
    gradient as gradient,
    hessian as hessian,
    jacobian as jacobian,
    log_gradient as log_gradient,
    step_jacobian as step_jacobian,
)
from .discriminators import (
    AbstractCritic as AbstractCritic,
    AbstractDiscriminator as AbstractDiscriminator,
    AbstractProbability as AbstractProbability,
    AuthorsOptimalDiscriminator as AuthorsOptimalDiscriminator,
    Erf as Erf,
    HalfPlane as HalfPlane,
    Interval as Interval,
    Linear as Linear,
    Logistic as Logistic,
    NeuralDiscriminator as NeuralDiscriminator,
    OptimalDiscriminator as OptimalDiscriminator,
    OptimalIndicator as OptimalIndicator,
    Plane as Plane,
    PlaneRadialBasis as PlaneRadialBasis,
    Quadratic as Quadratic,
    RadialBasis as RadialBasis,
    Sigmoid as Sigmoid,
    Tabular as Tabular,
    TabularCritic as TabularCritic,
)
from .drift import drift as drift
from .equilibria import (
    Certificate as Certificate,
    Manifold as Manifold,
    no_stationary_point as no_stationary_point,
    stationary_points as stationary_points,
    StationaryPoints as StationaryPoints,
    Verdict as Verdict,
)
from .expectation import (
    closed_form as closed_form,
    expectation as expectation,
    quadrature as quadrature,
    register_closed_form as register_closed_form,
)
from .flow import Flow as Flow, flow as flow, path_distance as path_distance
from .function_game import FunctionGame as FunctionGame
from .game import (
    AbstractGame as AbstractGame,
    field as field,
    Game as Game,
    PrecisionWarning as PrecisionWarning,
)
from .generators import (
    Affine as Affine,
    AffineMap as AffineMap,
    Categorical as Categorical,
    Curve as Curve,
    MixtureOfShifts as MixtureOfShifts,
    NeuralGenerator as NeuralGenerator,
    Polynomial as Polynomial,
    Power as Power,
    Scale as Scale,
    Shift as Shift,
    Square as Square,
)
from .landscape import (
    asymptotes as asymptotes,
    Attractors as Attractors,
    attractors as attractors,
    Basins as Basins,
    basins as basins,
    boundaries as boundaries,
    Cause as Cause,
    diagnose as diagnose,
    Diagnosis as Diagnosis,
    Extreme as Extreme,
    Extremes as Extremes,
    extremes as extremes,
    Level as Level,
    Plateaus as Plateaus,
    plateaus as plateaus,
    Portrait as Portrait,
    portrait as portrait,
    surface as surface,
)
from .laws import (
    Exponential as Exponential,
    Gamma as Gamma,
    grid as grid,
    Laplace as Laplace,
    Mixture as Mixture,
    MultivariateNormal as MultivariateNormal,
    Normal as Normal,
    Pareto as Pareto,
    PointMasses as PointMasses,
    Product as Product,
    Pushforward as Pushforward,
    pushforward as pushforward,
    Rayleigh as Rayleigh,
    ring as ring,
    ShiftedExponential as ShiftedExponential,
    StudentT as StudentT,
    Uniform as Uniform,
    Weibull as Weibull,
)
from .losses import (
    Hinge as Hinge,
    LeastSquares as LeastSquares,
    Minimax as Minimax,
    NonSaturating as NonSaturating,
    SquaredMinimax as SquaredMinimax,
    Wasserstein as Wasserstein,
)
from .networks import LeakyReLUNetwork as LeakyReLUNetwork, ReLUNetwork as ReLUNetwork
from .outcome import Evidence as Evidence, Outcome as Outcome
from .parameters import parameter_names as parameter_names
from .regularizers import (
    Clip as Clip,
    Diversity as Diversity,
    GradientPenalty as GradientPenalty,
    InstanceNoise as InstanceNoise,
    ModeCoverage as ModeCoverage,
    R1 as R1,
    R2 as R2,
    SpectralNorm as SpectralNorm,
)
from .stability import (
    Classification as Classification,
    classify as classify,
    covariant_vectors as covariant_vectors,
    CovariantVectors as CovariantVectors,
    Kind as Kind,
    largest_stable_step as largest_stable_step,
    lyapunov as lyapunov,
    Sensitivity as Sensitivity,
    Spectrum as Spectrum,
)
from .stochastic import (
    Band as Band,
    compare as compare,
    Comparison as Comparison,
    concat as concat,
    Ensemble as Ensemble,
    load as load,
    NodeCheck as NodeCheck,
    predict as predict,
    simulate as simulate,
    simulate_summary as simulate_summary,
    Summary as Summary,
)
from .trajectory import Path as Path, trajectory as trajectory
from .updates import (
    AbstractRule as AbstractRule,
    AdaptiveCompetitiveGradient as AdaptiveCompetitiveGradient,
    advance as advance,
    Alternating as Alternating,
    Averaged as Averaged,
    CompetitiveGradient as CompetitiveGradient,
    Consensus as Consensus,
    Extragradient as Extragradient,
    ExtraPerPlayer as ExtraPerPlayer,
    FollowRidge as FollowRidge,
    Lola as Lola,
    LookAhead as LookAhead,
    Optimistic as Optimistic,
    PastExtragradient as PastExtragradient,
    PerPlayer as PerPlayer,
    Preconditioned as Preconditioned,
    Proximal as Proximal,
    Simultaneous as Simultaneous,
    SymplecticAdjustment as SymplecticAdjustment,
    TaylorLola as TaylorLola,
    Unrolled as Unrolled,
    UnrolledPerPlayer as UnrolledPerPlayer,
)

if TYPE_CHECKING:
    from . import proofs as proofs

__version__ = importlib.metadata.version("lsgan_analytic")


def __getattr__(name: str) -> Any:
    """``lsgan.proofs``, which needs python-flint, is imported where it is asked for."""
    if name == "proofs":
        return importlib.import_module(".proofs", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
