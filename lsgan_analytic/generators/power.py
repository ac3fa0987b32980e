"""The power law."""

from typing import Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._checks import checked_float, finite, refused_if, same_shape
from .._types import FloatLike, Numbers, Parameter, Values, Vector
from ..laws.base import AbstractLaw
from .base import AbstractLineGenerator

_LARGE = 2**20  # whole exponents up to here are taken by multiplication


class Power(AbstractLineGenerator):
    """G(z) = scale z^exponent + shift for z >= 0, for all z where the exponent is whole; NaN elsewhere.

    exponent = 2 on a Rayleigh latent is the square law; on an exponential latent the image is a Weibull law.

    A game whose latent law has mass where G is NaN is refused: ValueError, RuntimeError when traced.

    Args:
        scale: any sign; shift (units of x); finite numbers, ValueError otherwise.
        exponent: a Python number > 0, not a parameter; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Power(scale=2.0, shift=1.0, exponent=1.5)(4.0))
    17.0
    """

    scale: Parameter = eqx.field(converter=finite("scale"))
    shift: Parameter = eqx.field(converter=finite("shift"))
    exponent: float = eqx.field(static=True)

    def __init__(self, scale: Numbers, shift: Numbers, exponent: float):
        self.scale, self.shift = finite("scale")(scale), finite("shift")(shift)
        self.exponent = checked_float(exponent, "exponent", float(np.finfo(np.float32).tiny))

    def __check_init__(self):
        same_shape(scale=self.scale, shift=self.shift)

    def _whole(self) -> bool:
        return self.exponent == round(self.exponent)

    def __call__(self, z: FloatLike) -> Values:
        exponent = int(self.exponent) if self._whole() and self.exponent < _LARGE else self.exponent
        return self.scale * jnp.asarray(z) ** exponent + self.shift

    def preimages(self, x: Vector) -> Vector:
        level = (x - self.shift) / self.scale
        size = jnp.abs(level) ** (1 / self.exponent)
        if self._whole() and self.exponent % 2:
            return jnp.where(level < 0, -size, size)
        root = jnp.where(level < 0, jnp.nan, size)
        return jnp.concatenate([-root, root]) if self._whole() else root

    def checked_on(self, latent: AbstractLaw) -> Self:
        if self._whole() or latent.is_nonnegative:
            return self
        message = (
            f"exponent: expected a whole number for a latent law with mass below 0, got {self.exponent} for "
            f"{type(latent).__name__}"
        )
        z, weights = latent.nodes()
        wrong = jnp.any((z < 0) & (weights > 0))
        return eqx.tree_at(lambda gen: gen.scale, self, refused_if(wrong, self.scale, message))

    def critical_points(self) -> Vector:
        return jnp.zeros((1,) if self.exponent > 1 else (0,), self.scale.dtype)
