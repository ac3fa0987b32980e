"""Diversity: the generator is paid for points that are far apart."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._types import Scalar, Values
from ..discriminators.base import AbstractDiscriminator
from ..laws.base import AbstractLaw
from ._arguments import positive_number
from .base import AbstractRegularizer


class Diversity(AbstractRegularizer):
    """G descends its objective - strength E min(|y - y'|, ceiling), y and y' independent generated points.

    The pairwise form of Mao et al., "Mode seeking generative adversarial networks", CVPR 2019. Without a
    ceiling the reward has no bound and, against a critic whose own slope has one, the points leave. On
    samples and on the plane the mean is that over all pairs of the law's nodes.

    Args:
        strength: a finite number > 0 (per unit x); ceiling: a number > 0 (units of x), None: none.
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law, critic = lsgan.PointMasses([-1.0, 3.0]), lsgan.Linear(w=0.0)
    >>> [float(lsgan.Diversity(1.0, ceiling).generator_penalty(critic, law, law)) for ceiling in (None, 1.0)]
    [-2.0, -0.5]
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))
    ceiling: Scalar | None = eqx.field(
        default=None, converter=lambda value: None if value is None else positive_number("ceiling")(value)
    )

    def sees_averages(self, dim: int) -> bool:
        return True

    def generator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar:
        y, weights = generated.nodes()
        if generated.is_sample or y.ndim == 2:
            each = jnp.sum(weights[None] * self._reward(distances(y, y)), axis=1)
        else:
            each = jax.vmap(lambda point: self._mean_from(generated, point))(y)
        return -self.strength * jnp.sum(weights * each)

    def _reward(self, apart: Array) -> Array:
        return apart if self.ceiling is None else jnp.minimum(apart, self.ceiling)

    def _mean_from(self, law: AbstractLaw, point: Scalar) -> Scalar:
        """E min(|point - y|, ceiling), on panels that end at the kinks and move with them."""
        reach = [] if self.ceiling is None else [-self.ceiling, self.ceiling]
        kinks = jnp.stack([point, *(point + far.astype(point.dtype) for far in reach)])
        y, weights = law.composite_nodes(kinks, differentiable=True)
        return jnp.sum(weights * self._reward(jnp.abs(point - y)))


def distances(x: Values, y: Values) -> Array:
    """|x_i - y_j| of points (n,) or, on the plane, (n, 2); with slope 0 where the two are one point."""
    square = jnp.square(x[:, None] - y[None]).reshape(x.shape[0], y.shape[0], -1).sum(axis=-1)
    return jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), 0)
