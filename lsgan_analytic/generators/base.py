"""What a generator is."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._types import Flag, Values


class AbstractGenerator(eqx.Module):
    """A map G from the latent variable to the data space; its array fields are its parameters."""

    @abc.abstractmethod
    def __call__(self, z: Values) -> Values:
        """G(z), elementwise."""

    def in_domain(self) -> Flag:
        """Whether the parameters are where G is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)
