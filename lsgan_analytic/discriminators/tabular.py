"""Discriminators on finitely many points: a number for each."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite
from .._types import Values, Vector
from .base import AbstractCritic, AbstractProbability


def _vector(name: str):
    def convert(value) -> Vector:
        array = finite(name)(jnp.asarray(value))
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{name}: expected a non-empty vector, got shape {array.shape}")
        return array

    return convert


def _look_up(table: Vector, x: Values) -> Values:
    """The entry at the integer nearest to x; NaN outside the table."""
    place = jnp.rint(jnp.asarray(x)).astype(int)
    inside = (place >= 0) & (place < table.size)
    return jnp.where(inside, table[jnp.clip(place, 0, table.size - 1)], jnp.nan)


def _steps(table: Vector) -> Vector:
    return jnp.arange(table.size + 1, dtype=table.dtype) - 0.5


class Tabular(AbstractProbability):
    """D(x) = 1/(1 + e^{-logits[x]}) for x in {0, ..., n - 1}: every D there is, on n points.

    x is a float and is rounded to the nearest integer; D is NaN outside the table.

    Args:
        logits: a vector (n,) of finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Tabular(logits=[3.0, 0.0])(1.0))
    0.5
    """

    logits: Vector = eqx.field(converter=_vector("logits"))

    def logit(self, x: Values) -> Values:
        return _look_up(self.logits, x)

    def breaks(self) -> Vector:
        return _steps(self.logits)


class TabularCritic(AbstractCritic):
    """D(x) = values[x] for x in {0, ..., n - 1}, a critic: as ``Tabular``, but any real number.

    Args:
        values: a vector (n,) of finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.TabularCritic(values=[3.0, -1.0])(1.0))
    -1.0
    """

    values: Vector = eqx.field(converter=_vector("values"))

    def __call__(self, x: Values) -> Values:
        return _look_up(self.values, x)

    def breaks(self) -> Vector:
        return _steps(self.values)
