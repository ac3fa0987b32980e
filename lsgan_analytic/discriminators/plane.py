"""The linear critic on the plane."""

import equinox as eqx
from jax import Array

from .._checks import finite
from .._plane import dot, lines, unit
from .._types import Numbers, Scalar, Values, Vector
from .base import AbstractCritic
from .half_plane import check_normal, planar


class Plane(AbstractCritic):
    """D(x) = w . x + b for x in the plane, a critic: its score is its value. ``Linear`` on the line.

    Args:
        w: (2,), slope (per unit x); b: offset; finite numbers, ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Plane(w=[2.0, -1.0], b=1.0)([3.0, 4.0]))
    3.0
    """

    w: Vector = eqx.field(converter=finite("w"))
    b: Scalar = eqx.field(default=0.0, converter=finite("b"))

    def __check_init__(self):
        check_normal("w", self.w, self.b)

    def __call__(self, x: Numbers) -> Values:
        return dot(self.w, planar(x, "Plane")) + self.b

    def crossings(self, level: float) -> Array:
        return lines(self.w, (level - self.b)[None])

    def normalized(self) -> "Plane":
        return eqx.tree_at(lambda disc: disc.w, self, unit(self.w)[0])
