"""What lies around the paths: surfaces, portraits, basins, plateaus, the extremes of J and its limits."""

from .asymptotes import asymptotes as asymptotes, Level as Level
from .attractors import Attractors as Attractors, attractors as attractors
from .basins import Basins as Basins, basins as basins
from .boundaries import boundaries as boundaries
from .diagnosis import Cause as Cause, diagnose as diagnose, Diagnosis as Diagnosis
from .extremes import Extreme as Extreme, Extremes as Extremes, extremes as extremes
from .plateau import Plateaus as Plateaus, plateaus as plateaus
from .portrait import Portrait as Portrait, portrait as portrait
from .surface import surface as surface
