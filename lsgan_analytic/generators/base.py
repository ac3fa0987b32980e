"""What a generator is."""

import abc
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from .._types import Flag, FloatLike, Values, Vector

if TYPE_CHECKING:
    from ..laws.base import AbstractLaw


class AbstractGenerator(eqx.Module):
    """A map G from the latent variable to the data space; its array fields are its parameters."""

    @abc.abstractmethod
    def __call__(self, z: FloatLike) -> Values:
        """G(z), elementwise."""

    def preimages(self, x: Array) -> Array:
        """All real z with G(z) = x, for every x, in any order; NaN where there is none.

        On the plane x are lines a x + b y = c, rows (a, b, c), and so is what G takes to them, if it knows.
        Of a G with ``breakpoints`` those points at which G - x changes its sign, each once.

        The density of G(z) is a sum over them, and quadrature ends its panels there. They need no
        derivatives: these come from G(z) = x. A generator that does not know returns none, as this one does.
        """
        return x[:0]

    def breakpoints(self) -> Vector:
        """All z where G has a kink, NaN for those that do not exist, with derivatives in its parameters.

        Quadrature over z ends its panels there and moves with them.
        """
        return jnp.zeros((0,))

    def most_preimages(self, points: int) -> int | None:
        """The most kinks of G and preimages of ``points`` breakpoints of D where panels end; None: all."""
        return None

    def critical_points(self) -> Vector:
        """All z with G'(z) = 0, NaN for those that do not exist: the density of G(z) has its ends there."""
        return jnp.zeros((0,))

    def checked_on(self, latent: "AbstractLaw") -> Self:
        """This generator, where it is defined on the points of ``latent``; an error elsewhere."""
        return self

    def in_domain(self) -> Flag:
        """Whether the parameters are where G is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)


class AbstractLineGenerator(AbstractGenerator):
    """A map of numbers to numbers, elementwise: of lines of the plane it knows no preimages."""


class AbstractPlaneGenerator(AbstractGenerator):
    """A map of points of the plane: its latent law is on the plane."""

    def checked_on(self, latent: "AbstractLaw") -> Self:
        if latent.dim != 2:
            raise ValueError(
                f"gen: {type(self).__name__} maps points of the plane, the latent law "
                f"{type(latent).__name__} is on the line"
            )
        return self
