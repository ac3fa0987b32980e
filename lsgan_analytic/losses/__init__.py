"""Losses: what each player wants of D on the data and on the generated points."""

from .base import AbstractLoss as AbstractLoss
from .squared_minimax import SquaredMinimax as SquaredMinimax
