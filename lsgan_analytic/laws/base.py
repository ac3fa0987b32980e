"""What every law offers, and what the laws with a density offer beside it."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from .._types import Values


class AbstractLaw(eqx.Module):
    """A law one can sample from and integrate against."""

    @abc.abstractmethod
    def sample(self, key: Array, n: int) -> Values:
        """n independent draws, shape (n,)."""

    @abc.abstractmethod
    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        """Points and weights (each (n,)) with sum(weights * f(points)) = E[f] for smooth f.

        Deterministic. ``n=None`` takes the law's own default.
        """

    @abc.abstractmethod
    def cdf(self, x: Values) -> Values:
        """P(X <= x)."""

    @abc.abstractmethod
    def quantile(self, q: Values) -> Values:
        """The smallest x with P(X <= x) >= q, for 0 <= q <= 1."""


class AbstractDensity(AbstractLaw):
    """A law with a density (per unit x)."""

    @abc.abstractmethod
    def log_pdf(self, x: Values) -> Values:
        """log of the density, -inf outside the support."""

    def pdf(self, x: Values) -> Values:
        """The density."""
        return jnp.exp(self.log_pdf(x))
