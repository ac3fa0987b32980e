"""Laws that are a known law seen through a map: of these a new one is written in some thirty lines."""

import abc
import dataclasses
from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import same_shape
from .._types import Flag, Flags, FloatLike, Parameter, Scalar, Values, Vector
from .density import AbstractDensity

_NEEDED = 74.0  # e^{-74} = 7e-33

Function = Callable[[Values], Values]


def _same(values: Values) -> Values:
    return values


@dataclasses.dataclass(frozen=True)
class Standard:
    """A law of s without location and scale, and a chart s = from_chart(t) in which it is smooth.

    Args:
        breakpoints: the first and last t of the chart, and the points between at which it is not smooth or a
            panel is to end; beyond them is no mass in floating point.
        log_pdf: log p(s), for s in the support; chart_density: dP/dt.
        from_chart, to_chart: s at t, increasing, and t at s; s = t by default.
        support: the ends of the support of p; singularities: points of s inside of it, or at its ends, that
            are not at a breakpoint.
        effective_support: as ``breakpoints``, for the part with all but 1e-18 of the mass.
        cdf, survival, quantile, upper_quantile: P(S <= s), P(S > s), and their inverses, where there are
            formulas; the rule of the chart otherwise. The upper two are for maps that decrease, and 1 - cdf,
            quantile(1 - q) where not given, without the digits of a small tail.
        sample: ``sample(key, shape, dtype)``; quantiles of uniform numbers otherwise.
    """

    breakpoints: Sequence[float] | Vector
    log_pdf: Function
    chart_density: Function
    from_chart: Function = _same
    to_chart: Function = _same
    support: tuple[float, float] = (-np.inf, np.inf)
    singularities: tuple[float, ...] = ()
    effective_support: Sequence[float] | Vector | None = None
    cdf: Function | None = None
    survival: Function | None = None
    quantile: Function | None = None
    upper_quantile: Function | None = None
    sample: Callable[[Array, tuple[int, ...], np.dtype], Array] | None = None


def heavy_reach(tail: Scalar, windows: float) -> Scalar:
    """How far in t a chart goes in which dP ~ e^{-t^2} dt and x ~ e^{t^2/tail}: P(X > x) ~ x^{-tail}.

    As far as moments up to the fourth need it where they are finite; but not so far that at ``windows`` times
    the reach P or 1/x underflows, for there one looks whether an integral converges. Where x must overflow
    with P still representable, it is to do so within the chart: moments are infinite there, and say so.
    """
    largest = 0.98 * float(np.log(float(jnp.finfo(tail.dtype).max)))
    most = largest / windows**2
    squared = _NEEDED / jnp.maximum(1 - 4 / tail, _NEEDED / most)
    overflows = most > 1.02 * largest * tail
    return jnp.sqrt(jnp.where(overflows, squared, jnp.minimum(squared, most * tail)))


