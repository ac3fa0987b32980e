"""The uniform law."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .._checks import finite, same_shape
from .._types import FloatLike, Numbers, Parameter, Scalar, Values
from .transformed import AbstractLocationScale, Standard

STANDARD = Standard(
    breakpoints=(0, 1),
    support=(0, 1),
    chart_density=jnp.ones_like,
    log_pdf=jnp.zeros_like,
    cdf=lambda s: s,
    quantile=lambda q: q,
    sample=jax.random.uniform,
)


class Uniform(AbstractLocationScale):
    """p(x) = 1/(high - low) on low <= x <= high (per unit x).

    Args:
        low, high: finite numbers, low < high; ValueError otherwise (RuntimeError where traced).

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Uniform(low=-1.0, high=3.0).cdf(0.0))
    0.25
    """

    low: Parameter
    high: Parameter

    def __init__(self, low: Numbers = 0.0, high: Numbers = 1.0):
        self.low, self.high = finite("low")(low), finite("high")(high)
        same_shape(low=self.low, high=self.high)
        wider = np.result_type(self.low.dtype, self.high.dtype)  # one may be float32
        message = "high: expected a number above low"
        wrong = (self.high.astype(wider) <= self.low.astype(wider)).any()
        if isinstance(wrong, Tracer):
            self.high = eqx.error_if(self.high, wrong, message)
        elif wrong:
            raise ValueError(f"{message} = {self.low}, got {self.high}")

    def standard(self) -> Standard:
        return STANDARD

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return self.low, self.high - self.low

    def log_pdf(self, x: FloatLike) -> Values:  # to the last bit of the ends
        inside = (x >= self.low) & (x <= self.high)
        return jnp.where(inside, -jnp.log(self.high - self.low), -jnp.inf)
