"""Where a game is stationary: its points and curves, and evidence that a box has none."""

from .certificate import (
    Certificate as Certificate,
    no_stationary_point as no_stationary_point,
    Verdict as Verdict,
)
from .manifold import Manifold as Manifold
from .stationary import stationary_points as stationary_points, StationaryPoints as StationaryPoints
