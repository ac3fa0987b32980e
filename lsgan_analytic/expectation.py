"""E[phi(D(x))]: the one quantity every cost is made of, and the ways to take it.

1. in **closed form**, where one is registered for (law, discriminator, phi);
2. by the law's **composite Gauss rule**, everywhere else;
3. as a **weighted mean over a sample**: the rule of a law that *is* a sample (``PointMasses``).

Where phi(D(x)) has a kink or a jump at c(theta), derivatives of its expectation come from there too:

    d/dtheta int p f dx = int p df/dtheta dx + p(c) [f(c-) - f(c+)] c'(theta),                         (1)

and the same of the derivatives of f in the next order: max(0, s) has a second derivative nowhere but at its
kink. Panels of the rule end at all such points and move with them, so that the rule is the integral as a
function of theta, and its derivatives of all orders are right. A sample stays where it is: its derivatives
are those of the mean, from which the kinks are absent.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._fit import fitting
from ._implicit import differentiable_roots, first_order
from ._types import Breakpoints, Scalar, Values
from .discriminators._crossings import crossings
from .discriminators.base import AbstractDiscriminator
from .laws.base import AbstractLaw
from .losses.base import AbstractIntegrand, AbstractScoreIntegrand, Scaled

_MOST = 16  # crossings of a level that are sought where D does not know them
_CLOSE = 1e4  # rounding errors between points that are one
_UNKNOWN = (
    "second derivatives of E[phi(D(x))]: phi ({}) has kinks, and disc ({}) does not say where its score "
    "crosses them; expected a discriminator with crossings(level)"
)

ClosedForm = Callable[..., Values]  # (law, disc, phi), each of the types it was registered for

_CLOSED_FORMS: dict[tuple[type, type, type], ClosedForm] = {}


def register_closed_form(law: type, disc: type, phi: type) -> Callable[[ClosedForm], ClosedForm]:
    """Decorator: ``rule(law, disc, phi)`` is E[phi(D(x))] exactly, for these three types.

    Types are compared exactly: a subclass, which may differ in anything, has no rule by inheritance.
    ``AbstractLaw``, ``AbstractDiscriminator`` and ``AbstractIntegrand`` stand for all that have none of their
    own; the law decides first, then D.
    """

    def register(rule: ClosedForm) -> ClosedForm:
        _CLOSED_FORMS[law, disc, phi] = rule
        return rule

    return register


def closed_form(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> ClosedForm | None:
    """The registered rule for these types, or None."""
    if isinstance(phi, Scaled):
        inner = closed_form(law, disc, phi.inner)
        return inner and (lambda law, disc, phi: phi.factor * inner(law, disc, phi.inner))
    kinds = (
        (a, b, c)
        for a in (type(law), AbstractLaw)
        for b in (type(disc), AbstractDiscriminator)
        for c in (type(phi), AbstractIntegrand)
    )
    return next((_CLOSED_FORMS[kind] for kind in kinds if kind in _CLOSED_FORMS), None)


def _bare(phi: AbstractIntegrand) -> AbstractIntegrand:
    return _bare(phi.inner) if isinstance(phi, Scaled) else phi


def _joined(*parts: Array) -> Array:
    return jnp.concatenate([part for part in parts if part.size] or list(parts[:1]))


def transition_points(disc: AbstractDiscriminator, phi: AbstractIntegrand | None = None) -> Breakpoints:
    """The points of x about which phi(D(x)) changes quickly, of those that D knows."""
    phi = phi and _bare(phi)
    points, levels = disc.breakpoints(), ()
    if isinstance(phi, AbstractScoreIntegrand):
        levels = phi.kinks + _levels(disc, phi)
    return _fitting(disc, _joined(points, *disc.all_crossings(levels)))


def _levels(disc: AbstractDiscriminator, phi: AbstractScoreIntegrand) -> tuple[float, ...]:
    """Scores at whose crossings panels end, since phi turns there; a D with breakpoints has seen to that.

    Between them a score that is linear needs half as many.
    """
    if disc.is_piecewise_linear:
        return phi.transition_points[::2]
    return () if disc.breakpoints().size else phi.transition_points


def _fitting(disc: AbstractDiscriminator, points: Array) -> Array:
    return fitting(points, disc.most_breakpoints, f"disc: {type(disc).__name__}")


def panel_ends(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> tuple[Array, bool]:
    """Where the panels of a rule for phi(D(x)) end, and whether these points move with the parameters.

    They do where phi(D(x)) has kinks or jumps. Points about which it is smooth have no derivatives.
    """
    phi, points = _bare(phi), disc.breakpoints()
    smooth = disc.is_smooth or not points.size
    points = jax.lax.stop_gradient(points) if smooth else points
    around = ()
    if isinstance(phi, AbstractScoreIntegrand):
        around = jax.lax.stop_gradient(disc.all_crossings(_levels(disc, phi)))
    if disc.is_piecewise_linear:  # where it turns at a kink, the kink is kept
        around = tuple(apart(part, points) for part in around)
    still = _joined(points, *around)
    kinks = _kinks(law, disc, phi)
    if not kinks.size:
        return _fitting(disc, still), not smooth
    # of two edges at one place that move differently, the one with the larger discontinuity is kept
    still, kinks = (apart(still, kinks), kinks) if smooth else (still, apart(kinks, still))
    return _fitting(disc, _joined(kinks, still.astype(kinks.dtype))), True


def apart(points: Array, others: Array) -> Array:
    """``points`` of the line, NaN for those that are among ``others``; lines of the plane as they are."""
    if points.ndim != 1 or not points.size:
        return points
    at, other = jax.lax.stop_gradient((points, others))
    close = _CLOSE * jnp.finfo(at.dtype).eps * (1 + jnp.abs(at))
    return jnp.where((jnp.abs(at[:, None] - other[None]) <= close[:, None]).any(axis=1), jnp.nan, points)


def _kinks(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Array:
    """Where phi(D(x)) has the kinks of phi, with derivatives; empty where it has none or they are unknown."""
    if not phi.kinks or law.is_sample:
        return jnp.zeros((0,))
    found = list(disc.all_crossings(phi.kinks)) if isinstance(phi, AbstractScoreIntegrand) else []
    if any(part.ndim == 2 for part in found) or law.dim == 2:
        return jnp.zeros((0, 3)) if not found else jnp.concatenate(found)
    start = jax.lax.stop_gradient(law.nodes()[0])
    if not found or not all(part.size for part in found):
        still = jax.lax.stop_gradient(disc)
        marks = still.breakpoints().astype(start.dtype)
        grid = jnp.concatenate([start, jnp.where(jnp.isfinite(marks), marks, start[0])])
        every = crossings(phi.argument(still), grid, phi.kinks, _MOST)
        found = list(every.reshape(len(phi.kinks), -1))
    each = [jnp.full_like(part, level) for part, level in zip(found, phi.kinks, strict=True)]
    levels, argument = jnp.concatenate(each), phi.argument(disc)
    middle = start[start.shape[0] // 2]
    return differentiable_roots(lambda x: argument(x) - levels, jnp.concatenate(found), middle)


def average(
    law: AbstractLaw,
    function: Callable[[Values], Values],
    breakpoints: Breakpoints,
    n: int | None = None,
    differentiable: bool = False,
) -> Scalar:
    """E[function(x)] = sum_i w_i function(x_i) by the law's rule with panels that end at ``breakpoints``.

    ``differentiable``: with derivatives in ``breakpoints``, where ``function`` has kinks or jumps.
    """
    points, weights = (
        law.composite_nodes(breakpoints, n, True) if differentiable else law.composite_nodes(breakpoints, n)
    )
    return jnp.sum(weights * function(points))


def quadrature(
    law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand, n: int | None = None
) -> Scalar:
    """E[phi(D(x))] by the law's rule, n nodes a panel (20); a sample mean where the law is a sample.

    >>> import lsgan_analytic as lsgan
    >>> law, disc, phi = lsgan.Exponential(rate=0.5), lsgan.Erf(a=2.2, b=-3.0), lsgan.SquaredMinimax().real
    >>> rule, exact = (take(law, disc, phi) for take in (lsgan.quadrature, lsgan.expectation))
    >>> bool(abs(rule - exact) < 1e-12)
    True
    """
    disc = disc.checked_on(law)
    breakpoints, differentiable = panel_ends(law, disc, phi)

    def function(x: Values) -> Values:
        values = phi.of(disc, x)
        if _bare(phi).kinks and not (differentiable or law.is_sample):
            return first_order(values, _UNKNOWN.format(type(_bare(phi)).__name__, type(disc).__name__))
        return values

    if disc.stands_for_infinity is None:
        return average(law, function, breakpoints, n, differentiable)
    points, weights = (
        law.composite_nodes(breakpoints, n, True) if differentiable else law.composite_nodes(breakpoints, n)
    )
    return _mean_or_infinity(function(points), weights, disc.stands_for_infinity)


def _mean_or_infinity(values: Values, weights: Values, infinity: float) -> Scalar:
    """sum(weights * values); infinite, with derivatives NaN, where values from ``infinity`` have any mass."""
    infinite = jnp.abs(values) >= infinity
    total = jnp.sum(weights * jnp.where(infinite, 0, values))
    share = jnp.sum(weights * jnp.where(infinite, jnp.sign(values), 0))
    diverges = jnp.sum(jnp.where(infinite, weights, 0)) > _CLOSE * jnp.finfo(weights.dtype).eps
    scale = jnp.where(diverges, jnp.sign(jax.lax.stop_gradient(share)) * jnp.inf, 1)
    return jnp.where(diverges, 1 + 0 * total, total) * scale


def checked_integral(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> None:
    """ValueError unless these are a law, a discriminator and an integrand."""
    kinds = (
        ("law", law, AbstractLaw, "a law, e.g. lsgan.Normal()"),
        ("disc", disc, AbstractDiscriminator, "a discriminator, e.g. lsgan.Erf(a=1.0, b=0.0)"),
        ("phi", phi, AbstractIntegrand, "an integrand, e.g. lsgan.Minimax().real"),
    )
    for name, value, kind, wanted in kinds:
        if not isinstance(value, kind):
            raise ValueError(f"{name}: expected {wanted}, got {value!r}")


def expectation(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Values:
    """E_{x ~ law}[phi(D(x))], exactly where a closed form is known and by the law's rule elsewhere.

    Args:
        law: of x; disc: D; phi: a scalar function (the ``real`` and ``fake`` of a loss).

    Returns:
        A scalar, differentiable in every parameter of the three; an array where their parameters are arrays
        and a closed form takes them.

    >>> import lsgan_analytic as lsgan
    >>> phi = lsgan.SquaredMinimax().real
    >>> float(lsgan.expectation(lsgan.PointMasses([0.0, 0.0]), lsgan.Erf(a=1.0, b=0.0), phi))
    0.25
    """
    checked_integral(law, disc, phi)
    rule = closed_form(law, disc, phi)
    return rule(law, disc, phi) if rule else quadrature(law, disc, phi)
