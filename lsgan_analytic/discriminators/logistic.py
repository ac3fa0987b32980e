"""The logistic discriminator in the form of the quasi-analytical GAN papers."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite, positive, same_shape
from .._logistic import TRANSITION_POINTS
from .._types import Flag, FloatLike, Parameter, Scalar, Values, Vector
from .base import AbstractProbability


class Logistic(AbstractProbability):
    """D(x) = 1/(1 + a e^{-b x}), with the logit b x - log a; a = 1 is ``Sigmoid`` without offset.

    The discriminator of the sequel of Pulford & Kondrashov (2021), "Quasi-Analytical Least-Squares Generative
    Adversarial Networks". D is a probability for a > 0 only: a run whose a falls to 0 or below is stopped
    there and recorded (``Outcome.left_domain``), where D is NaN.

    Args:
        a: odds of "generated" at x = 0 (dimensionless), a finite number > 0; ValueError otherwise.
        b: slope (per unit x), a finite number; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Logistic(a=3.0, b=1.0)(0.0))
    0.25
    """

    a: Parameter = eqx.field(converter=positive("a"))
    b: Parameter = eqx.field(converter=finite("b"))

    def __check_init__(self):
        same_shape(a=self.a, b=self.b)

    def _log_a(self) -> Scalar:
        inside = self.a > 0  # asked twice: derivatives outside stay finite
        return jnp.where(inside, jnp.log(jnp.where(inside, self.a, 1)), jnp.nan)

    def logit(self, x: FloatLike) -> Values:
        return self.b * x - self._log_a()

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Vector:
        return (jnp.asarray(TRANSITION_POINTS, self.a.dtype) + self._log_a()) / self.b

    def crossings(self, level: float) -> Vector:
        return ((level + self._log_a()) / self.b)[None]

    def in_domain(self) -> Flag:
        return jnp.all(self.a > 0)
