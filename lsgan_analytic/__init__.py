"""Dynamics of low-dimensional GANs, exactly."""

import importlib.metadata

from . import closed_forms as closed_forms, special as special
from ._types import Players as Players
from .derivatives import (
    gradient as gradient,
    hessian as hessian,
    jacobian as jacobian,
    log_gradient as log_gradient,
)
from .discriminators import Erf as Erf
from .expectation import (
    closed_form as closed_form,
    expectation as expectation,
    quadrature as quadrature,
    register_closed_form as register_closed_form,
)
from .game import field as field, Game as Game
from .generators import Square as Square
from .landscape import surface as surface
from .laws import (
    Exponential as Exponential,
    PointMasses as PointMasses,
    Pushforward as Pushforward,
    pushforward as pushforward,
    Rayleigh as Rayleigh,
    ShiftedExponential as ShiftedExponential,
)
from .losses import SquaredMinimax as SquaredMinimax
from .outcome import Evidence as Evidence, Outcome as Outcome
from .parameters import parameter_names as parameter_names
from .stochastic import (
    Band as Band,
    compare as compare,
    Comparison as Comparison,
    Ensemble as Ensemble,
    load as load,
    predict as predict,
    simulate as simulate,
    simulate_summary as simulate_summary,
    Summary as Summary,
)
from .trajectory import Path as Path, trajectory as trajectory
from .updates import Simultaneous as Simultaneous

__version__ = importlib.metadata.version("lsgan_analytic")
