r"""Averages over the segments between the points of two laws on the line.

With u = e x + (1 - e) y, e uniform on (0, 1), and F a primitive of f,

    E_e[f(u)] = (F(x) - F(y))/(x - y),                                                              (1)

so E[f(u)] is a double sum over the nodes of both laws, and f itself is needed on one mesh only, from which F
is summed. Between points that nearly coincide (1) cancels; there the trapezoidal rule with its first
correction takes over,

    E_e[f(u)] = (f(x) + f(y))/2 - (x - y)(f'(x) - f'(y))/12 + O((x - y)^4).                         (2)
"""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array, lax

from .._quadrature import composite
from .._types import Scalar, Values, Vector
from ..discriminators._crossings import crossings
from ..expectation import apart
from ..laws.base import AbstractLaw

_EVEN = 16  # panels of equal length, beside those of the discriminator
_PARTS = 4  # of a panel in the mesh
_MESH_NODES = 8
_KINKS = 4  # that are found, beside a quarter of the number of breakpoints
_GRADES = (-1 / 6, -1 / 48, 0.0, 1 / 48, 1 / 6)  # of a panel
_AT_ONCE = 2**18  # pairs held in memory
_MOST_PAIRS = 2**27
_CLOSE = 8.0  # (2) where |x - y| is below this many eps^(1/4) of a panel, where both are as good


class _Nodes(eqx.Module):
    """Points of one law, their weights, and what (1) and (2) need there."""

    point: Values
    weight: Values
    primitive: Values
    value: Values
    slope: Values
    close: Values
    piece: Array  # number of kinks below the point


def mean_on_segments(
    function: Callable[[Scalar], Scalar],
    bend: Callable[[Scalar], Scalar],
    data: AbstractLaw,
    generated: AbstractLaw,
    breakpoints: Vector,
    jumps: Vector,
) -> Scalar:
    """E[function(e x + (1 - e) y)], x ~ data, y ~ generated, e ~ U(0, 1) independent.

    ``function`` changes quickly at ``breakpoints``, has kinks where ``bend`` changes sign, and jumps at
    ``jumps``, which are none or all of the breakpoints. First and second derivatives are right, those in a
    moving kink or jump too.
    """
    breakpoints = lax.stop_gradient(breakpoints)
    first = [law.composite_nodes(breakpoints) for law in (data, generated)]
    points = lax.stop_gradient(jnp.concatenate([points for points, _ in first]))
    kinks = _sign_changes(bend, points, breakpoints)
    if jumps.size:  # a sign changes at a jump too
        kinks = jnp.concatenate([jumps.astype(kinks.dtype), apart(kinks, jumps)])
    others = breakpoints[
        : breakpoints.size - jumps.size
    ]  # an edge that stays at a jump that moves would hide it
    cuts = jnp.concatenate([others, _graded(kinks, points, breakpoints)])
    rules = [law.composite_nodes(cuts, differentiable=True) for law in (data, generated)]
    sizes = [weights.size for _, weights in rules]
    if sizes[0] * sizes[1] > _MOST_PAIRS:
        raise ValueError(
            "data, generated: the gradient penalty takes all pairs of points of both laws, at most "
            f"{_MOST_PAIRS}, got {sizes[0]} x {sizes[1]}; noise on laws other than normal ones is too much"
        )
    return _sum_over_pairs(*_tabulated(function, rules, breakpoints, kinks))


def _panels(points: Values, breakpoints: Vector) -> Vector:
    """Ends of the panels between the least and the greatest of ``points``."""
    low, high = jnp.min(points), jnp.max(points)
    inside = jnp.clip(jnp.where(jnp.isnan(breakpoints), low, breakpoints.astype(low.dtype)), low, high)
    even = low + (high - low) * jnp.arange(_EVEN + 1, dtype=low.dtype) / _EVEN
    return jnp.sort(jnp.concatenate([inside, even]))


def _graded(kinks: Vector, points: Values, breakpoints: Vector) -> Vector:
    """``kinks``, with ends of panels that close in on each: where x and y meet at one, (1) is not smooth."""
    edges = _panels(points, breakpoints)
    known = lax.stop_gradient(jnp.where(jnp.isnan(kinks), edges[0], kinks))
    panel = jnp.clip(jnp.searchsorted(edges, known, side="right") - 1, 0, edges.size - 2)
    off = jnp.asarray(_GRADES, edges.dtype)
    return (kinks[:, None] + jnp.diff(edges)[panel][:, None] * off[None]).ravel()


