"""Probability laws on the line: what the data and the latent variable are drawn from."""

from .base import AbstractLaw as AbstractLaw
from .benchmarks import grid as grid, ring as ring
from .beta import Beta as Beta
from .density import AbstractDensity as AbstractDensity
from .discrete import PointMasses as PointMasses
from .exponential import Exponential as Exponential, ShiftedExponential as ShiftedExponential
from .gamma import Gamma as Gamma
from .laplace import Laplace as Laplace
from .mixture import Mixture as Mixture
from .multivariate_normal import MultivariateNormal as MultivariateNormal
from .noisy import Noisy as Noisy, noisy as noisy
from .normal import Normal as Normal
from .pareto import Pareto as Pareto
from .plane import AbstractPlaneLaw as AbstractPlaneLaw
from .product import Product as Product
from .pushforward import Pushforward as Pushforward, pushforward as pushforward
from .rayleigh import Rayleigh as Rayleigh
from .student_t import StudentT as StudentT
from .transformed import AbstractTransformed as AbstractTransformed, Standard as Standard
from .uniform import Uniform as Uniform
from .weibull import Weibull as Weibull
