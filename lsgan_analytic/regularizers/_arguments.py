"""Arguments of regularisers: one real number each."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import nonnegative, positive
from .._types import ScalarLike

Converter = Callable[[ScalarLike], Array]


def _one_number(check: Converter, message: str) -> Converter:
    def convert(value: ScalarLike) -> Array:
        try:
            array = value if isinstance(value, jax.Array) else np.asarray(value)
        except ValueError:  # lists of unequal length
            array = np.asarray(None)
        real = jnp.issubdtype(array.dtype, jnp.integer) or jnp.issubdtype(array.dtype, jnp.floating)
        if array.shape != () or not real:
            raise ValueError(f"{message}, got {value!r}")
        return check(value)

    return convert


def positive_number(name: str) -> Converter:
    """A field converter: one finite number > 0, as a float array of shape (); ValueError otherwise."""
    return _one_number(positive(name), f"{name}: expected a finite number > 0")


def nonnegative_number(name: str) -> Converter:
    """A field converter: one finite number >= 0, as a float array of shape (); ValueError otherwise."""
    return _one_number(nonnegative(name), f"{name}: expected a finite number >= 0")
