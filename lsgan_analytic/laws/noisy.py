"""A law with Gaussian noise on it."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._plane import as_points, lines
from .._types import Breakpoints, FloatLike, Scalar, Values, Vector
from ._bisection import quantile
from .base import AbstractLaw
from .multivariate_normal import MultivariateNormal
from .normal import Normal
from .product import Product

_PLAIN = 48  # nodes of the noise for smooth functions
_KERNEL = (-12.0, -8.0, -5.0, -2.5, 0.0, 2.5, 5.0, 8.0, 12.0)  # panels of the density of the noise, in std
_BLOCK = 4096  # points
_MOST = 10_000_000  # nodes of an iterated rule
_SMOOTHED = (-6.0, -3.0, -1.0, 1.0, 3.0, 6.0)  # panels of a smoothed step, in std


class Noisy(AbstractLaw):
    """The law of x + std e with x ~ law and e ~ N(0, I), x and e independent.

    On the line it is integrated twice: the variable that varies more inside, on panels that end where the
    sum is at a breakpoint of the discriminator, so that a D much steeper than the noise is no harder; more
    than 10 million nodes are refused (a best response has a hundred breakpoints). On a sample and on the
    plane e is integrated around every point of the law.
    """

    law: AbstractLaw
    std: Scalar

    @property
    def dim(self) -> int:
        return self.law.dim

    def sample(self, key: Array, n: int) -> Values:
        first, second = jax.random.split(key)
        x = self.law.sample(first, n)
        return x + self.std * jax.random.normal(second, x.shape, x.dtype)

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        """48 nodes of the noise about each of n of the law (of all points of a sample)."""
        return self._around_each(
            lambda noise: noise.nodes(_PLAIN), self.law.nodes(None if self.law.is_sample else n)
        )

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        def rule() -> tuple[Values, Values]:
            if self.dim == 2 or differentiable:
                return self._about_nodes(breakpoints, n, differentiable)
            offsets = as_points(breakpoints).astype(self.std.dtype)
            rows = lines(jnp.ones((2,), offsets.dtype), offsets)
            both = Product(self.law, self.around(jnp.zeros_like(self.std)))
            pairs, weights = both.composite_nodes(rows, n)
            return jnp.sum(pairs, axis=1), weights

        size = jax.eval_shape(rule)[1].size
        if size > _MOST:
            raise ValueError(
                f"disc: expected one with fewer breakpoints than {breakpoints.shape[0]} under noise on "
                f"{type(self.law).__name__}: they make {size} nodes, and at most {_MOST} are taken"
            )
        return rule()

    def _about_nodes(
        self, breakpoints: Breakpoints, n: int | None, differentiable: bool
    ) -> tuple[Values, Values]:
        """The rule of the noise, with panels that end on ``breakpoints``, about each node of the law."""
        about = self.law.nodes()
        if self.dim == 1 and not self.law.is_sample:  # of x what is left is smooth, but steep
            reach = jnp.asarray(_SMOOTHED, self.std.dtype) * self.std
            about = self.law.composite_nodes(
                jax.lax.stop_gradient((breakpoints[:, None] - reach[None]).ravel())
            )
        return self._around_each(lambda noise: noise.composite_nodes(breakpoints, n, differentiable), about)

    def _around_each(
        self, rule: Callable[[AbstractLaw], tuple[Values, Vector]], nodes: tuple[Values, Vector]
    ) -> tuple[Values, Vector]:
        x, weights = nodes
        y, shares = jax.vmap(lambda mean: rule(self.around(mean)))(x)
        return y.reshape(-1, *x.shape[1:]), (weights[:, None] * shares).ravel()

    def around(self, mean: Values) -> AbstractLaw:
        """The law of mean + std e."""
        if mean.ndim == 0:
            return eqx.tree_at(lambda law: (law.mean, law.std), Normal(), (mean, self.std))
        return MultivariateNormal().with_factor(mean, self.std * jnp.eye(2, dtype=mean.dtype))

    def _near(self, point: Values) -> tuple[Values, Values]:
        """A rule of the law for the density of the noise about one point."""
        if self.law.is_sample or point.ndim:
            return self.law.nodes()
        return self.law.composite_nodes(point + self.std * jnp.asarray(_KERNEL, self.std.dtype))

    def widened(self, std: Scalar) -> "Noisy":
        return Noisy(self.law, jnp.hypot(self.std, std))

    def cdf(self, x: FloatLike) -> Values:
        def one(point: Scalar) -> Scalar:
            at, weights = self._near(point)
            return jnp.sum(weights * jax.scipy.stats.norm.cdf((point - at) / self.std))

        return jnp.vectorize(one)(jnp.asarray(x))

    def log_pdf(self, x: FloatLike) -> Values:
        def one(point: Values) -> Values:
            at, weights = self._near(point)
            off = (point[None] - at).reshape(weights.size, -1) / self.std
            logs = jnp.sum(jax.scipy.stats.norm.logpdf(off) - jnp.log(self.std), axis=1)
            return jax.scipy.special.logsumexp(logs, b=weights)

        x = jnp.asarray(x)
        shape = x.shape[:-1] if self.dim == 2 else x.shape
        return _in_blocks(one, x.reshape(-1, *x.shape[len(shape) :])).reshape(shape)

    def quantile(self, q: FloatLike) -> Values:
        """By bisection of the cdf."""
        x, _ = self.law.nodes()
        reach = 9 * self.std
        return quantile(self, q, jnp.min(x) - reach, jnp.max(x) + reach)


def _in_blocks(function: Callable[[Values], Values], points: Values) -> Vector:
    """``function`` of every point; of many points in blocks, each of which looks at all nodes at once."""
    if points.shape[0] <= _BLOCK:
        return jax.vmap(function)(points)
    return jax.lax.map(jax.checkpoint(function), points, batch_size=_BLOCK)


def noisy(law: AbstractLaw, std: Scalar) -> AbstractLaw:
    """The law of x + std e, e ~ N(0, I)."""
    return law.widened(std) or Noisy(law, std)
