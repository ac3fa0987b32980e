"""Diversity: the generator is paid for points that are far apart."""

import equinox as eqx
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
    ceiling the reward has no bound and, against a critic whose own slope has one, the points leave.

    Args:
        strength: a finite number > 0 (per unit x); ceiling: a number > 0 (units of x), None: none.
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law, critic = lsgan.PointMasses([-1.0, 3.0]), lsgan.Linear(w=0.0)
    >>> [float(lsgan.Diversity(1.0, ceiling).burden(critic, law, law)) for ceiling in (None, 1.0)]
    [-2.0, -0.5]
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))
    ceiling: Scalar | None = eqx.field(
        default=None, converter=lambda value: None if value is None else positive_number("ceiling")(value)
    )

    def burden(self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw) -> Scalar:
        y, weights = generated.nodes()
        apart = distances(y, y)
        if self.ceiling is not None:
            apart = jnp.minimum(apart, self.ceiling)
        return -self.strength * jnp.sum(weights[:, None] * weights[None] * apart)


def distances(x: Values, y: Values) -> Array:
    """|x_i - y_j| of points (n,) or, on the plane, (n, 2); with slope 0 where the two are one point."""
    square = jnp.square(x[:, None] - y[None]).reshape(x.shape[0], y.shape[0], -1).sum(axis=-1)
    return jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), 0)
