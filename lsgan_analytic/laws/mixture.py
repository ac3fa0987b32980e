"""Finite mixtures."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import probabilities
from .._types import Breakpoints, FloatLike, Numbers, Scalar, Values, Vector
from ._bisection import quantile
from .base import AbstractLaw
from .noisy import noisy

Rule = tuple[Values, Values]


class Mixture(AbstractLaw):
    """Component k with probability weights[k]: p(x) = sum_k weights[k] p_k(x) (per unit x).

    On the line or on the plane, as its components are.

    Derivatives with respect to the weights take them as free numbers: their sum is not held at 1.

    Args:
        weights: shape (k,), >= 0, summing to 1 (dimensionless).
        components: k laws, all of one dimension; ValueError for these or weights of another kind.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Mixture([0.25, 0.75], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5)))
    >>> round(float(law.cdf(0.0)), 4), round(float(law.quantile(0.25 + 0.75 / 2)), 4)
    (0.25, 2.0)
    """

    weights: Vector
    components: tuple[AbstractLaw, ...]

    def __init__(self, weights: Numbers, components: tuple[AbstractLaw, ...] | list[AbstractLaw]):
        if not isinstance(components, tuple | list):
            raise ValueError(f"components: expected a tuple of laws, got {components!r}")
        laws = tuple(components)
        if not laws or not all(isinstance(law, AbstractLaw) for law in laws):
            raise ValueError(f"components: expected a tuple of laws, got {components!r}")
        if len({law.dim for law in laws}) > 1:
            spaces = ", ".join(
                f"{type(law).__name__} on the {('line', 'plane')[law.dim - 1]}" for law in laws
            )
            raise ValueError(f"components: expected laws on one space, got {spaces}")
        self.weights, self.components = probabilities(weights, len(laws), "components"), laws

    @property
    def is_sample(self) -> bool:
        return all(law.is_sample for law in self.components)

    @property
    def has_exact_cdf(self) -> bool:
        return all(law.has_exact_cdf for law in self.components)

    @property
    def is_nonnegative(self) -> bool:
        return all(law.is_nonnegative for law in self.components)

    @property
    def dim(self) -> int:
        return self.components[0].dim

    def _each(self, function: Callable[..., Array | Rule], *others: Array) -> list:
        """``function`` of every component, and of its entry in ``others``; one program for many of a kind."""
        kinds = {
            (jax.tree.structure(law), tuple((x.shape, x.dtype) for x in jax.tree.leaves(law)))
            for law in self.components
        }
        if len(kinds) > 1 or not jax.tree.leaves(self.components):
            return [function(*arguments) for arguments in zip(self.components, *others, strict=True)]
        every = jax.tree.map(lambda *parts: jnp.stack(parts), *self.components)
        values = jax.vmap(function)(every, *others)
        parts = [list(leaf) for leaf in jax.tree.leaves(values)]
        return [jax.tree.unflatten(jax.tree.structure(values), leaves) for leaves in zip(*parts, strict=True)]

    def sample(self, key: Array, n: int) -> Values:
        choice, rest = jax.random.split(key)
        keys = jax.random.split(rest, len(self.components))
        which = jax.random.choice(choice, len(self.components), (n,), p=self.weights)
        draws = jnp.stack(self._each(lambda law, key: law.sample(key, n), keys))
        return draws[which, jnp.arange(n)]

    def nodes(self, n: int | None = None) -> Rule:
        share = None if n is None else max(2, n // len(self.components))
        return self._joined(lambda law: law.nodes(share))

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> Rule:
        return self._joined(lambda law: law.composite_nodes(breakpoints, n, differentiable))

    def _joined(self, rule: Callable[[AbstractLaw], Rule]) -> Rule:
        points, weights = zip(*self._each(rule), strict=True)
        scaled = [share * mass for share, mass in zip(self.weights, weights, strict=True)]
        return jnp.concatenate(points), jnp.concatenate(scaled)

    def singularities(self) -> Vector:
        return jnp.concatenate([law.singularities().astype(self.weights.dtype) for law in self.components])

    def corners(self) -> Vector:
        return jnp.concatenate([law.corners().astype(self.weights.dtype) for law in self.components])

    def widened(self, std: Scalar) -> "Mixture":
        return eqx.tree_at(
            lambda law: law.components, self, tuple(noisy(one, std) for one in self.components)
        )

    def cdf(self, x: FloatLike) -> Values:
        return self.average(lambda law: law.cdf(x))

    def quantile(self, q: FloatLike) -> Values:
        """By bisection of the cdf, between the least and the greatest of the components' quantiles."""
        each = jnp.stack(self._each(lambda law: law.quantile(q)))
        return quantile(self, q, jnp.min(each, axis=0), jnp.max(each, axis=0))

    def log_pdf(self, x: FloatLike) -> Values:
        each = jnp.stack(self._each(lambda law: law.log_pdf(x)), axis=-1)
        shares = jnp.broadcast_to(self.weights, each.shape)
        return jax.scipy.special.logsumexp(each, axis=-1, b=shares)

    def average(self, function: Callable[[AbstractLaw], Values]) -> Values:
        """sum_k weights[k] function(components[k])."""
        each = jnp.stack(self._each(function), axis=-1)
        return jnp.sum(jnp.broadcast_to(self.weights, each.shape) * each, axis=-1)
