"""Losses: what each player wants of D on the data and on the generated points."""

from .base import (
    AbstractIntegrand as AbstractIntegrand,
    AbstractLoss as AbstractLoss,
    AbstractScoreIntegrand as AbstractScoreIntegrand,
    Scaled as Scaled,
)
from .critics import Hinge as Hinge, Wasserstein as Wasserstein
from .cross_entropy import Minimax as Minimax, NonSaturating as NonSaturating
from .least_squares import LeastSquares as LeastSquares
from .squared_minimax import SquaredMinimax as SquaredMinimax
