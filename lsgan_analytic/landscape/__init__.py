"""What lies around the paths: surfaces, stationary points, plateaus, basins, branches, chaos."""

from .asymptotes import asymptotes as asymptotes, Level as Level
from .basins import Basins as Basins, basins as basins
from .boundaries import boundaries as boundaries
from .certificate import (
    Certificate as Certificate,
    no_stationary_point as no_stationary_point,
    Verdict as Verdict,
)
from .classify import Classification as Classification, classify as classify, Kind as Kind
from .continuation import Bifurcation as Bifurcation, Branch as Branch, continue_branch as continue_branch
from .diagnosis import Cause as Cause, diagnose as diagnose, Diagnosis as Diagnosis
from .extremes import Extreme as Extreme, Extremes as Extremes, extremes as extremes
from .lyapunov import lyapunov as lyapunov, Sensitivity as Sensitivity, Spectrum as Spectrum
from .manifold import Manifold as Manifold
from .plateau import Plateaus as Plateaus, plateaus as plateaus
from .portrait import Portrait as Portrait, portrait as portrait
from .stable_step import largest_stable_step as largest_stable_step
from .stationary import stationary_points as stationary_points, StationaryPoints as StationaryPoints
from .surface import surface as surface
