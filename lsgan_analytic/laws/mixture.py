"""Finite mixtures."""

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .._checks import probabilities
from .._types import Values, Vector
from ._bisection import quantile
from .base import AbstractLaw


class Mixture(AbstractLaw):
    """Component k with probability weights[k]: p(x) = sum_k weights[k] p_k(x) (per unit x).

    Derivatives with respect to the weights take them as free numbers: their sum is not held at 1.

    Args:
        weights: shape (k,), >= 0, summing to 1 (dimensionless).
        components: k laws of one dimension; ValueError for these or weights of another kind.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Mixture([0.25, 0.75], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5)))
    >>> round(float(law.cdf(0.0)), 4), round(float(law.quantile(0.25 + 0.75 / 2)), 4)
    (0.25, 2.0)
    """

    weights: Vector
    components: tuple[AbstractLaw, ...]

    def __init__(self, weights: ArrayLike, components: tuple[AbstractLaw, ...] | list[AbstractLaw]):
        laws = tuple(components)
        if not laws or not all(isinstance(law, AbstractLaw) for law in laws):
            raise ValueError(f"components: expected a tuple of laws, got {components!r}")
        self.weights, self.components = probabilities(weights, len(laws), "components"), laws

    def sample(self, key: Array, n: int) -> Values:
        which, *keys = jax.random.split(key, len(self.components) + 1)
        chosen = jax.random.categorical(which, jnp.log(self.weights), shape=(n,))
        draws = jnp.stack([law.sample(own, n) for law, own in zip(self.components, keys, strict=True)])
        return draws[chosen, jnp.arange(n)]

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        share = None if n is None else max(2, n // len(self.components))
        return self._joined([law.nodes(share) for law in self.components])

    def nodes_between(
        self, breaks: Vector, n: int | None = None, moving: bool = False
    ) -> tuple[Values, Values]:
        return self._joined([law.nodes_between(breaks, n, moving) for law in self.components])

    def _joined(self, rules: list[tuple[Values, Values]]) -> tuple[Values, Values]:
        points, weights = zip(*rules, strict=True)
        own = [share * mass for share, mass in zip(self.weights, weights, strict=True)]
        return jnp.concatenate(points), jnp.concatenate(own)

    def landmarks(self) -> Vector:
        return jnp.concatenate([law.landmarks().astype(self.weights.dtype) for law in self.components])

    def cdf(self, x: Values) -> Values:
        each = jnp.stack([law.cdf(x) for law in self.components], axis=-1)
        return jnp.sum(jnp.broadcast_to(self.weights, each.shape) * each, axis=-1)

    def quantile(self, q: Values) -> Values:
        """By bisection of the cdf, between the least and the greatest of the components' quantiles."""
        each = jnp.stack([law.quantile(q) for law in self.components])
        return quantile(self, q, jnp.min(each, axis=0), jnp.max(each, axis=0))

    def log_pdf(self, x: Values) -> Values:
        each = jnp.stack([law.log_pdf(x) for law in self.components], axis=-1)
        shares = jnp.broadcast_to(self.weights, each.shape)
        return jax.scipy.special.logsumexp(each, axis=-1, b=shares)
