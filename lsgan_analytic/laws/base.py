"""What every law offers."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._types import Breakpoints, FloatLike, Scalar, Values, Vector


class AbstractLaw(eqx.Module):
    """A law one can sample from and integrate against."""

    @property
    def is_sample(self) -> bool:
        """Whether the points of ``nodes`` are all there is of the law."""
        return False

    @property
    def has_exact_cdf(self) -> bool:
        """Whether ``cdf`` is right to rounding and has derivatives, so that jumps of D may be taken by it."""
        return False

    @property
    def is_nonnegative(self) -> bool:
        """Whether the law is known to have no mass below 0, whatever its parameters."""
        return False

    @property
    def dim(self) -> int:
        """1 for a law on the line, 2 for one on the plane."""
        return jax.eval_shape(lambda: self.nodes()[0]).ndim

    @abc.abstractmethod
    def sample(self, key: Array, n: int) -> Values:
        """n independent draws: shape (n,), in two dimensions (n, 2)."""

    @abc.abstractmethod
    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        """About n points and their weights with sum(weights * f(points)) = E[f] for smooth f.

        Deterministic. ``n=None`` takes the law's own default.
        """

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        """A rule for an f that changes quickly at ``breakpoints``; a law with one rule only has no better.

        With ``differentiable`` f may have kinks and jumps at ``breakpoints``. The panels then move with
        these, so that derivatives of the rule, of all orders, are those of the integral. Of a sample the
        mean is all there is; any other law with one rule only raises ValueError.
        """
        if differentiable and breakpoints.size and not self.is_sample:
            raise ValueError(
                f"law: {type(self).__name__} has one quadrature rule only, and phi(D(x)) has kinks or jumps; "
                "expected a law with composite_nodes(breakpoints, n, differentiable)"
            )
        return self.nodes()

    def log_pdf(self, x: FloatLike) -> Values:
        """log of the density, -inf outside the support; ValueError for a law without one."""
        raise ValueError(f"law: expected one with a density, got {type(self).__name__}")

    def pdf(self, x: FloatLike) -> Values:
        """The density."""
        return jnp.exp(self.log_pdf(x))

    def singularities(self) -> Vector:
        """Points of x where the density jumps or bends, and ends of where it has mass."""
        return jnp.zeros((0,))

    def corners(self) -> Vector:
        """Of ``singularities`` those at which the density is not negligible: kinks of a cdf."""
        return self.singularities()

    def widened(self, std: Scalar) -> "AbstractLaw | None":
        """The law of x + std e, e ~ N(0, I), where it is known in closed form; else None."""
        return None

    @abc.abstractmethod
    def cdf(self, x: FloatLike) -> Values:
        """P(X <= x)."""

    @abc.abstractmethod
    def quantile(self, q: FloatLike) -> Values:
        """The smallest x with P(X <= x) >= q, for 0 <= q <= 1."""