class AbstractTransformed(AbstractDensity):
    """The law of x = forward(s), for an s of a standard law and a monotone map.

    p(x) = p_standard(s) / |dx/ds| at s = inverse(x). A law says what ``standard`` is (it may depend on the
    law's parameters), and the map by ``forward``, ``inverse`` (NaN or outside the support of s where x has
    no s) and ``log_slope``; everything else follows, derivatives in the parameters too.

    >>> import equinox as eqx, jax, jax.numpy as jnp
    >>> import lsgan_analytic as lsgan
    >>> from lsgan_analytic.laws.normal import STANDARD
    >>> class LogNormal(lsgan.laws.AbstractTransformed):
    ...     std: jax.Array
    ...     def standard(self):
    ...         return STANDARD
    ...     def forward(self, s):
    ...         return jnp.exp(self.std * s)
    ...     def inverse(self, x):
    ...         return jnp.log(x) / self.std
    ...     def log_slope(self, s):
    ...         return jnp.log(self.std) + self.std * s
    >>> law = LogNormal(jnp.asarray(0.5))
    >>> x, weights = law.nodes()
    >>> bool(abs(jnp.sum(weights * x) - jnp.exp(0.125)) < 1e-14), float(law.cdf(1.0))
    (True, 0.5)
    """

    def __check_init__(self):
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        same_shape(**{name: value for name, value in values.items() if eqx.is_inexact_array(value)})

    @abc.abstractmethod
    def standard(self) -> Standard:
        """The law of s."""

    @abc.abstractmethod
    def forward(self, s: Values) -> Values:
        """x at s: monotone."""

    @abc.abstractmethod
    def inverse(self, x: Values) -> Values:
        """s at x."""

    @abc.abstractmethod
    def log_slope(self, s: Values) -> Values:
        """log |dx/ds|, of the shape of s or a scalar."""

    @property
    def _dtype(self) -> np.dtype:
        return jax.tree.leaves(self)[-1].dtype

    def _array(self, values: Sequence[float] | Vector) -> Vector:
        return jnp.asarray(values, self._dtype)

    def chart_breakpoints(self) -> Vector:
        return self._array(self.standard().breakpoints)

    def effective_support(self) -> Vector:
        standard = self.standard()
        inner = standard.effective_support
        return self._array(standard.breakpoints if inner is None else inner)

    def from_chart(self, t: Values) -> Values:
        return self.forward(self.standard().from_chart(t))

    def chart_density(self, t: Values) -> Values:
        return self.standard().chart_density(t)

    def to_chart(self, x: Values) -> Values:
        return self.standard().to_chart(self.inverse(x))

    def singularities(self) -> Vector:
        """Those of the standard law; the largest floating-point number where x overflows."""
        marks = self.from_chart(jax.lax.stop_gradient(self.chart_breakpoints()))
        if inner := self.standard().singularities:
            marks = jnp.concatenate([self.forward(self._array(inner)), marks])
        most = float(jnp.finfo(marks.dtype).max)
        return jnp.clip(marks, -most, most)

    def _inverse(self, x: Values) -> tuple[Values, Flags]:
        """s at x, and whether x has one in the support; of those that have none s is that of another."""
        edges = jax.lax.stop_gradient(self.chart_breakpoints())
        low, high = self.standard().support
        s = jax.lax.stop_gradient(self.inverse(x))
        inside = (s >= low) & (s <= high)
        return self.inverse(jnp.where(inside, x, self.from_chart(0.5 * (edges[0] + edges[1])))), inside

    def log_pdf(self, x: FloatLike) -> Values:
        x = jnp.asarray(x)
        s, inside = self._inverse(x)
        logs = self.standard().log_pdf(s)
        nonzero = inside & (logs > -jnp.inf)
        logs = jnp.where(nonzero, logs, 0) - self.log_slope(jnp.where(nonzero, s, self._middle()))
        return jnp.where(nonzero, logs, jnp.where(jnp.isnan(x), x, -jnp.inf))

    def _middle(self) -> Scalar:
        edges = jax.lax.stop_gradient(self.chart_breakpoints())
        return self.standard().from_chart(0.5 * (edges[0] + edges[1]))

    def cdf(self, x: FloatLike) -> Values:
        standard, x = self.standard(), jnp.asarray(x)
        below = standard.cdf
        if below is None:
            return super().cdf(x)
        s, inside = self._inverse(x)
        above = standard.survival or (lambda s: 1 - below(s))
        values = self._either(lambda: below(s), lambda: above(s))
        outside = jnp.where(x > self.forward(self._middle()), 1.0, 0.0)
        return jnp.where(jnp.isnan(x), x, jnp.where(inside, values, outside))

    def quantile(self, q: FloatLike) -> Values:
        standard, q = self.standard(), jnp.asarray(q)
        lower = standard.quantile
        if lower is not None:
            upper = standard.upper_quantile or (lambda q: lower(1 - q))
            return self.forward(self._either(lambda: lower(q), lambda: upper(q)))
        ends = jax.lax.stop_gradient(self).forward(self._array(standard.support))
        first, last = self._either(lambda: ends, lambda: ends[::-1])
        return jnp.where(q == 0, first, jnp.where(q == 1, last, super().quantile(q)))

    def _either(self, rising: Callable[[], Values], falling: Callable[[], Values]) -> Values:
        """What the map's direction asks for; only one of the two where it is known beforehand."""
        falls = self.falls()
        return rising() if falls is False else jnp.where(falls, falling(), rising())

    def sample(self, key: Array, n: int) -> Values:
        draw = self.standard().sample
        if draw is None:
            return super().sample(key, n)
        return self.forward(draw(key, (n,), self._dtype))


class AbstractLocationScale(AbstractTransformed):
    """x = loc + scale s: a law says what its loc and its scale, > 0, are."""

    @abc.abstractmethod
    def location_scale(self) -> tuple[Scalar, Scalar]:
        """(loc, scale), scale > 0."""

    def falls(self) -> Flag | bool:
        return False

    def forward(self, s: Values) -> Values:
        loc, scale = self.location_scale()
        return loc + scale * s

    def inverse(self, x: Values) -> Values:
        loc, scale = self.location_scale()
        return (x - loc) / scale

    def log_slope(self, s: Values) -> Values:
        return jnp.log(self.location_scale()[1])


class AbstractRate(AbstractTransformed):
    """x = s/rate, rate > 0."""

    rate: eqx.AbstractVar[Parameter]

    def falls(self) -> Flag | bool:
        return False

    def forward(self, s: Values) -> Values:
        return s / self.rate

    def inverse(self, x: Values) -> Values:
        return x * self.rate

    def log_slope(self, s: Values) -> Values:
        return -jnp.log(self.rate)
