"""Generators: maps from the latent variable to the data space."""

from .base import AbstractGenerator as AbstractGenerator
from .shift import Shift as Shift
from .square import Square as Square
