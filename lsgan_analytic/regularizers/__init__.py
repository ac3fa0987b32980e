"""Regularisers: what is done to a game so that it trains."""

from .base import AbstractRegularizer as AbstractRegularizer
from .clip import Clip as Clip
from .diversity import Diversity as Diversity
from .gradient import GradientPenalty as GradientPenalty, R1 as R1, R2 as R2
from .instance_noise import InstanceNoise as InstanceNoise
from .mode_coverage import ModeCoverage as ModeCoverage
from .spectral_norm import SpectralNorm as SpectralNorm
