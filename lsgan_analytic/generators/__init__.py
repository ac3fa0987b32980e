"""Generators: maps from the latent variable to the data space."""

from .affine import Affine as Affine, Scale as Scale
from .affine_map import AffineMap as AffineMap
from .base import (
    AbstractGenerator as AbstractGenerator,
    AbstractLineGenerator as AbstractLineGenerator,
    AbstractPlaneGenerator as AbstractPlaneGenerator,
)
from .categorical import Categorical as Categorical
from .curve import Curve as Curve
from .mixture_of_shifts import MixtureOfShifts as MixtureOfShifts
from .neural import NeuralGenerator as NeuralGenerator
from .polynomial import Polynomial as Polynomial
from .power import Power as Power
from .shift import Shift as Shift
from .square import Square as Square
