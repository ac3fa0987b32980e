"""The law of a categorical generator: masses at integers, whatever the latent law."""

import jax.numpy as jnp

from ..generators.categorical import Categorical
from ..laws.base import AbstractLaw
from ..laws.discrete import PointMasses
from ..laws.pushforward import register_pushforward


@register_pushforward(AbstractLaw, Categorical)
def _masses(latent: AbstractLaw, gen: Categorical) -> PointMasses:
    points = jnp.arange(gen.logits.size, dtype=gen.logits.dtype)
    return PointMasses.unchecked(points, gen.probabilities)
