"""Mixtures of laws."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from .._checks import finite
from .._types import Values, Vector
from .base import AbstractLaw

Rule = tuple[Values, Values]


class Mixture(AbstractLaw):
    """sum_i weights_i components_i: a component drawn with its weight, then a point of it.

    On the line or on the plane, as its components are.

    Args:
        weights: (k,), >= 0, summing to 1; components: k laws. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(mean=-1.0), lsgan.Normal(mean=1.0)))
    >>> float(law.cdf(0.0))
    0.5
    """

    weights: Vector
    components: tuple[AbstractLaw, ...]

    def __init__(self, weights: ArrayLike | Sequence[float], components: Sequence[AbstractLaw]):
        self.components = tuple(components)
        if not self.components or not all(isinstance(law, AbstractLaw) for law in self.components):
            raise ValueError(f"components: expected laws, at least one, got {components!r}")
        mass, n = finite("weights")(jnp.asarray(weights)), len(self.components)
        if mass.shape != (n,):
            raise ValueError(f"weights: expected shape {(n,)} like components, got {mass.shape}")
        wrong = (mass < 0).any() | (jnp.abs(mass.sum() - 1) > n * jnp.finfo(mass.dtype).eps)
        if isinstance(wrong, Tracer):
            mass = eqx.error_if(mass, wrong, "weights: expected numbers >= 0 that sum to 1")
        elif wrong:
            raise ValueError(f"weights: expected numbers >= 0 that sum to 1, got {mass}")
        self.weights = mass

    def _each(self, function: Callable[..., Array | Rule], *others: Array) -> list:
        """``function`` of every component, and of its entry in ``others``; one program for many of a kind."""
        kinds = {
            (jax.tree.structure(law), tuple((x.shape, x.dtype) for x in jax.tree.leaves(law)))
            for law in self.components
        }
        if len(kinds) > 1 or not jax.tree.leaves(self.components):
            return [function(*own) for own in zip(self.components, *others, strict=True)]
        every = jax.tree.map(lambda *parts: jnp.stack(parts), *self.components)
        values = jax.vmap(function)(every, *others)
        parts = [list(leaf) for leaf in jax.tree.leaves(values)]
        return [jax.tree.unflatten(jax.tree.structure(values), own) for own in zip(*parts, strict=True)]

    def _concatenated(self, rule: Callable[[AbstractLaw], Rule]) -> Rule:
        parts = self._each(rule)
        points = jnp.concatenate([x for x, _ in parts])
        return points, jnp.concatenate([self.weights[i] * own for i, (_, own) in enumerate(parts)])

    def sample(self, key: Array, n: int) -> Values:
        choice, own = jax.random.split(key)
        keys = jax.random.split(own, len(self.components))
        which = jax.random.choice(choice, len(self.components), (n,), p=self.weights)
        draws = jnp.stack(self._each(lambda law, key: law.sample(key, n), keys))
        return draws[which, jnp.arange(n)]

    def nodes(self, n: int | None = None) -> Rule:
        share = None if n is None else max(2, n // len(self.components))
        return self._concatenated(lambda law: law.nodes(share))

    def nodes_between(self, breaks: Array, n: int | None = None) -> Rule:
        return self._concatenated(lambda law: law.nodes_between(breaks, n))

    def log_pdf(self, x: Values) -> Values:
        """log of the density, -inf outside the support."""
        logs = jnp.stack(self._each(lambda law: law.log_pdf(x)), axis=-1)  # pyright: ignore
        weights = jnp.broadcast_to(self.weights, logs.shape)
        return jax.scipy.special.logsumexp(logs, axis=-1, b=weights)

    def pdf(self, x: Values) -> Values:
        """The density."""
        return jnp.exp(self.log_pdf(x))

    def cdf(self, x: Values) -> Values:
        parts = jnp.stack(self._each(lambda law: law.cdf(x)), axis=-1)
        return jnp.sum(jnp.broadcast_to(self.weights, parts.shape) * parts, axis=-1)

    def quantile(self, q: Values) -> Values:
        """By bisection of the cdf, between the quantiles of the components."""
        every = jnp.stack(self._each(lambda law: law.quantile(q)))

        def halve(_, ends):
            low, high = ends
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < q
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        return jax.lax.fori_loop(0, 60, halve, (every.min(axis=0), every.max(axis=0)))[1]
