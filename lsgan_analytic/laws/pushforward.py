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

    ``AbstractLaw`` stands for every law that has no rule of its own.
    """

    def register(rule: Callable) -> Callable:
        _SOLVED[law, generator] = rule
        return rule

    return register


class Pushforward(AbstractLaw):
    """The law of generator(z) with z ~ latent, through samples and nodes alone.

    Its cdf and quantile are those of the law's own Gauss nodes: steps, good to the spacing of the nodes.
    """

    latent: AbstractLaw
    generator: AbstractGenerator

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

    def nodes_between(self, breaks: Vector, n: int | None = None) -> tuple[Values, Values]:
        z, weights = self.latent.nodes_between(self.generator.preimages(breaks), n)
        return self._points(z), weights

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
    kind = type(generator)
    solved = _SOLVED.get((type(latent), kind)) or _SOLVED.get((AbstractLaw, kind))
    return solved(latent, generator) if solved else Pushforward(latent, generator)
