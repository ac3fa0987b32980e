"""What happens near a point or a path: kinds of equilibria, stable steps, Lyapunov exponents and vectors."""

from .classify import Classification as Classification, classify as classify, Kind as Kind
from .covariant import covariant_vectors as covariant_vectors, CovariantVectors as CovariantVectors
from .lyapunov import lyapunov as lyapunov, Sensitivity as Sensitivity, Spectrum as Spectrum
from .stable_step import largest_stable_step as largest_stable_step
