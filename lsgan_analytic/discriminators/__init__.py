"""Discriminators: what is said of a point, real (1) or generated (0)."""

from .base import AbstractDiscriminator as AbstractDiscriminator, AbstractProbability as AbstractProbability
from .erf import Erf as Erf
from .linear import Linear as Linear
from .sigmoid import Sigmoid as Sigmoid
