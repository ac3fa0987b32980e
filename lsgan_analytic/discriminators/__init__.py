"""Discriminators: what is said of a point, real (1) or generated (0)."""

from .base import AbstractDiscriminator as AbstractDiscriminator, AbstractProbability as AbstractProbability
from .erf import Erf as Erf
from .half_plane import HalfPlane as HalfPlane
from .linear import Linear as Linear
from .plane import Plane as Plane
from .sigmoid import Sigmoid as Sigmoid
