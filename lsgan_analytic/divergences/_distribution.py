"""Distribution functions of two laws on the line, side by side, and the panels on which they are smooth."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from .._quadrature import composite
from .._types import Scalar, Values, Vector
from ..laws._bisection import bisect
from ..laws.base import AbstractLaw
from ._rule import marks_of

_MOST = 2048  # nodes of one law that become edges; laws of many parts have more
PER_PANEL = 6  # the panels are those between the nodes of a rule: smooth functions are flat on them


def cdf_of(law: AbstractLaw) -> Callable[[Values], Values]:
    """The cdf; of a sample by one search for all x."""
    if not law.is_sample:
        return law.cdf
    points, weights = law.nodes()
    order = jnp.argsort(points)
    points = jax.lax.stop_gradient(points[order])
    below = jnp.concatenate([jnp.zeros((1,), weights.dtype), jnp.cumsum(weights[order])])
    return lambda x: below[jnp.searchsorted(points, jax.lax.stop_gradient(x), side="right")]


def _places(law: AbstractLaw) -> Vector:
    """The singularities and the nodes of a law, which are close where it is narrow."""
    marks = marks_of(law)
    points, _ = law.composite_nodes(marks)
    points = jnp.sort(points)[:: -(-points.size // _MOST)]
    return jax.lax.stop_gradient(jnp.concatenate([points, marks.astype(points.dtype)]))


def edges_of(p: AbstractLaw, q: AbstractLaw) -> Vector:
    """Points between which both cdfs are smooth, increasing; those of a sample move with it."""
    parts = []
    for law in (p, q):
        if law.is_sample:
            parts.append(law.nodes()[0])
        else:
            parts.append(_places(law))
    return jnp.sort(jnp.concatenate(parts))


def between(p: AbstractLaw, q: AbstractLaw, function: Callable[[Values], Values]) -> Scalar:
    """int function(F_p(x) - F_q(x)) dx for a function that is 0 at 0 and smooth on either side of it.

    Every panel is cut where the difference crosses 0 in it.
    """
    edges = edges_of(p, q)
    first, second = cdf_of(p), cdf_of(q)

    def difference(x: Values) -> Values:
        return first(x) - second(x)

    low, high = jax.lax.stop_gradient((edges[:-1], edges[1:]))
    sliver = 1e-9 * (high - low)  # the values inside the panel: a cdf may jump at its ends
    rising = difference(low + sliver) < difference(high - sliver)
    cuts = bisect(lambda x: (difference(x) < 0) == rising, low, high)
    halves = jnp.sort(jnp.concatenate([edges, cuts]))
    x, weights = composite(halves, PER_PANEL)
    return jnp.sum(weights * function(difference(x)))


def levels(p: AbstractLaw, q: AbstractLaw) -> tuple[Vector, Vector]:
    """A rule for u in (0, 1) and functions of both quantiles at u.

    Its panels lie between the levels of the nodes of both laws, and so are narrow at the ends.
    """
    parts = []
    for law in (p, q):
        if law.is_sample:
            points, weights = law.nodes()
            parts.append(jnp.cumsum(weights[jnp.argsort(points)]))
        else:
            parts.append(jax.lax.stop_gradient(law.cdf(_places(law))))
    every = jnp.concatenate(parts)
    ends = jnp.asarray([0, 1], every.dtype)
    return composite(jnp.sort(jnp.clip(jnp.concatenate([every, ends]), 0, 1)), PER_PANEL)


def quantile_of(law: AbstractLaw) -> Callable[[Vector], Vector]:
    """The quantile for u inside (0, 1), kept away from the ends by rounding."""
    if law.is_sample:
        points, weights = law.nodes()
        order = jnp.argsort(points)
        points, below = points[order], jax.lax.stop_gradient(jnp.cumsum(weights[order]))
        return lambda u: points[jnp.minimum(jnp.searchsorted(below, u), points.shape[0] - 1)]

    def inside(u: Vector) -> Vector:
        limits = jnp.finfo(u.dtype)
        return law.quantile(jnp.clip(u, float(limits.tiny), float(1 - limits.epsneg)))

    return inside


def root(square: Scalar) -> Scalar:
    """The square root, with derivative 0 at 0; 0 where rounding has left less than 0, NaN of NaN."""
    positive = square > 0
    return jnp.where(
        positive, jnp.sqrt(jnp.where(positive, square, 1)), jnp.where(jnp.isnan(square), square, 0)
    )
