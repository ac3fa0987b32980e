"""Probability laws on the line: what the data and the latent variable are drawn from."""

from .base import AbstractDensity as AbstractDensity, AbstractLaw as AbstractLaw
from .discrete import PointMasses as PointMasses
from .exponential import Exponential as Exponential, ShiftedExponential as ShiftedExponential
from .gamma import Gamma as Gamma
from .laplace import Laplace as Laplace
from .mixture import Mixture as Mixture
from .noisy import Noisy as Noisy, noisy as noisy
from .normal import Normal as Normal
from .pushforward import Pushforward as Pushforward, pushforward as pushforward
from .rayleigh import Rayleigh as Rayleigh
from .uniform import Uniform as Uniform
