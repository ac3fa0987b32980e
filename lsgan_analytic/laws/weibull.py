"""The Weibull law."""

import dataclasses

import equinox as eqx
import jax.numpy as jnp
from jax.scipy.special import xlogy

from .._checks import positive
from .._types import Parameter, Values
from .exponential import STANDARD
from .gamma import log_breakpoints
from .transformed import AbstractTransformed, Standard

_DEPTH = 74.0  # e^{-74} = 7e-33 of the mass is beyond either end


class Weibull(AbstractTransformed):
    """p(x) = (k/scale) (x/scale)^{k - 1} e^{-(x/scale)^k} on x > 0 (per unit x), k = shape.

    (x/scale)^k ~ Exp(1): of k = 1 the exponential law, of k = 2 the Rayleigh law. Its chart is
    t = log(x/scale), in which the density is analytic for every shape.

    Expectations are right to rounding for shapes from 0.05 on, of functions whose breakpoints are known.

    Args:
        shape (dimensionless), scale (unit of x): finite numbers > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Weibull(shape=0.5, scale=2.0).cdf(2.0))  # 1 - 1/e  # doctest: +ELLIPSIS
    0.632...
    """

    shape: Parameter = eqx.field(converter=positive("shape"))
    scale: Parameter = eqx.field(default=1.0, converter=positive("scale"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def standard(self) -> Standard:
        k, depth = self.shape, jnp.full_like(self.shape, _DEPTH)
        low, high, span = -depth / k, jnp.log(depth) / k, jnp.maximum(48, 12 / k)
        return dataclasses.replace(
            STANDARD,
            breakpoints=log_breakpoints(low, high, span, panels=16),
            effective_support=log_breakpoints(low, high, span, panels=8),
            singularities=(0.0,),
            from_chart=lambda t: jnp.exp(k * t),
            to_chart=lambda s: jnp.log(s) / k,
            chart_density=lambda t: k * jnp.exp(k * t - jnp.exp(k * t)),
        )

    def forward(self, s: Values) -> Values:
        return self.scale * s ** (1 / self.shape)

    def inverse(self, x: Values) -> Values:
        return (x / self.scale) ** self.shape

    def log_slope(self, s: Values) -> Values:
        return jnp.log(self.scale / self.shape) + xlogy(1 / self.shape - 1, s)

    def falls(self) -> bool:
        return False

    def from_chart(self, t: Values) -> Values:  # without the powers, which round
        return self.scale * jnp.exp(t)

    def to_chart(self, x: Values) -> Values:
        return jnp.log(x / self.scale)
