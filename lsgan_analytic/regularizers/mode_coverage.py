"""Mode regularisation: the generator pays for data that it is far from."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._types import Scalar
from ..discriminators.base import AbstractDiscriminator
from ..laws.base import AbstractLaw
from ._arguments import nonnegative_number, positive_number
from .base import AbstractRegularizer
from .diversity import distances


class ModeCoverage(AbstractRegularizer):
    """G descends its objective + strength E_{x ~ data} max(0, min_y |x - y| - radius) over points y of G.

    What the published max(0, radius - max_y |x - y|) was meant to be: that one charges a data point for
    which all generated points are near, and none that all are far from. The geometric mode regulariser of
    Che et al., "Mode regularized generative adversarial networks", ICLR 2017, has an encoder in place of the
    minimum. Over the law's own rule, so "all generated points" are its nodes: meant for samples.

    Args:
        strength: a finite number > 0 (per unit x); radius: delta, a finite number >= 0 (units of x).
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> data, generated = lsgan.PointMasses([-2.0, 2.0]), lsgan.PointMasses([-2.0])
    >>> part = lsgan.ModeCoverage(strength=1.0, radius=1.0)
    >>> [float(cost) for cost in part.shortfall(data, generated)]
    [0.0, 3.0]
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))
    radius: Scalar = eqx.field(default=0.0, converter=nonnegative_number("radius"))

    def shortfall(self, data: AbstractLaw, generated: AbstractLaw) -> Float[Array, " points"]:
        """max(0, min_y |x - y| - radius) at every point x of the data's rule."""
        (x, _), (y, _) = data.nodes(), generated.nodes()
        return jnp.maximum(0, jnp.min(distances(x, y), axis=1) - self.radius)

    def generator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar:
        _, weights = data.nodes()
        return self.strength * jnp.sum(weights * self.shortfall(data, generated))
