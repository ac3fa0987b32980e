"""The law of G(z): of what a generator makes of a latent law."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from .._types import Values, Vector
from ..generators.base import AbstractGenerator
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

    Its density is the sum over all z with G(z) = x of p(z)/|G'(z)| (per unit x), for a generator that knows
    its preimages; ValueError for others, and for a latent law without a density. Its cdf and quantile are
    those of the law's own Gauss nodes: steps, good to the spacing of the nodes.
    """

    latent: AbstractLaw
    generator: AbstractGenerator

    def _points(self, z: Array) -> Array:
        return jax.vmap(self.generator)(z)

    def sample(self, key: Array, n: int) -> Values:
        return self._points(self.latent.sample(key, n))

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        z, weights = self.latent.nodes(n)
        return self._points(z), weights

    def nodes_between(
        self, breaks: Vector, n: int | None = None, moving: bool = False
    ) -> tuple[Values, Values]:
        z, weights = self.latent.nodes_between(self.generator.preimages(breaks), n, moving)
        return self._points(z), weights

    def landmarks(self) -> Vector:
        ends = self.latent.landmarks()
        return self._points(ends) if ends.size else ends

    def log_pdf(self, x: Values) -> Values:
        x = jnp.asarray(x)
        z = self.generator.preimages(x.ravel())
        if z.size == 0 < x.size:
            name = type(self.generator).__name__
            raise ValueError(f"generator: expected one that knows its preimages, got {name}")
        known = ~jnp.isnan(z)
        z = jnp.where(known, z, 1)
        logs = self.latent.log_pdf(z)
        slope = jnp.abs(jax.vmap(jax.grad(self.generator))(z))
        there = known & (logs > -jnp.inf)
        each = jnp.where(there, jnp.where(there, logs, 0) - jnp.log(jnp.where(there, slope, 1)), -jnp.inf)
        return jax.scipy.special.logsumexp(each.reshape(-1, *x.shape), axis=0)

    def _masses(self) -> PointMasses:
        points, weights = self.nodes()
        return PointMasses(points, weights / jnp.sum(weights))

    def cdf(self, x: Values) -> Values:
        return self._masses().cdf(x)

    def quantile(self, q: Values) -> Values:
        return self._masses().quantile(q)


def pushforward(latent: AbstractLaw, generator: AbstractGenerator) -> AbstractLaw:
    """The law of generator(z), z ~ latent: in closed form where one is registered.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.pushforward(lsgan.Rayleigh(), lsgan.Square(g=1.5, h=-2.0))
    >>> type(law).__name__, float(law.scale)  # doctest: +ELLIPSIS
    ('ShiftedExponential', 1.5...)
    """
    kinds = ((a, b) for a in (type(latent), AbstractLaw) for b in (type(generator), AbstractGenerator))
    solved = next((_SOLVED[kind] for kind in kinds if kind in _SOLVED), Pushforward)
    return solved(latent, generator)
