"""The error-function discriminator."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax

from .._checks import finite, same_shape
from .._erfc_moments import erfcx_positive
from .._types import Flags, FloatLike, Parameter, Values, Vector
from .base import AbstractProbability

# in a x + b: erfc turns within 6; its logarithm goes on, ever more smoothly
TRANSITION_POINTS = (-60.0, -20.0, -6.0, -3.0, -1.5, 0.0, 1.5, 3.0, 6.0, 20.0, 60.0)


def _log_tails(u: FloatLike) -> tuple[Flags, Values, Values]:
    """Whether u > 0, and the logarithms of erfc(|u|)/2 <= 1/2 and of erfc(-|u|)/2, to rounding.

    One evaluation serves both (jax.scipy's log_ndtr keeps 10 digits only).
    """
    u = jnp.asarray(u)
    above = u > 0
    size = jnp.where(above, u, -u)  # not abs, whose slope at 0 is 0
    tail = jnp.log(0.5 * erfcx_positive(size)) - jnp.square(size)
    return above, tail, jnp.log1p(-jnp.exp(tail))


def log_half_erfc(u: FloatLike) -> Values:
    """log(erfc(u)/2), to rounding for all u."""
    above, tail, rest = _log_tails(u)
    return jnp.where(above, tail, rest)


def logit_half_erfc(u: FloatLike) -> Values:
    """The logit of erfc(-u)/2, log(erfc(-u)/erfc(u)), to rounding for all u; an odd function."""
    above, tail, rest = _log_tails(u)
    return jnp.where(above, rest - tail, tail - rest)


class Erf(AbstractProbability):
    """D(x) = (1 + erf(a x + b))/2, a step of width 1/a at the threshold x = -b/a; any real a.

    Args:
        a: slope (per unit x), b: offset (dimensionless); finite numbers, ValueError otherwise
            (RuntimeError where traced). Integers take the default float dtype, float32 and float64 stay;
            TypeError for other dtypes.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Erf(a=2.2, b=-3.0)(3.0 / 2.2))
    0.5
    """

    a: Parameter = eqx.field(converter=finite("a"))
    b: Parameter = eqx.field(converter=finite("b"))

    def __check_init__(self):
        same_shape(a=self.a, b=self.b)

    def __call__(self, x: FloatLike) -> Values:
        # barrier: all derivatives share one pass over the points; erfc keeps the digits of small D
        return 0.5 * lax.erfc(lax.optimization_barrier(-(self.a * x + self.b)))

    def logit(self, x: FloatLike) -> Values:
        """The logit of D, through logarithms: finite where D rounds to 0 or 1."""
        u = self.a * x + self.b
        return logit_half_erfc(u)

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Vector:
        return (jnp.asarray(TRANSITION_POINTS, self.a.dtype) - self.b) / self.a

    def crossings(self, level: float) -> Vector:
        u = jax.scipy.special.erfinv(jnp.tanh(jnp.asarray([level / 2], self.a.dtype)))
        return (u - self.b) / self.a
