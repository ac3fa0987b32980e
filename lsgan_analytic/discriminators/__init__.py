"""Discriminators: what is said of a point, real (1) or generated (0)."""

from .authors_optimal import AuthorsOptimalDiscriminator as AuthorsOptimalDiscriminator
from .base import (
    AbstractCritic as AbstractCritic,
    AbstractDiscriminator as AbstractDiscriminator,
    AbstractProbability as AbstractProbability,
)
from .erf import Erf as Erf
from .half_plane import HalfPlane as HalfPlane
from .interval import Interval as Interval
from .linear import Linear as Linear
from .logistic import Logistic as Logistic
from .neural import NeuralDiscriminator as NeuralDiscriminator
from .optimal import OptimalDiscriminator as OptimalDiscriminator
from .optimal_indicator import OptimalIndicator as OptimalIndicator
from .plane import Plane as Plane
from .plane_radial_basis import PlaneRadialBasis as PlaneRadialBasis
from .quadratic import Quadratic as Quadratic
from .radial_basis import RadialBasis as RadialBasis
from .sigmoid import Sigmoid as Sigmoid
from .tabular import Tabular as Tabular, TabularCritic as TabularCritic
