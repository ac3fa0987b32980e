"""Laws that are samples."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import finite, probabilities
from .._types import Numbers, Values, Vector
from .base import AbstractLaw


class PointMasses(AbstractLaw):
    """Masses at points: the empirical law of a sample, or any discrete law. It has no density.

    E[f] = sum_i weights_i f(points_i): an expectation against it is the (weighted) sample mean.

    Args:
        points: shape (n,), on the plane (n, 2), finite.
        weights: shape (n,), >= 0, summing to 1; equal by default. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> coin = lsgan.PointMasses(points=[-1.0, 1.0])
    >>> [float(v) for v in coin.cdf([-2.0, 0.0, 1.0])]
    [0.0, 0.5, 1.0]
    """

    points: Values
    weights: Vector

    def __init__(self, points: Numbers, weights: Numbers | None = None):
        self.points = finite("points")(points)
        if self.points.size == 0 or (self.points.ndim != 1 and self.points.shape[1:] != (2,)):
            raise ValueError(f"points: expected shape (n,) or (n, 2), n >= 1, got {self.points.shape}")
        n = self.points.shape[0]
        equal = jnp.full((n,), 1 / n, self.points.dtype)
        self.weights = equal if weights is None else probabilities(weights, n, "points")

    @classmethod
    def unchecked(cls, points: Array, weights: Array) -> Self:
        """Without the checks: for points a law has drawn, inside a loop over steps."""
        blank = cls([0.0])
        return eqx.tree_at(lambda law: (law.points, law.weights), blank, (points, weights))

    @property
    def is_sample(self) -> bool:
        return True

    @property
    def dim(self) -> int:
        return self.points.ndim

    def sample(self, key: Array, n: int) -> Values:
        return jax.random.choice(key, self.points, (n,), p=self.weights)

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        if n not in (None, self.points.shape[0]):
            raise ValueError(f"n: these {self.points.shape[0]} points are the only rule, got n={n}")
        return self.points, self.weights

    def cdf(self, x: Numbers) -> Values:
        self._ordered("cdf")
        return jnp.vectorize(lambda v: jnp.sum(jnp.where(self.points <= v, self.weights, 0)))(jnp.asarray(x))

    def _ordered(self, what: str) -> None:
        if self.points.ndim != 1:
            raise ValueError(f"law: points of the plane have no {what}")

    def quantile(self, q: Numbers) -> Values:
        self._ordered("quantiles")
        order = jnp.argsort(self.points)
        below = jnp.cumsum(self.weights[order])
        rank = jnp.searchsorted(below, jnp.asarray(q) * (1 - jnp.finfo(below.dtype).eps))
        return self.points[order][jnp.minimum(rank, self.points.shape[0] - 1)]