def _refined(edges: Vector, parts: int) -> Vector:
    inner = jnp.arange(parts, dtype=edges.dtype) / parts
    return (edges[:-1, None] + jnp.diff(edges)[:, None] * inner[None]).ravel()


def _sign_changes(bend: Callable[[Scalar], Scalar], points: Values, breakpoints: Vector) -> Vector:
    """Where ``bend`` changes sign, NaN for the rest; with first and second derivatives in its parameters."""
    grid = jnp.concatenate([points, _refined(_panels(points, breakpoints), 2 * _PARTS)])
    most = _KINKS + breakpoints.size // 4
    found = lax.stop_gradient(crossings(jax.vmap(bend), grid, (0.0,), most))
    at = jnp.where(jnp.isnan(found), 0, found)
    for _ in range(2):  # Newton's method from the root: nothing in value, a derivative more each time
        rise = lax.stop_gradient(jax.vmap(jax.grad(bend))(at))
        steep = jnp.isfinite(rise) & (rise != 0)
        change = jax.vmap(bend)(at) / jnp.where(steep, rise, 1)
        at = at - jnp.where(steep, change - lax.stop_gradient(change), 0)
    return jnp.where(jnp.isnan(found), jnp.nan, at)


def _tabulated(
    function: Callable[[Scalar], Scalar],
    rules: list[tuple[Values, Values]],
    breakpoints: Vector,
    kinks: Vector,
) -> tuple[_Nodes, _Nodes]:
    """Both laws' nodes with F, f and f' at them."""
    both = jnp.concatenate([points for points, _ in rules])
    still = lax.stop_gradient(both)
    edges = _panels(still, breakpoints)
    low, high = edges[0], edges[-1]
    moving = jnp.where((kinks > low) & (kinks < high), kinks, low)
    fine = _refined(edges, _PARTS)
    # a point at a kink would stay when the kink moves
    off = jnp.abs(fine[:, None] - lax.stop_gradient(moving)[None])
    fine = jnp.where((off < 1e-6 * (high - low)).any(axis=1), low, fine)
    centre = lax.stop_gradient(sum(0.5 * jnp.sum(points * weights) for points, weights in rules))
    mesh = jnp.concatenate([both, fine, moving, jnp.stack([high, centre])])
    primitive = _primitive(function, mesh)[: both.size]
    value, slope = jax.vmap(jax.value_and_grad(function))(both)
    panel = jnp.clip(jnp.searchsorted(edges, still, side="right") - 1, 0, edges.size - 2)
    close = _CLOSE * float(jnp.finfo(both.dtype).eps) ** 0.25 * jnp.diff(edges)[panel]
    piece = jnp.searchsorted(jnp.sort(lax.stop_gradient(moving)), still)
    tables = (both, jnp.concatenate([weights for _, weights in rules]), primitive, value, slope, close, piece)
    split = rules[0][0].size
    return _Nodes(*(table[:split] for table in tables)), _Nodes(*(table[split:] for table in tables))


def _primitive(function: Callable[[Scalar], Scalar], mesh: Values) -> Values:
    """F at every point of ``mesh``, 0 at the last: small, and so accurate, where most of the mass is."""
    order = jnp.argsort(lax.stop_gradient(mesh))
    points, weights = composite(mesh[order], _MESH_NODES)
    cells = jnp.sum((weights * jax.vmap(function)(points)).reshape(-1, _MESH_NODES), axis=1)
    origin = jnp.argmax(order == mesh.size - 1)
    above = jnp.arange(cells.size) >= origin
    none = jnp.zeros((1,), cells.dtype)
    up = jnp.concatenate([none, jnp.cumsum(jnp.where(above, cells, 0))])
    down = jnp.concatenate([jnp.cumsum(jnp.where(above, 0, cells)[::-1])[::-1], none])
    return jnp.zeros_like(mesh).at[order].set(up - down)


def _sum_over_pairs(first: _Nodes, second: _Nodes) -> Scalar:
    def row(one: _Nodes) -> Scalar:
        gap = one.point - second.point
        near = (jnp.abs(gap) <= jnp.minimum(one.close, second.close)) & (one.piece == second.piece)
        apart = (one.primitive - second.primitive) / jnp.where(near, 1, gap)
        close = 0.5 * (one.value + second.value) - gap * ((one.slope - second.slope) / 12)
        return one.weight * jnp.sum(second.weight * jnp.where(near, close, apart))

    count = second.point.size
    if first.point.size * count <= _AT_ONCE:
        return jnp.sum(jax.vmap(row)(first))
    return jnp.sum(lax.map(jax.checkpoint(row), first, batch_size=max(1, _AT_ONCE // count)))
