"""Laws on the line with a density: cdf, quantiles, samples and quadrature rules from one chart."""

import abc

import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer

from .._implicit import differentiable_roots
from .._plane import as_points
from .._quadrature import composite
from .._types import Breakpoints, Flag, Flags, FloatLike, Scalar, Values, Vector
from ._bisection import bisect, with_slope
from .base import AbstractLaw

DEFAULT_NODES = 256
PANELS, PER_PANEL = 10, 20
_NEAR = 1e-6  # of the range of t: panels shorter than this have nodes that are not resolved
_END, _FADED = 1 / 16, 1e-12  # how far from an end of its chart a law must have faded, and how much


def _even(edges: Vector) -> Vector:
    """``edges`` and points between them, at least PANELS panels; without the last edge."""
    share = -(-PANELS // (edges.shape[0] - 1))
    inner = jnp.arange(share, dtype=edges.dtype)[None] / share
    return (edges[:-1, None] + jnp.diff(edges)[:, None] * inner).ravel()


class AbstractDensity(AbstractLaw):
    """A law on the line with a density (per unit x), and with a chart that makes integrals easy.

    The chart is x = from_chart(t), monotone, and dP = chart_density(t) dt, for t between the first
    and the last of ``chart_breakpoints``; both are smooth in t between neighbouring ones, and what lies
    outside has no mass in floating point. All parameters of the law enter through ``from_chart`` and
    ``chart_density``, so that Gauss rules in t have derivatives in them.

    The chart is enough: cdf, quantiles, samples and quadrature rules come from it, and a law overrides what
    it knows a formula for.
    """

    @property
    def has_exact_cdf(self) -> bool:
        return True

    @property
    def dim(self) -> int:
        return 1

    @abc.abstractmethod
    def log_pdf(self, x: FloatLike) -> Values:
        """log of the density, -inf outside the support."""

    @abc.abstractmethod
    def chart_breakpoints(self) -> Vector:
        """Ends of the interval of t, and the kinks of the chart between them; increasing."""

    def effective_support(self) -> Vector:
        """The same for the part with all but 1e-18 of the mass: where a plain rule puts its nodes."""
        return self.chart_breakpoints()

    @abc.abstractmethod
    def from_chart(self, t: Values) -> Values:
        """x at t."""

    @abc.abstractmethod
    def chart_density(self, t: Values) -> Values:
        """dP/dt."""

    @abc.abstractmethod
    def to_chart(self, x: Values) -> Values:
        """t at x; anything, NaN too, where x is not in the support."""

    def falls(self) -> Flag | bool:
        """Whether x decreases with t."""
        ends = self.from_chart(jax.lax.stop_gradient(self.chart_breakpoints())[jnp.asarray([0, -1])])
        return ends[1] < ends[0]

    def cdf(self, x: FloatLike) -> Values:
        """The mass on one side of t(x), by the Gauss rule of the chart: right to rounding in either tail."""
        x, edges = jnp.asarray(x), jax.lax.stop_gradient(self.chart_breakpoints())
        middle = self.from_chart(0.5 * (edges[0] + edges[1]))
        inside = ~jnp.isnan(jax.lax.stop_gradient(self.to_chart(x)))
        before, after = self._tails(self.to_chart(jnp.where(inside, x, middle)))
        below, above = (jnp.where(self.falls(), *pair) for pair in ((after, before), (before, after)))
        values = jnp.where(below < 0.5, below, 1 - above)
        return jnp.where(jnp.isnan(x), x, jnp.where(inside, values, jnp.where(x > middle, 1.0, 0.0)))

    def quantile(self, q: FloatLike) -> Values:
        """By bisection in t of the smaller of the two tails; NaN outside [0, 1]."""
        q, edges = jnp.asarray(q), jax.lax.stop_gradient(self.chart_breakpoints())
        ends, falls = jnp.stack([edges[0], edges[-1]]), self.falls()

        def below(t: Values) -> Flags:
            before, after = self._tails(t)
            low, high = jnp.where(falls, after, before), jnp.where(falls, before, after)
            return jnp.where(q < 0.5, low < q, high > 1 - q)

        first, last = (jnp.broadcast_to(end, q.shape) for end in jnp.where(falls, ends[::-1], ends))
        x = with_slope(self, self.from_chart(bisect(below, first, last)), q)
        return jnp.where((q >= 0) & (q <= 1), x, jnp.nan)

    def sample(self, key: Array, n: int) -> Values:
        """Quantiles of uniform numbers."""
        return self.quantile(jax.random.uniform(key, (n,), self.chart_breakpoints().dtype))

    def _tails(self, t: Values) -> tuple[Values, Values]:
        """The masses before and after t."""
        chart = jax.lax.stop_gradient(self.chart_breakpoints())
        edges = jnp.append(_even(chart), chart[-1])

        def each(t: Scalar) -> tuple[Scalar, Scalar]:
            rules = (composite(cut(edges, t), PER_PANEL) for cut in (jnp.minimum, jnp.maximum))
            before, after = (jnp.sum(w * self.chart_density(points)) for points, w in rules)
            return before, after

        return jnp.vectorize(each)(jnp.clip(t, chart[0], chart[-1]))

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        edges = jax.lax.stop_gradient(self.effective_support())
        return self._rule(edges, max(2, (n or DEFAULT_NODES) // (edges.shape[0] - 1)))

    def singularities(self) -> Vector:
        return self.from_chart(jax.lax.stop_gradient(self.chart_breakpoints()))

    def corners(self) -> Vector:
        with jax.ensure_compile_time_eval():
            edges = self.chart_breakpoints()
            near = edges[jnp.asarray([0, -1])] * (1 - _END) + edges[jnp.asarray([1, -2])] * _END
            first, last = self.chart_density(near) > _FADED
        keep = slice(None)
        if not isinstance(first, Tracer):
            keep = slice(None if first else 1, None if last else -1)
        return self.from_chart(edges[keep])

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        """A composite rule with panels that end at ``breakpoints``, n (20) nodes on each.

        Right to rounding for an f that is smooth on the scale of the law away from the breaks, and on
        the scale of their distances between them.
        """
        chart = jax.lax.stop_gradient(self.chart_breakpoints())
        even = _even(chart)
        breakpoints = as_points(breakpoints).astype(chart.dtype)
        cuts = self._cuts(jax.lax.stop_gradient(breakpoints), chart)
        if differentiable:
            # an even edge at a moving one would stay, and with it the kink or jump
            near = max(_NEAR, 1e3 * float(jnp.finfo(chart.dtype).eps)) * (chart[-1] - chart[0])
            even = jnp.where((jnp.abs(even[:, None] - cuts[None]) < near).any(axis=1), chart[0], even)
            cuts = self._moving_cuts(breakpoints, cuts, chart)
        return self._rule(jnp.sort(jnp.concatenate([even, chart[-1:], cuts])), n or PER_PANEL)

    def _cuts(self, breakpoints: Breakpoints, chart: Vector) -> Vector:
        """``breakpoints`` as t, those outside at an end."""
        t = jax.lax.stop_gradient(self.to_chart(breakpoints))
        return jnp.clip(jnp.where(jnp.isnan(t), chart[0], t), chart[0], chart[-1])

    def _moving_cuts(self, breakpoints: Breakpoints, cuts: Vector, chart: Vector) -> Vector:
        """``cuts`` with derivatives in ``breakpoints`` and in the law, but for those at the ends."""
        middle = 0.5 * (chart[0] + chart[1])
        inside = (cuts > chart[0]) & (cuts < chart[-1])
        at = jnp.where(inside, breakpoints, jax.lax.stop_gradient(self.from_chart(middle)))
        cuts = jnp.where(inside, cuts, chart[0])
        moved = differentiable_roots(
            lambda t: self.from_chart(t) - at, jnp.where(inside, cuts, middle), middle
        )
        return jnp.where(inside, moved, cuts)

    def _rule(self, edges: Vector, n: int) -> tuple[Values, Values]:
        t, w = composite(edges, n)
        return self.from_chart(t), self.chart_density(t) * w
