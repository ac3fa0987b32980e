"""The gamma law."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammainc, gammaincc, gammaln

from .._checks import positive
from .._types import Scalar, Values, Vector
from ._bisection import bisect, with_slope
from .base import AbstractDensity, PANELS

_DEPTH = 74.0  # e^{-74} = 7e-33 of the mass is beyond either end
_DEEPEST = 150.0  # below, for large shapes: what is largest there may carry a small expectation
_UPPER = PANELS - 2  # panels above the two
_SMALLEST = 48.0  # t below the upper end where functions of x have become constant


class Gamma(AbstractDensity):
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

    shape: Scalar = eqx.field(converter=positive("shape"))
    rate: Scalar = eqx.field(default=1.0, converter=positive("rate"))

    @property
    def is_nonnegative(self) -> bool:
        return True

    def sample(self, key: Array, n: int) -> Values:
        # through the logarithm: draws of a small shape underflow otherwise
        return jnp.exp(jax.random.loggamma(key, self.shape, (n,), self.rate.dtype)) / self.rate

    def edges(self) -> Vector:
        """The window, from bounds on shape (u - e^u + 1) = -depth with u = t - log shape.

        Far below the peak a function of x is a constant and only e^{shape t} varies, slowly where the shape
        is small: two long panels. Above, as many as other laws have, shorter upward: e^{-e^t} is steep.
        """
        above, below = (depth / self.shape for depth in self._depths())
        peak = jnp.log(self.shape)
        low = peak - below - jnp.minimum(jnp.sqrt(2 * below), 1)
        high = peak + jnp.log1p(above + jnp.sqrt(2 * above))
        start = jnp.maximum(low + 0.2 * (high - low), high - _SMALLEST)
        down = (jnp.arange(_UPPER, -1, -1, dtype=self.shape.dtype) / _UPPER) ** 1.5
        return jnp.concatenate([jnp.stack([low, 0.5 * (low + start)]), high - (high - start) * down])

    def _depths(self) -> tuple[Scalar, Scalar]:
        above = jnp.full_like(self.shape, _DEPTH)
        return above, jnp.clip(_DEPTH * jnp.sqrt(self.shape), _DEPTH, _DEEPEST)

    def landmarks(self) -> Vector:
        return jnp.concatenate([jnp.zeros_like(self.rate)[None], super().landmarks()])

    def point(self, t: Values) -> Values:
        return jnp.exp(t) / self.rate

    def mass(self, t: Values) -> Values:
        u = t - jnp.log(self.shape)
        height = self.shape * jnp.log(self.shape) - self.shape - gammaln(self.shape)
        return jnp.exp(self.shape * (u - jnp.expm1(u)) + height)

    def coordinate(self, x: Values) -> Values:
        return jnp.log(self.rate * x)

    def cdf(self, x: Values) -> Values:
        return gammainc(self.shape, self.rate * jnp.maximum(jnp.asarray(x), 0))

    def quantile(self, q: Values) -> Values:
        """By bisection in t of the smaller of the two tails."""
        q = jnp.asarray(q)

        def below(t):
            s = jnp.exp(t)
            return jnp.where(q < 0.5, gammainc(self.shape, s) < q, gammaincc(self.shape, s) > 1 - q)

        ends = self.edges()
        x = self.point(bisect(below, *(jnp.broadcast_to(end, q.shape) for end in (ends[0], ends[-1]))))
        return jnp.where(q > 0, jnp.where(q < 1, with_slope(self, x, q), jnp.inf), 0)

    def log_pdf(self, x: Values) -> Values:
        return jax.scipy.stats.gamma.logpdf(jnp.asarray(x), self.shape, scale=1 / self.rate)
