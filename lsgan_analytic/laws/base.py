"""What every law offers, and what the laws with a density offer beside it."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer

from .._implicit import differentiable_roots
from .._plane import as_points
from .._quadrature import composite
from .._types import Flag, Scalar, Values, Vector
from ._bisection import bisect, with_slope

DEFAULT_NODES = 256
PANELS, PER_PANEL = 10, 20
_NEAR = 1e-6  # of the range of t: panels shorter than this have nodes that are not resolved
_END, _FADED = 1 / 16, 1e-12  # how far from an end of its chart a law must have faded, and how much


def _even(edges: Vector) -> Vector:
    """``edges`` and points between them, at least PANELS panels; without the last edge."""
    share = -(-PANELS // (edges.shape[0] - 1))
    inner = jnp.arange(share, dtype=edges.dtype)[None] / share
    return (edges[:-1, None] + jnp.diff(edges)[:, None] * inner).ravel()


class AbstractLaw(eqx.Module):
    """A law one can sample from and integrate against."""

    @property
    def is_sample(self) -> bool:
        """Whether the points of ``nodes`` are all there is of the law."""
        return False

    @property
    def has_exact_cdf(self) -> bool:
        """Whether ``cdf`` is right to rounding and has derivatives, so that jumps of D may be taken by it."""
        return False

    @property
    def is_nonnegative(self) -> bool:
        """Whether the law is known to have no mass below 0, whatever its parameters."""
        return False

    @property
    def dim(self) -> int:
        """1 for a law on the line, 2 for one on the plane."""
        return jax.eval_shape(lambda: self.nodes()[0]).ndim

    @abc.abstractmethod
    def sample(self, key: Array, n: int) -> Values:
        """n independent draws: shape (n,), in two dimensions (n, 2)."""

    @abc.abstractmethod
    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        """About n points and their weights with sum(weights * f(points)) = E[f] for smooth f.

        Deterministic. ``n=None`` takes the law's own default.
        """

    def nodes_between(
        self, breaks: Vector, n: int | None = None, moving: bool = False
    ) -> tuple[Values, Values]:
        """A rule for an f that changes quickly at ``breaks``; a law with one rule only has no better.

        With ``moving`` f may have kinks and jumps at ``breaks``. The panels then move with
        these, so that derivatives of the rule, of all orders, are those of the integral. Of a sample the
        mean is all there is; any other law with one rule only raises ValueError.
        """
        if moving and breaks.size and not self.is_sample:
            raise ValueError(
                f"law: {type(self).__name__} has one quadrature rule only, and phi(D(x)) has kinks or jumps; "
                "expected a law with nodes_between(breaks, n, moving)"
            )
        return self.nodes()

    def log_pdf(self, x: Values) -> Values:
        """log of the density, -inf outside the support; ValueError for a law without one."""
        raise ValueError(f"law: expected one with a density, got {type(self).__name__}")

    def pdf(self, x: Values) -> Values:
        """The density."""
        return jnp.exp(self.log_pdf(x))

    def landmarks(self) -> Vector:
        """Points of x where the density jumps or bends, and ends of where it has mass."""
        return jnp.zeros((0,))

    def corners(self) -> Vector:
        """Of ``landmarks`` those at which the density is not negligible: kinks of a cdf."""
        return self.landmarks()

    def widened(self, std: Scalar) -> "AbstractLaw | None":
        """The law of x + std e, e ~ N(0, I), where it is known in closed form; else None."""
        return None

    @abc.abstractmethod
    def cdf(self, x: Values) -> Values:
        """P(X <= x)."""

    @abc.abstractmethod
    def quantile(self, q: Values) -> Values:
        """The smallest x with P(X <= x) >= q, for 0 <= q <= 1."""


class AbstractDensity(AbstractLaw):
    """A law on the line with a density (per unit x), and with a chart that makes integrals easy.

    The chart is x = point(t), monotone, and dP = mass(t) dt, for t between the first
    and the last of ``edges``; both are smooth in t between neighbouring ones, and what lies
    outside has no mass in floating point. All parameters of the law enter through ``point`` and
    ``mass``, so that Gauss rules in t have derivatives in them.

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
    def log_pdf(self, x: Values) -> Values:
        """log of the density, -inf outside the support."""

    @abc.abstractmethod
    def edges(self) -> Vector:
        """Ends of the interval of t, and the kinks of the chart between them; increasing."""

    def bulk(self) -> Vector:
        """The same for the part with all but 1e-18 of the mass: where a plain rule puts its nodes."""
        return self.edges()

    @abc.abstractmethod
    def point(self, t: Values) -> Values:
        """x at t."""

    @abc.abstractmethod
    def mass(self, t: Values) -> Values:
        """dP/dt."""

    @abc.abstractmethod
    def coordinate(self, x: Values) -> Values:
        """t at x; anything, NaN too, where x is not in the support."""

    def falls(self) -> Flag:
        """Whether x decreases with t."""
        ends = self.point(jax.lax.stop_gradient(self.edges())[jnp.asarray([0, -1])])
        return ends[1] < ends[0]

    def cdf(self, x: Values) -> Values:
        """The mass on one side of t(x), by the Gauss rule of the chart: right to rounding in either tail."""
        x, edges = jnp.asarray(x), jax.lax.stop_gradient(self.edges())
        middle = self.point(0.5 * (edges[0] + edges[1]))
        inside = ~jnp.isnan(jax.lax.stop_gradient(self.coordinate(x)))
        before, after = self._tails(self.coordinate(jnp.where(inside, x, middle)))
        below, above = (jnp.where(self.falls(), *pair) for pair in ((after, before), (before, after)))
        values = jnp.where(below < 0.5, below, 1 - above)
        return jnp.where(jnp.isnan(x), x, jnp.where(inside, values, jnp.where(x > middle, 1.0, 0.0)))

    def quantile(self, q: Values) -> Values:
        """By bisection in t of the smaller of the two tails; NaN outside [0, 1]."""
        q, edges = jnp.asarray(q), jax.lax.stop_gradient(self.edges())
        ends, falls = jnp.stack([edges[0], edges[-1]]), self.falls()

        def below(t: Values) -> Values:
            before, after = self._tails(t)
            low, high = jnp.where(falls, after, before), jnp.where(falls, before, after)
            return jnp.where(q < 0.5, low < q, high > 1 - q)

        first, last = (jnp.broadcast_to(end, q.shape) for end in jnp.where(falls, ends[::-1], ends))
        x = with_slope(self, self.point(bisect(below, first, last)), q)
        return jnp.where((q >= 0) & (q <= 1), x, jnp.nan)

    def sample(self, key: Array, n: int) -> Values:
        """Quantiles of uniform numbers."""
        return self.quantile(jax.random.uniform(key, (n,), self.edges().dtype))

    def _tails(self, t: Values) -> tuple[Values, Values]:
        """The masses before and after t."""
        own = jax.lax.stop_gradient(self.edges())
        edges = jnp.append(_even(own), own[-1])

        def each(t: Scalar) -> tuple[Scalar, Scalar]:
            rules = (composite(cut(edges, t), PER_PANEL) for cut in (jnp.minimum, jnp.maximum))
            before, after = (jnp.sum(w * self.mass(points)) for points, w in rules)
            return before, after

        return jnp.vectorize(each)(jnp.clip(t, own[0], own[-1]))

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        edges = jax.lax.stop_gradient(self.bulk())
        return self._rule(edges, max(2, (n or DEFAULT_NODES) // (edges.shape[0] - 1)))

    def landmarks(self) -> Vector:
        return self.point(jax.lax.stop_gradient(self.edges()))

    def corners(self) -> Vector:
        with jax.ensure_compile_time_eval():
            edges = self.edges()
            near = edges[jnp.asarray([0, -1])] * (1 - _END) + edges[jnp.asarray([1, -2])] * _END
            first, last = self.mass(near) > _FADED
        keep = slice(None)
        if not isinstance(first, Tracer):
            keep = slice(None if first else 1, None if last else -1)
        return self.point(edges[keep])

    def nodes_between(
        self, breaks: Vector, n: int | None = None, moving: bool = False
    ) -> tuple[Values, Values]:
        """A composite rule with panels that end at ``breaks``, n (20) nodes on each.

        Right to rounding for an f that is smooth on the scale of the law away from the breaks, and on
        the scale of their distances between them.
        """
        own = jax.lax.stop_gradient(self.edges())
        even = _even(own)
        breaks = as_points(breaks).astype(own.dtype)
        cuts = self._cuts(jax.lax.stop_gradient(breaks), own)
        if moving:
            # an even edge at a moving one would stay, and with it the kink or jump
            near = max(_NEAR, 1e3 * float(jnp.finfo(own.dtype).eps)) * (own[-1] - own[0])
            even = jnp.where((jnp.abs(even[:, None] - cuts[None]) < near).any(axis=1), own[0], even)
            cuts = self._moving_cuts(breaks, cuts, own)
        return self._rule(jnp.sort(jnp.concatenate([even, own[-1:], cuts])), n or PER_PANEL)

    def _cuts(self, breaks: Vector, own: Vector) -> Vector:
        """``breaks`` as t, those outside at an end."""
        t = jax.lax.stop_gradient(self.coordinate(breaks))
        return jnp.clip(jnp.where(jnp.isnan(t), own[0], t), own[0], own[-1])

    def _moving_cuts(self, breaks: Vector, cuts: Vector, own: Vector) -> Vector:
        """``cuts`` with derivatives in ``breaks`` and in the law, but for those at the ends."""
        middle = 0.5 * (own[0] + own[1])
        inside = (cuts > own[0]) & (cuts < own[-1])
        at = jnp.where(inside, breaks, jax.lax.stop_gradient(self.point(middle)))
        cuts = jnp.where(inside, cuts, own[0])
        moved = differentiable_roots(lambda t: self.point(t) - at, jnp.where(inside, cuts, middle), middle)
        return jnp.where(inside, moved, cuts)

    def _rule(self, edges: Vector, n: int) -> tuple[Values, Values]:
        t, w = composite(edges, n)
        return self.point(t), self.mass(t) * w
