"""Laws on the plane."""

import abc

import jax.numpy as jnp

from .._types import Numbers, Values
from .base import AbstractLaw


class AbstractPlaneLaw(AbstractLaw):
    """A law of points (x1, x2) with a density (per unit area): samples and nodes have shape (n, 2).

    ``composite_nodes`` takes lines, rows (n1, n2, c) for n1 x1 + n2 x2 = c, in place of points.
    """

    @property
    def dim(self) -> int:
        return 2

    @abc.abstractmethod
    def log_pdf(self, x: Numbers) -> Values:
        """log of the density at x of shape (..., 2), -inf outside the support."""

    def pdf(self, x: Numbers) -> Values:
        """The density at x of shape (..., 2)."""
        return jnp.exp(self.log_pdf(x))

    def cdf(self, x: Numbers) -> Values:
        """ValueError: the plane has no order."""
        raise ValueError(f"law: {type(self).__name__} is on the plane and has no cdf")

    def quantile(self, q: Numbers) -> Values:
        """ValueError: the plane has no order."""
        raise ValueError(f"law: {type(self).__name__} is on the plane and has no quantiles")
