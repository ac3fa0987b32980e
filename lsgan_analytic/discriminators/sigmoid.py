"""The logistic discriminator in its usual form."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite, same_shape
from .._logistic import TRANSITION_POINTS
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractProbability


class Sigmoid(AbstractProbability):
    """D(x) = 1/(1 + e^{-(w x + b)}), the logistic function of a linear logit.

    Args:
        w: slope (per unit x), b: offset (dimensionless); finite numbers, ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Sigmoid(w=2.0, b=-6.0)(3.0))
    0.5
    """

    w: Parameter = eqx.field(converter=finite("w"))
    b: Parameter = eqx.field(default=0.0, converter=finite("b"))

    def __check_init__(self):
        same_shape(w=self.w, b=self.b)

    def logit(self, x: FloatLike) -> Values:
        return self.w * x + self.b

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Vector:
        return (jnp.asarray(TRANSITION_POINTS, self.w.dtype) - self.b) / self.w

    def crossings(self, level: float) -> Vector:
        return ((level - self.b) / self.w)[None]
