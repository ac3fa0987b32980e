"""The power law."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._checks import finite, label, same_shape
from .._types import Scalar, Values, Vector
from .base import AbstractGenerator


class Power(AbstractGenerator):
    """G(z) = scale z^exponent + shift for z >= 0; NaN for z < 0 unless the exponent is whole.

    exponent = 2 on a Rayleigh latent is the square law; on an exponential latent the image is a Weibull law.

    Args:
        scale: any sign; shift (units of x); finite numbers, ValueError otherwise.
        exponent: a Python number > 0, not a parameter; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Power(scale=2.0, shift=1.0, exponent=1.5)(4.0))
    17.0
    """

    scale: Scalar = eqx.field(converter=finite("scale"))
    shift: Scalar = eqx.field(converter=finite("shift"))
    exponent: float = eqx.field(static=True)

    def __init__(self, scale, shift, exponent: float):
        self.scale, self.shift = finite("scale")(scale), finite("shift")(shift)
        self.exponent = label(exponent, "exponent", float(np.finfo(np.float32).tiny))

    def __check_init__(self):
        same_shape(scale=self.scale, shift=self.shift)

    def __call__(self, z: Values) -> Values:
        return self.scale * jnp.asarray(z) ** self.exponent + self.shift

    def preimages(self, x: Vector) -> Vector:
        return ((x - self.shift) / self.scale) ** (1 / self.exponent)
