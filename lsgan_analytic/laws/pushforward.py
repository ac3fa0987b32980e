"""The law of G(z): of what a generator makes of a latent law."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._fit import fitting
from .._implicit import differentiable_roots
from .._plane import as_lines, as_points
from .._types import Breakpoints, FloatLike, Values, Vector
from ..generators.base import AbstractGenerator
from ._bisection import quantile
from ._preimages import distinct, preimages, with_derivatives
from .base import AbstractLaw
from .discrete import PointMasses

_SOLVED: dict[tuple[type, type], Callable[..., AbstractLaw]] = {}


def register_pushforward(law: type, generator: type) -> Callable:
    """Decorator: ``rule(law, generator)`` is the law of G(z) in closed form.

    ``AbstractLaw`` and ``AbstractGenerator`` stand for all that have no rule of their own.
    """

    def register(rule: Callable) -> Callable:
        _SOLVED[law, generator] = rule
        return rule

    return register


class Pushforward(AbstractLaw):
    """The law of generator(z) with z ~ latent.

    Expectations are taken over z, with panels that end where G(z) is at a breakpoint of D. The density is the
    sum over all z with G(z) = x of p(z)/|G'(z)| (per unit x), the cdf is the mass of all z with G(z) <= x:
    for a generator that knows its preimages. For others there is no density and no derivative of what has
    kinks or jumps (ValueError), and cdf and quantile are those of the nodes of the rule: steps.
    """

    latent: AbstractLaw
    generator: AbstractGenerator

    def __check_init__(self):
        if not isinstance(self.latent, AbstractLaw):
            raise ValueError(f"latent: expected a law, got {self.latent!r}")
        if not isinstance(self.generator, AbstractGenerator):
            raise ValueError(f"generator: expected a generator, got {self.generator!r}")

    @property
    def is_sample(self) -> bool:
        return self.latent.is_sample

    def _points(self, z: Array) -> Array:
        return jax.vmap(self.generator)(z)

    def sample(self, key: Array, n: int) -> Values:
        return self._points(self.latent.sample(key, n))

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        z, weights = self.latent.nodes(n)
        return self._points(z), weights

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        if self.is_sample:
            return self.nodes()
        breakpoints = as_points(breakpoints) if self.dim == 1 else as_lines(breakpoints)
        kinks = self.generator.breakpoints()
        z = self._preimages(breakpoints)
        z = z if kinks.size else distinct(z)  # of a G with kinks each is known once
        if differentiable and breakpoints.size:
            if not z.size:
                raise ValueError(self._unknown("the integrand has kinks or jumps"))
            z = self._with_derivatives(z, breakpoints)
        z = z.reshape(-1, *z.shape[2:])
        if kinks.size:
            gen = self.generator
            z = jnp.concatenate([kinks, z.astype(kinks.dtype)])
            most = gen.most_preimages(breakpoints.shape[0])
            z = fitting(z, most, f"gen: {type(gen).__name__}")
        z, weights = self.latent.composite_nodes(z, n, differentiable or bool(kinks.size))
        return self._points(z), weights

    def _preimages(self, x: Array) -> Array:
        return preimages(self.latent, self.generator, x)

    def _with_derivatives(self, z: Array, x: Array) -> Array:
        return with_derivatives(self.latent, self.generator, z, x)

    def _unknown(self, why: str) -> str:
        return f"generator: expected one that knows its preimages, got {type(self.generator).__name__}; {why}"

    def singularities(self) -> Vector:
        """The images of those of the latent law, and of the points where G turns."""
        ends, gen = self.latent.singularities(), self.generator
        turning = jax.lax.stop_gradient(gen).critical_points()
        parts = [self._points(ends)] if ends.size else []
        if turning.size:
            z = jnp.where(jnp.isfinite(turning), turning, 0)
            z = differentiable_roots(jax.vmap(jax.grad(gen)), z, z[0])
            parts.append(self._points(z))
        kinks = gen.breakpoints()
        if kinks.size:
            at = self._points(jnp.where(jnp.isfinite(kinks), kinks, 0))
            parts.append(jnp.where(jnp.isfinite(kinks), at, jnp.nan))
        return jnp.concatenate(parts) if parts else ends

    def log_pdf(self, x: FloatLike) -> Values:
        x = jnp.asarray(x)
        z = self._preimages(x.ravel())
        if z.size == 0 < x.size:
            raise ValueError(self._unknown("a density is the sum over them"))
        z = self._without_atoms(z)
        known, z = jnp.isfinite(z), self._with_derivatives(z, x.ravel())
        z = jnp.where(known, z, 1)
        slope = jnp.abs(jax.vmap(jax.vmap(jax.grad(self.generator)))(z))
        logs = jax.lax.stop_gradient(self).latent.log_pdf(jax.lax.stop_gradient(z))
        present = known & (logs > -jnp.inf)
        infinite = present & ((slope == 0) | (logs == jnp.inf))  # without derivatives
        regular = present & ~infinite
        # the others are looked at where the density is positive: masked, 0 times infinity would be NaN
        inside = jax.lax.stop_gradient(self.latent.nodes()[0])
        at = jnp.where(regular, z, inside[inside.shape[0] // 2])
        each = jnp.where(regular, self.latent.log_pdf(at) - jnp.log(jnp.where(regular, slope, 1)), -jnp.inf)
        each = jnp.where(infinite, jnp.inf, each)
        return jax.scipy.special.logsumexp(each, axis=1).reshape(x.shape)

    def _without_atoms(self, z: Array) -> Array:
        """``z``, or an error where G is constant between two kinks: its law has no density."""
        kinks = jnp.sort(jax.lax.stop_gradient(self.generator.breakpoints()))
        if not kinks.size:
            return z
        known = jnp.isfinite(kinks)
        kinks = jnp.where(known, kinks, jnp.max(jnp.where(known, kinks, -jnp.inf)))
        kinks = jnp.where(jnp.isfinite(kinks), kinks, 0)
        ends = jnp.concatenate([kinks[:1] - 1, kinks, kinks[-1:] + 1])
        slope = jax.vmap(jax.grad(jax.lax.stop_gradient(self.generator)))(0.5 * (ends[1:] + ends[:-1]))
        mass = jnp.diff(self.latent.cdf(ends[1:-1]), prepend=0.0, append=1.0)
        atom = jnp.any((slope == 0) & (jax.lax.stop_gradient(mass) > 0))
        return eqx.error_if(
            z, atom, "generator: is constant on an interval, so that the law of G(z) has an atom, no density"
        )

    def _has_steps(self) -> bool:
        """Whether nothing better than the nodes is known of the cdf."""
        one = jnp.zeros((1,), self.latent.nodes()[0].dtype)
        return self.is_sample or jax.eval_shape(self._preimages, one).size == 0

    def _masses(self) -> PointMasses:
        points, weights = self.nodes()
        return PointMasses.unchecked(points, weights / jnp.sum(weights))

    def cdf(self, x: FloatLike) -> Values:
        if self._has_steps():
            return self._masses().cdf(x)

        def below(x: Values) -> Values:
            points, weights = self.composite_nodes(x[None], differentiable=True)
            return jnp.sum(jnp.where(points <= x, weights, 0))

        return jnp.clip(jnp.vectorize(below)(jnp.asarray(x)), 0, 1)

    def quantile(self, q: FloatLike) -> Values:
        """By bisection of the cdf."""
        if self._has_steps():
            return self._masses().quantile(q)
        points, _ = self.composite_nodes(jnp.zeros((0,), self.latent.nodes()[0].dtype))
        points = jax.lax.stop_gradient(jnp.concatenate([points, self.singularities().astype(points.dtype)]))
        return quantile(self, q, jnp.min(points), jnp.max(points))


def pushforward(latent: AbstractLaw, generator: AbstractGenerator) -> AbstractLaw:
    """The law of generator(z), z ~ latent: in closed form where one is registered.

    ValueError for what is no law or generator, and where G is not defined on the points of the latent law.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.pushforward(lsgan.Rayleigh(), lsgan.Square(g=1.5, h=-2.0))
    >>> type(law).__name__, float(law.scale)  # doctest: +ELLIPSIS
    ('ShiftedExponential', 1.5...)
    """
    if not isinstance(latent, AbstractLaw):
        raise ValueError(f"latent: expected a law, got {latent!r}")
    if not isinstance(generator, AbstractGenerator):
        raise ValueError(f"generator: expected a generator, got {generator!r}")
    generator = generator.checked_on(latent)
    kinds = ((a, b) for a in (type(latent), AbstractLaw) for b in (type(generator), AbstractGenerator))
    solved = next((_SOLVED[kind] for kind in kinds if kind in _SOLVED), Pushforward)
    return solved(latent, generator)
