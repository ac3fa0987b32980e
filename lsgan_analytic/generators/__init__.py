"""Generators: maps from the latent variable to the data space."""

from .affine_map import AffineMap as AffineMap
from .base import AbstractGenerator as AbstractGenerator
from .curve import Curve as Curve
from .shift import Shift as Shift
from .square import Square as Square
