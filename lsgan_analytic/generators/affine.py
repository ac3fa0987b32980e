"""The affine map, and the pure scale."""

import equinox as eqx

from .._checks import finite, same_shape
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractLineGenerator


class Affine(AbstractLineGenerator):
    """G(z) = scale z + shift. Normal, exponential and shifted exponential laws stay of their kind under it.

    Args:
        scale: any sign; shift (units of x); finite numbers, ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Affine(scale=2.0, shift=-1.0)(3.0))
    5.0
    """

    scale: Parameter = eqx.field(converter=finite("scale"))
    shift: Parameter = eqx.field(converter=finite("shift"))

    def __check_init__(self):
        same_shape(scale=self.scale, shift=self.shift)

    def __call__(self, z: FloatLike) -> Values:
        return self.scale * z + self.shift

    def preimages(self, x: Vector) -> Vector:
        return (x - self.shift) / self.scale


class Scale(AbstractLineGenerator):
    """G(z) = scale z, the generator of Nagarajan & Kolter (2017).

    Args:
        scale: a finite number of any sign; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Scale(scale=-2.0)(1.5))
    -3.0
    """

    scale: Parameter = eqx.field(converter=finite("scale"))

    def __call__(self, z: FloatLike) -> Values:
        return self.scale * z

    def preimages(self, x: Vector) -> Vector:
        return x / self.scale
