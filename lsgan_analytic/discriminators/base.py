"""What a discriminator is."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._types import Flag, Values


class AbstractDiscriminator(eqx.Module):
    """A function D on the data space; its array fields are its parameters."""

    @abc.abstractmethod
    def __call__(self, x: Values) -> Values:
        """D(x), elementwise."""

    def in_domain(self) -> Flag:
        """Whether the parameters are where D is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)
