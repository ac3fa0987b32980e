"""A small network as generator."""

import jax.numpy as jnp
from jax import Array

from .._dense import Layers, layers
from .._types import Numbers, Values
from .base import AbstractPlaneGenerator


class NeuralGenerator(AbstractPlaneGenerator):
    """G(z), a network of tanh layers from the plane to the plane.

    All weights and biases are parameters. It does not know its preimages: its law has no density here.

    Args:
        key, width, depth: as for ``NeuralDiscriminator``.

    Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.

    >>> import jax, lsgan_analytic as lsgan
    >>> gen = lsgan.NeuralGenerator(key=jax.random.key(0), width=8)
    >>> gen([[0.0, 0.0], [1.0, 2.0]]).shape
    (2, 2)
    """

    layers: Layers

    def __init__(self, key: Array, width: int = 32, depth: int = 2):
        self.layers = layers(key, 2, 2, width, depth)

    def __call__(self, z: Numbers) -> Values:
        return self.layers(jnp.asarray(z, self.layers.biases[0].dtype))
