"""Generators: maps from the latent variable to the data space."""

from .base import AbstractGenerator as AbstractGenerator
from .square import Square as Square
