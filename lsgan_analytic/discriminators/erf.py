"""The error-function discriminator."""

import equinox as eqx
from jax import lax

from .._checks import finite, same_shape
from .._types import Scalar, Values
from .base import AbstractDiscriminator


class Erf(AbstractDiscriminator):
    """D(x) = (1 + erf(a x + b))/2, a step of width 1/a at the threshold x = -b/a; any real a.

    Args:
        a: slope (per unit x), b: offset (dimensionless); finite numbers, ValueError otherwise
            (RuntimeError where traced). Integers take the default float dtype, float32 and float64 stay;
            TypeError for other dtypes.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Erf(a=2.2, b=-3.0)(3.0 / 2.2))
    0.5
    """

    a: Scalar = eqx.field(converter=finite("a"))
    b: Scalar = eqx.field(converter=finite("b"))

    def __check_init__(self):
        same_shape(a=self.a, b=self.b)

    def __call__(self, x: Values) -> Values:
        return 0.5 * lax.erfc(
            lax.optimization_barrier(-(self.a * x + self.b))
        )  # erfc keeps the digits of small D
