"""The gamma law."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import gammainc, gammaln

from .._checks import positive
from .._types import Parameter, Scalar, Values, Vector
from .density import PANELS
from .transformed import AbstractRate, Standard

_DEPTH = 74.0  # e^{-74} = 7e-33 of the mass is beyond either end
_DEEPEST = 150.0  # below, for large shapes: what is largest there may carry a small expectation
_UPPER = PANELS - 2  # panels above the two
_SMALLEST = 48.0  # t below the upper end where functions of x have become constant


def log_breakpoints(low: Scalar, high: Scalar, span: Scalar, panels: int) -> Vector:
    """Panels of t = log s for a law whose density is a power of s far down, and then falls like e^{-e^t}.

    Farther than ``span`` below the end a function of x is a constant and only the power varies, slowly where
    it is small: two long panels. Above, ``panels``, shorter upward: e^{-e^t} is steep.
    """
    start = jnp.maximum(low + 0.2 * (high - low), high - span)
    down = (jnp.arange(panels, -1, -1, dtype=low.dtype) / panels) ** 1.5
    return jnp.concatenate([jnp.stack([low, 0.5 * (low + start)]), high - (high - start) * down])


def _window(shape: Scalar) -> Vector:
    """From bounds on shape (u - e^u + 1) = -depth with u = t - log shape."""
    above = jnp.full_like(shape, _DEPTH) / shape
    below = jnp.clip(_DEPTH * jnp.sqrt(shape), _DEPTH, _DEEPEST) / shape
    peak = jnp.log(shape)
    low = peak - below - jnp.minimum(jnp.sqrt(2 * below), 1)
    high = peak + jnp.log1p(above + jnp.sqrt(2 * above))
    return log_breakpoints(low, high, jnp.full_like(low, _SMALLEST), _UPPER)


class Gamma(AbstractRate):
    """p(x) = rate^shape x^{shape - 1} e^{-rate x} / Gamma(shape) on x > 0 (per unit x); mean shape/rate.

    Its chart is t = log(rate x), in which the density is analytic for every shape. Shapes below .11
    (float64; .9 in float32) have points that are 0 in floating point: right for expectations, not for
    the density at these points.

    Args:
        shape (dimensionless), rate (per unit x): finite numbers > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Gamma(shape=2.0, rate=0.5)  # x e^{-x/2}/4
    >>> round(float(law.pdf(2.0)), 6), round(float(law.cdf(law.quantile(0.3))), 12)
    (0.18394, 0.3)
    """

    shape: Parameter = eqx.field(converter=positive("shape"))
    rate: Parameter = eqx.field(default=1.0, converter=positive("rate"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def standard(self) -> Standard:
        k = self.shape
        height = k * jnp.log(k) - k - gammaln(k)

        def density(t: Values) -> Values:
            u = t - jnp.log(k)
            return jnp.exp(k * (u - jnp.expm1(u)) + height)

        return Standard(
            breakpoints=_window(k),
            support=(0, jnp.inf),
            singularities=(0.0,),
            from_chart=jnp.exp,
            to_chart=jnp.log,
            chart_density=density,
            log_pdf=lambda s: jax.scipy.stats.gamma.logpdf(s, k),
            cdf=lambda s: jnp.minimum(gammainc(k, s), 1),  # which rounding may exceed
            # through the logarithm: draws of a small shape underflow otherwise
            sample=lambda key, shape, dtype: jnp.exp(jax.random.loggamma(key, k, shape, dtype)),
        )
