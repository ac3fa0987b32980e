"""The beta law."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, xlog1py, xlogy

from .._checks import between
from .._types import Parameter, Scalar, Values, Vector
from .gamma import log_breakpoints
from .transformed import AbstractLocationScale, Standard

_DEPTH, _MOST = 74.0, 42.0  # e^{-74} = 7e-33 and e^{-42} = 6e-19 of the mass is beyond either end
_RANGE = 1e-8, 1e12  # of the shapes, between which nothing overflows
_SPAN = 48.0  # t beyond which functions of x have become constant
_LARGE = 16.0  # from here on the series of log Gamma
_STEEP = 30.0  # beyond, e^w - 1 is e^w


def _below_stirling(k: Scalar) -> Scalar:
    """log Gamma(k) - ((k - 1/2) log k - k + log(2 pi)/2)."""
    few, many = jnp.minimum(k, _LARGE), 1 / jnp.maximum(k, _LARGE)
    y = many * many
    series = many * (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188))))
    exact = gammaln(few) - (few - 0.5) * jnp.log(few) + few - float(0.5 * np.log(2 * np.pi))
    return jnp.where(k > _LARGE, series, exact)


class Beta(AbstractLocationScale):
    """p(x) = x^{alpha - 1} (1 - x)^{beta - 1} / B(alpha, beta) on 0 < x < 1 (per unit x).

    Its chart is t = log(x/(1 - x)), in which the density is analytic for all shapes. Where a shape is below 1
    the density is infinite at that end, and where it is below .11 at 0, or 1 at 1 (float64), points round to
    the end: right for expectations, not for the density at these points.

    Args:
        alpha, beta: the shapes at 0 and at 1 (dimensionless), from 1e-8 to 1e12; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Beta(alpha=2.0, beta=1.0)  # 2 x
    >>> round(float(law.pdf(0.3)), 12), round(float(law.cdf(0.3)), 12)
    (0.6, 0.09)
    """

    alpha: Parameter = eqx.field(converter=between("alpha", *_RANGE))
    beta: Parameter = eqx.field(converter=between("beta", *_RANGE))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return jnp.zeros_like(self.alpha), jnp.ones_like(self.alpha)

    def standard(self) -> Standard:
        a, b = self.alpha, self.beta
        small, large = jnp.minimum(a, b), jnp.maximum(a, b)
        part = jnp.log1p(small / large)
        constant = large * part + small * (part + jnp.log(large) - jnp.log(small))  # n times the entropy of m
        return Standard(
            breakpoints=self._panels(_DEPTH, 6),
            effective_support=self._panels(_MOST, 3),
            support=(0, 1),
            singularities=(0.0, 1.0),
            from_chart=jax.nn.sigmoid,
            to_chart=lambda s: jnp.log(s) - jnp.log1p(-s),
            chart_density=self._chart_density,
            log_pdf=lambda s: self._log_height() + constant + xlogy(a - 1, s) + xlog1py(b - 1, -s),
            sample=lambda key, shape, dtype: jax.random.beta(key, a, b, shape, dtype),
        )

    def _log_height(self) -> Scalar:
        """log of the largest dP/dt, m^alpha (1 - m)^beta / B(alpha, beta), m = alpha/n, n = alpha + beta."""
        a, b = self.alpha, self.beta
        leading = 0.5 * (jnp.log(a) + jnp.log(b) - jnp.log(a + b)) - float(0.5 * np.log(2 * np.pi))
        return leading + _below_stirling(a + b) - _below_stirling(a) - _below_stirling(b)

    def _chart_density(self, t: Values) -> Values:
        """e^{height - n KL(m || x)}, without differences of large numbers."""
        a, b = self.alpha, self.beta
        n, q = a + b, jnp.where(a < b, a, b) / (a + b)
        w = jnp.where(a < b, 1, -1) * (t - jnp.log(a) + jnp.log(b))
        near, far = jnp.minimum(w, _STEEP), jnp.maximum(w, _STEEP)
        steep = far + jnp.log(q + (1 - q) * jnp.exp(-far))
        distance = jnp.where(w < _STEEP, jnp.log1p(q * jnp.expm1(near)), steep) - q * w
        return jnp.exp(self._log_height() - n * distance)

    def _panels(self, depth: float, count: int) -> Vector:
        """``count`` and two long ones at each side of the mode; KL(m || m e^{-v}) >= m (v - 1 + e^{-v})."""
        peak = jnp.log(self.alpha) - jnp.log(self.beta)

        def side(shape: Scalar, share: Scalar, peak: Scalar) -> Vector:
            v = depth / shape + jnp.minimum(jnp.sqrt(2 * depth / shape), 1)
            low = jnp.log(share) - v - jnp.log1p(-share * jnp.exp(-v))
            return log_breakpoints(low, peak, jnp.full_like(low, _SPAN), count)

        n = self.alpha + self.beta
        left = side(self.alpha, self.alpha / n, peak)
        right = -side(self.beta, self.beta / n, -peak)[::-1]
        return jnp.concatenate([left, right[1:]])
