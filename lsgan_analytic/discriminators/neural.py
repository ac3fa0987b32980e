"""A small network as discriminator."""

from jax import Array

from .._dense import Layers, layers
from .._types import Numbers, Values
from .base import AbstractProbability
from .half_plane import planar


class NeuralDiscriminator(AbstractProbability):
    """D(x) = 1/(1 + e^{-s(x)}), s a network of tanh layers on the plane; its score is s.

    All weights and biases are parameters. Quadrature cannot know where it turns: exact costs are those of a
    smooth function; play it on samples (``simulate``).

    Args:
        key: of the start: weights N(0, 1/inputs of the layer), biases 0, in the default dtype.
        width, depth: of the hidden layers, >= 1; ValueError otherwise.

    Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.

    >>> import jax, lsgan_analytic as lsgan
    >>> disc = lsgan.NeuralDiscriminator(key=jax.random.key(0), width=8, depth=1)
    >>> disc(jax.numpy.asarray([[0.0, 0.0], [1.0, 2.0]])).shape, len(lsgan.parameter_names(disc))
    ((2,), 33)
    """

    layers: Layers

    def __init__(self, key: Array, width: int = 32, depth: int = 2):
        self.layers = layers(key, 2, 1, width, depth)

    def logit(self, x: Numbers) -> Values:
        dtype = self.layers.biases[0].dtype
        return self.layers(planar(x, "NeuralDiscriminator").astype(dtype))[..., 0]
