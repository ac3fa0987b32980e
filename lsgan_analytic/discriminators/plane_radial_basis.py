"""Radial basis functions on the plane."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._checks import finite, positive_number
from .._types import Flag, Numbers, Scalar, Values, Vector
from .base import AbstractCritic
from .half_plane import planar


class PlaneRadialBasis(AbstractCritic):
    """D(x) = sum_i weights_i e^{-|x - centers_i|^2 / (2 width^2)} for x in the plane, a critic.

    ``RadialBasis`` on the line. On pairs of points of the line it is a discriminator that sees two at once:
    packing (Lin et al., "PacGAN", NeurIPS 2018) is a game on pairs, of the data and of generated points.

    Args:
        weights: a vector (n,), centers: (n, 2), finite numbers; width: a number > 0 (units of x).
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.PlaneRadialBasis(weights=[2.0], centers=[[1.0, -1.0]], width=0.1)
    >>> float(disc([1.0, -1.0]))
    2.0
    """

    weights: Vector = eqx.field(converter=lambda value: finite("weights")(value))
    centers: Float[Array, "n 2"] = eqx.field(converter=lambda value: finite("centers")(value))
    width: Scalar = eqx.field(converter=positive_number("width"))

    def __check_init__(self):
        if self.weights.ndim != 1 or self.centers.shape != (self.weights.size, 2):
            raise ValueError(
                "weights, centers: expected shapes (n,) and (n, 2), got "
                f"{self.weights.shape} and {self.centers.shape}"
            )

    def __call__(self, x: Numbers) -> Values:
        def total(point: Vector) -> Scalar:
            square = jnp.sum(jnp.square(point[None] - self.centers), axis=1)
            return jnp.sum(self.weights * jnp.exp(-0.5 * square / jnp.square(self.width)))

        return jnp.vectorize(total, signature="(d)->()")(planar(x, "PlaneRadialBasis"))

    def in_domain(self) -> Flag:
        return self.width > 0
