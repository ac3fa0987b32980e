"""What a generator is."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._types import Flag, Values, Vector


class AbstractGenerator(eqx.Module):
    """A map G from the latent variable to the data space; its array fields are its parameters."""

    @abc.abstractmethod
    def __call__(self, z: Values) -> Values:
        """G(z), elementwise."""

    def preimages(self, x: Vector) -> Vector:
        """All z with G(z) = x, for every x, in any order; NaN where there is none.

        Quadrature ends its panels there. A generator that does not know returns none, as this one does.
        """
        return x[:0]

    def in_domain(self) -> Flag:
        """Whether the parameters are where G is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)
