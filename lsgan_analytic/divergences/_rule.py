"""Expectations of functions of l(x) = log p(x) - log q(x), by the rules of the laws.

On the line panels end where either density jumps or bends and where l crosses 0; on the plane the plain
product rule of the law is taken. Never p/(p + q): both densities may underflow.
"""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import jax
import jax.numpy as jnp

from .._logistic import TRANSITION_POINTS
from .._types import Breakpoints, Flag, FloatLike, Scalar, Values, Vector
from ..laws._bisection import bisect
from ..laws.base import AbstractLaw

_CROSSINGS = 8  # at most so many points with p = q get panels of their own
_GRADING = 6.0  # neighbouring panels at a singularity: 20 nodes integrate x^r to rounding on (x, 6 x)
_GRADES = {64: 13, 32: 6}  # so many panels on either side, by the bits of the dtype


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def of_laws(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorator: ValueError where ``p`` or ``q`` is no law."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        given = signature.bind(*args, **kwargs).arguments
        for name in ("p", "q"):
            if not isinstance(given[name], AbstractLaw):
                raise ValueError(f"{name}: expected a law, e.g. lsgan.Normal(), got {given[name]!r}")
        return function(*args, **kwargs)

    return checked


def dimension(p: AbstractLaw, q: AbstractLaw) -> int:
    """1 or 2: of the space both laws live on; ValueError if they differ."""
    if p.dim != q.dim:
        names = ["plane" if law.dim == 2 else "line" for law in (p, q)]
        raise ValueError(
            f"p, q: expected laws on one space, got {type(p).__name__} on the {names[0]} and "
            f"{type(q).__name__} on the {names[1]}"
        )
    return p.dim


def log_ratio(p: AbstractLaw, q: AbstractLaw, x: FloatLike) -> Values:
    """log p(x) - log q(x), 0 where neither has a density.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.divergences.log_ratio(lsgan.Uniform(0.0, 1.0), lsgan.Uniform(0.0, 2.0), 1.5))
    -inf
    """
    one, other = p.log_pdf(jnp.asarray(x)), q.log_pdf(jnp.asarray(x))
    nowhere = (one == -jnp.inf) & (other == -jnp.inf)
    return jnp.where(nowhere, 0, jnp.where(nowhere, 0, one) - jnp.where(nowhere, 0, other))


def _crossings(p: AbstractLaw, q: AbstractLaw, marks: Vector) -> tuple[Vector, Vector, Vector]:
    """Where l crosses 0, to what precision, and 1/l' there (0 where there is none)."""
    x = jnp.sort(jnp.concatenate([law.composite_nodes(marks)[0] for law in (p, q)]))
    side = jnp.sign(log_ratio(p, q, x))
    (index,) = jnp.nonzero(side[1:] != side[:-1], size=_CROSSINGS, fill_value=x.shape[0] - 2)
    rising = side[index + 1]
    roots = bisect(lambda x: log_ratio(p, q, x) * rising < 0, x[index], x[index + 1])
    slope = jax.vmap(jax.grad(lambda x: log_ratio(p, q, x)))(roots)
    reach = jnp.where(jnp.isfinite(slope) & (slope != 0), 1 / slope, 0)
    blur = 64 * jnp.finfo(x.dtype).eps * (jnp.abs(roots) + x[index + 1] - x[index])
    return roots, blur, reach


def marks_of(*laws: AbstractLaw) -> Vector:
    """The singularities of the laws."""
    parts = [law.singularities() for law in laws]
    return jnp.concatenate([part for part in parts if part.size] or parts[:1])


def breakpoints_of(p: AbstractLaw, q: AbstractLaw) -> Breakpoints:
    """Where the panels end; the singularities move with the parameters, as what jumps there does."""
    if dimension(p, q) == 2:
        return jnp.zeros((0, 3))
    marks = marks_of(p, q)
    roots, blur, reach = jax.lax.stop_gradient(_crossings(*jax.lax.stop_gradient((p, q, marks))))
    marks = marks.astype(roots.dtype)
    # a crossing that is a jump is its singularity: an edge beside it that stays would cut off the step
    nearest = marks[jnp.argmin(jnp.abs(jax.lax.stop_gradient(marks)[None] - roots[:, None]), axis=1)]
    roots = jnp.where(jnp.abs(nearest - roots) < blur, nearest, roots)
    around = roots[:, None] + reach[:, None] * jnp.asarray(TRANSITION_POINTS, roots.dtype)[None]
    return jnp.concatenate([marks, around.ravel(), _graded(marks)])


def _graded(marks: Vector) -> Vector:
    """Points ever nearer to each singularity: another law may integrate a power of the distance to it."""
    count = _GRADES[jnp.finfo(marks.dtype).bits]
    still = jax.lax.stop_gradient(marks)
    reach = jnp.max(still) - jnp.min(still)
    off = reach * _GRADING ** -jnp.arange(1, count + 1, dtype=marks.dtype)
    return (still[:, None] + jnp.concatenate([-off, off])[None]).ravel()


def mean(p: AbstractLaw, breakpoints: Breakpoints, function: Callable[[Values], Values]) -> Scalar:
    """E_p[function(x)] with panels that end at ``breakpoints`` and move with them."""
    points, weights = p.composite_nodes(breakpoints, differentiable=True)
    values = function(points)
    return jnp.sum(jnp.where(weights > 0, weights * values, 0))


def above(
    p: AbstractLaw, q: AbstractLaw, breakpoints: Breakpoints, function: Callable[[Values], Values]
) -> Scalar:
    """E_p[function(l); l > 0]: of the part of the space where p has more. ``function`` sees l > 0 only."""

    def masked(x: Values) -> Values:
        l = log_ratio(p, q, x)
        more = l > 0
        return jnp.where(more, function(jnp.where(more, l, 1)), 0)

    return mean(p, breakpoints, masked)


def escapes(p: AbstractLaw, q: AbstractLaw) -> Flag:
    """Whether p has a density outside the support of q: on the line be it ever so small, just outside."""
    if dimension(p, q) == 2:
        x, weights = p.composite_nodes(jnp.zeros((0, 3)))
        return jnp.any((q.log_pdf(x) == -jnp.inf) & (p.log_pdf(x) > -jnp.inf) & (weights > 0))
    marks = marks_of(q)
    limits = jnp.finfo(marks.dtype)
    off = 4 * limits.eps * jnp.abs(marks) + limits.tiny**0.5  # the root: a rate times it must not underflow
    x = jnp.concatenate([marks - off, marks + off])
    return jnp.any((q.log_pdf(x) == -jnp.inf) & (p.log_pdf(x) > -jnp.inf))
