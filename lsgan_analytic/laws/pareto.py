"""The Pareto law."""

import dataclasses

import equinox as eqx
import jax.numpy as jnp

from .._checks import positive
from .._types import Parameter, Values
from .density import PANELS
from .exponential import STANDARD
from .transformed import AbstractTransformed, heavy_reach, Standard


class Pareto(AbstractTransformed):
    """p(x) = shape scale^shape / x^{shape + 1} on x >= scale (per unit x).

    shape log(x/scale) ~ Exp(1). E[x^p] is finite for p < shape: where an expectation is not,
    ``expectation_error`` is inf (and the value very large or inf).

    Args:
        shape (dimensionless), scale (unit of x): finite numbers > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Pareto(shape=3.0, scale=2.0).cdf(4.0))
    0.875
    """

    shape: Parameter = eqx.field(converter=positive("shape"))
    scale: Parameter = eqx.field(default=1.0, converter=positive("scale"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def standard(self) -> Standard:
        reach = heavy_reach(self.shape, windows=1.5)
        panels = jnp.arange(PANELS + 1, dtype=reach.dtype) / PANELS
        return dataclasses.replace(STANDARD, breakpoints=reach * panels**1.5)

    def forward(self, s: Values) -> Values:
        return self.scale * jnp.exp(s / self.shape)

    def inverse(self, x: Values) -> Values:
        return self.shape * jnp.log(x / self.scale)

    def log_slope(self, s: Values) -> Values:
        return jnp.log(self.scale / self.shape) + s / self.shape

    def falls(self) -> bool:
        return False
