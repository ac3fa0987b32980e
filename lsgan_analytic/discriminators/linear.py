"""The linear critic."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite, same_shape
from .._types import FloatLike, Parameter, Values, Vector
from .base import AbstractCritic


class Linear(AbstractCritic):
    """D(x) = w x + b, a critic: its score is its value.

    Args:
        w: slope (per unit x), b: offset; finite numbers, ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Linear(w=2.0, b=1.0)(3.0))
    7.0
    """

    w: Parameter = eqx.field(converter=finite("w"))
    b: Parameter = eqx.field(default=0.0, converter=finite("b"))

    def __check_init__(self):
        same_shape(w=self.w, b=self.b)

    def __call__(self, x: FloatLike) -> Values:
        return self.w * x + self.b

    def crossings(self, level: float) -> Vector:
        return ((level - self.b) / self.w)[None]

    def normalized(self) -> "Linear":
        return eqx.tree_at(lambda disc: disc.w, self, jnp.sign(self.w))
