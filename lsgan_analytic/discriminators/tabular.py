"""Discriminators on finitely many points: a number for each."""

from collections.abc import Callable
from typing import Self

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from .._checks import finite, refused_if
from .._types import FloatLike, Numbers, Values, Vector
from ..laws.base import AbstractLaw
from .base import AbstractCritic, AbstractProbability


def _vector(name: str) -> Callable[[Numbers], Vector]:
    def convert(value: Numbers) -> Vector:
        array = finite(name)(value)
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{name}: expected a non-empty vector, got shape {array.shape}")
        return array

    return convert


def _look_up(table: Vector, x: FloatLike) -> Values:
    """The entry at the integer nearest to x; NaN outside the table."""
    x = jnp.asarray(x)
    place = jnp.clip(jnp.rint(x), 0, table.size - 1).astype(int)
    return jnp.where(_inside(table, x), table[place], jnp.nan)


def _checked(table: Vector, law: AbstractLaw, kind: str) -> Vector:
    """``table``, for a law on its points."""
    what = f"disc: {kind} is defined on 0, ..., {table.size - 1} only, got a {type(law).__name__}"
    if not law.is_sample or law.dim != 1:
        raise ValueError(f"{what}, which is no law on points of the line")
    x, _ = law.nodes()
    return refused_if(jnp.any(~_inside(table, x)), table, f"{what} with other points")


def _inside(table: Vector, x: Values) -> Array:
    place = jnp.rint(x)
    return (place >= 0) & (place < table.size)


def _steps(table: Vector) -> Vector:
    return jnp.arange(table.size + 1, dtype=table.dtype) - 0.5


class Tabular(AbstractProbability):
    """D(x) = 1/(1 + e^{-logits[x]}) for x in {0, ..., n - 1}: every D there is, on n points.

    x is a float and is rounded to the nearest integer; D is NaN outside the table. An expectation over a law
    with other points is refused: ValueError, RuntimeError when traced.

    Args:
        logits: a vector (n,) of finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Tabular(logits=[3.0, 0.0])(1.0))
    0.5
    """

    logits: Vector = eqx.field(converter=_vector("logits"))

    def logit(self, x: FloatLike) -> Values:
        return _look_up(self.logits, x)

    def breakpoints(self) -> Vector:
        return _steps(self.logits)

    def checked_on(self, law: AbstractLaw) -> Self:
        return eqx.tree_at(lambda disc: disc.logits, self, _checked(self.logits, law, "Tabular"))


class TabularCritic(AbstractCritic):
    """D(x) = values[x] for x in {0, ..., n - 1}, a critic: as ``Tabular``, but any real number.

    Args:
        values: a vector (n,) of finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.TabularCritic(values=[3.0, -1.0])(1.0))
    -1.0
    """

    values: Vector = eqx.field(converter=_vector("values"))

    def __call__(self, x: FloatLike) -> Values:
        return _look_up(self.values, x)

    def breakpoints(self) -> Vector:
        return _steps(self.values)

    def checked_on(self, law: AbstractLaw) -> Self:
        return eqx.tree_at(lambda disc: disc.values, self, _checked(self.values, law, "TabularCritic"))
