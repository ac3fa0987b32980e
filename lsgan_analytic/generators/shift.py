"""The shift."""

import equinox as eqx

from .._checks import finite
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractLineGenerator


class Shift(AbstractLineGenerator):
    """G(z) = z + shift. On the point mass at 0 it is the generator of the Dirac-GAN.

    Args:
        shift: a finite number; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Shift(shift=-2.0)(0.5))
    -1.5
    """

    shift: Parameter = eqx.field(converter=finite("shift"))

    def __call__(self, z: FloatLike) -> Values:
        return self.shift + z

    def preimages(self, x: Vector) -> Vector:
        return x - self.shift
