"""How wrong an expectation may be: an estimate that looks harder than the rule that took it."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._quadrature import composite
from ._types import Breakpoints, Scalar, Values
from .discriminators.base import AbstractDiscriminator
from .expectation import average, checked_integral, expectation, panel_ends
from .laws.base import AbstractLaw
from .laws.density import AbstractDensity, DEFAULT_NODES, PANELS, PER_PANEL
from .laws.mixture import Mixture
from .laws.noisy import Noisy
from .laws.pushforward import Pushforward
from .losses.base import AbstractIntegrand

_FINER = PER_PANEL * 8 // 5
_MORE_BREAKPOINTS = 64
_SETTLED = 1e-6  # of what a panel could contribute: rules that agree to this see what there is

Function = Callable[[Values], Values]


def expectation_error(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Scalar:
    """An estimate from above of the absolute error of ``expectation(law, disc, phi)``.

    Twice the distance from a rule on panels several times shorter, and what may be wrong with that: on every
    panel where 20 and 32 nodes differ by more than 1e-6 of what it could contribute (f is steep there and
    has declared no breakpoints) all of that; the mass the rules miss, at the largest |phi| on the nodes; what
    lies beyond the window of the law's chart; rounding, of D(x) and of a logit found from it too. inf where
    the expectation is not finite or does not seem to be, and for a law that has a single rule and is not a
    sample.

    It looks at nodes only: a feature of phi(D(x)) narrower than the distance of the finer rule's nodes
    can hide. A sample has no error but rounding.

    >>> import lsgan_analytic as lsgan
    >>> phi = lsgan.Minimax().real
    >>> float(lsgan.expectation_error(lsgan.Normal(), lsgan.Sigmoid(w=50.0, b=3.0), phi)) < 1e-12
    True
    """
    checked_integral(law, disc, phi)
    return _expectation_error(law, disc, phi)


@eqx.filter_jit
def _expectation_error(law: AbstractLaw, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Scalar:
    taken = expectation(law, disc, phi)
    ends, _ = jax.lax.stop_gradient(panel_ends(law, disc, phi))
    value, error = _look(law, lambda x: phi.of(disc, x), ends)
    error = error + average(law, lambda x: phi.rounding(disc, x), ends)
    total = 2 * jnp.abs(taken - value) + error  # twice: a step between two panels shifts both a little
    return jnp.where(jnp.isnan(total), jnp.inf, total)


def _look(law: AbstractLaw, function: Function, breakpoints: Breakpoints) -> tuple[Scalar, Scalar]:
    """E[function(x)] by the finer rule, and an estimate of its error."""
    if type(law) is Mixture:
        parts = [_look(part, function, breakpoints) for part in law.components]
        value, error = (jnp.stack(column) for column in zip(*parts, strict=True))
        return jnp.sum(law.weights * value), jnp.sum(law.weights * error)
    if type(law) is Pushforward:
        through = jax.vmap(law.generator)
        z, kinks = law.generator.preimages(breakpoints), law.generator.breakpoints()
        ends = jnp.concatenate([z, kinks.astype(z.dtype)]) if kinks.size else z
        return _look(law.latent, lambda z: function(through(z)), ends)
    if law.is_sample:
        points, weights = law.nodes()
        values = weights * function(points)
        return jnp.sum(values), _rounding(values)
    if isinstance(law, AbstractDensity):
        return _look_at_panels(law, function, breakpoints)
    return _look_at_rules(law, function, breakpoints)


def _rounding(terms: Array) -> Scalar:
    return 8 * jnp.finfo(terms.dtype).eps * jnp.sum(jnp.abs(terms))


def _look_at_panels(
    law: AbstractDensity, function: Function, breakpoints: Breakpoints
) -> tuple[Scalar, Scalar]:
    points = jnp.sort(law.composite_nodes(breakpoints)[0])
    more = points[:: max(PER_PANEL // 4, points.size // _MORE_BREAKPOINTS)]
    every = jnp.concatenate([breakpoints.astype(more.dtype), more])

    def panels(n: int) -> tuple[Array, Array]:
        x, weights = law.composite_nodes(every, n)
        return function(x).reshape(-1, n), weights.reshape(-1, n)

    (f, w), (g, v) = panels(PER_PANEL), panels(_FINER)
    eps = jnp.finfo(v.dtype).eps
    mass, largest = jnp.sum(v, axis=1), jnp.max(jnp.abs(g), axis=1)
    contribution = mass * (jnp.max(g, axis=1) - jnp.min(g, axis=1))
    differs = jnp.abs(jnp.sum(f * w, axis=1) - jnp.sum(g * v, axis=1))
    settled = differs <= max(_SETTLED, 64 * eps) * contribution + 64 * eps * mass * largest
    steep = jnp.sum(jnp.where(settled, differs, jnp.maximum(contribution, differs)))

    missing = jnp.abs(1 - jnp.sum(mass)) + jnp.sum(jnp.abs(jnp.sum(w, axis=1) - mass))
    size = jnp.where(missing > 1024 * eps, jnp.max(largest), jnp.sum(jnp.abs(g * v)))  # else all is rounded
    return jnp.sum(g * v), steep + 2 * missing * size + _beyond(law, function) + _rounding(g * v)


def _beyond(law: AbstractDensity, function: Function) -> Scalar:
    """Twice what lies in half a window on either side; inf where it does not decay there."""
    ends = law.chart_breakpoints()[jnp.asarray([0, -1])]
    window = ends[1] - ends[0]
    steps = jnp.arange(PANELS // 2 + 1, dtype=ends.dtype) / PANELS

    def outside(end: Scalar, toward: Scalar) -> Scalar:
        t, w = composite(end + toward * steps, PER_PANEL)
        x, mass = law.from_chart(t), law.chart_density(t)
        present = (jnp.abs(law.to_chart(x) - t) < 1e-3 * jnp.abs(toward)) & (law.log_pdf(x) > -jnp.inf)
        present = present & (mass > 0)
        terms = jnp.where(
            present, jnp.abs(mass * w * function(jnp.where(present, x, law.from_chart(end)))), 0
        )
        panel = jnp.sum(terms.reshape(-1, PER_PANEL), axis=1)
        return jnp.where(panel[-1] > 0.5 * panel[0], jnp.inf, 2 * jnp.sum(panel))

    return outside(ends[0], -window) + outside(ends[1], window)


def _with_more(breakpoints: Breakpoints, points: Values, weights: Values) -> Breakpoints:
    """``breakpoints``, and points between which the law has equal masses."""
    order = jnp.argsort(points)
    shares = (jnp.arange(_MORE_BREAKPOINTS // 8, dtype=points.dtype) + 0.5) / (_MORE_BREAKPOINTS // 8)
    rank = jnp.searchsorted(jnp.cumsum(weights[order]), shares)
    more = points[order][jnp.minimum(rank, points.size - 1)]
    return jnp.concatenate([breakpoints.astype(more.dtype), more])


def _look_at_rules(law: AbstractLaw, function: Function, breakpoints: Breakpoints) -> tuple[Scalar, Scalar]:
    """For laws of whose rules nothing is known: how much three of them differ."""
    rules = [law.composite_nodes(breakpoints), law.composite_nodes(breakpoints, _FINER)]
    if len({points.shape for points, _ in rules}) == 1:
        return jnp.zeros(()), jnp.asarray(jnp.inf)
    if type(law) is Noisy and law.dim == 1:
        points, weights = rules[0]
        rules.append(law.composite_nodes(_with_more(breakpoints, points, weights)))
    elif law.dim == 1:  # on the plane a plain rule is too coarse to tell
        rules.append(law.nodes(DEFAULT_NODES * 3 // 2))
    every = [(weights, function(points)) for points, weights in rules]
    values = jnp.stack([jnp.sum(weights * terms) for weights, terms in every])
    missing = [jnp.abs(1 - jnp.sum(weights)) * jnp.max(jnp.abs(terms)) for weights, terms in every]
    difference = jnp.max(jnp.abs(values - values[1]))
    weights, terms = every[-1]
    return values[1], difference + jnp.max(jnp.stack(missing)) + _rounding(weights * terms)
