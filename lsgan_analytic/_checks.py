"""Bad input, said clearly: ValueError or TypeError at trace time, ``equinox.error_if`` for traced values."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from ._types import Numbers as Numbers, ScalarLike

_FLOATS = ("float32", "float64")


def _array(value: object, name: str) -> Array | np.ndarray:
    """``value`` as an array of whatever dtype, still on the host where it is."""
    if isinstance(value, jax.Array):
        if jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
            raise TypeError(
                f"{name}: expected float32, float64 or integer values, got a random key {value!r}"
            )
        return value
    try:
        traced = any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(value))
        return jnp.asarray(value) if traced else np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected a number or an array of numbers, got {value!r}") from error


def floating(value: Numbers, name: str) -> Array:
    """``value`` as a float32 or float64 array; Python numbers and integers take the default float dtype."""
    array = _array(value, name)
    kind = np.dtype(array.dtype)
    if kind.kind in "iu" or (array is not value and kind == np.float64):
        return jnp.asarray(array, dtype=jnp.result_type(float))
    if kind.name not in _FLOATS:
        raise TypeError(
            f"{name}: expected float32, float64 or integer values, got dtype {kind.name} (value {value!r})"
        )
    return jnp.asarray(array)


def _require(value: Numbers, array: Array, good: Callable, message: str) -> Array:
    """``array``, or an error: at once where the value is known, when it is computed where it is traced."""
    if isinstance(value, Tracer):
        return eqx.error_if(array, ~good(jnp, array), message)
    if not np.all(good(np, np.asarray(value))):
        raise ValueError(f"{message}, got {value!s}")
    return array


def refused_if(wrong: Array, value: Array, message: str) -> Array:
    """``value``, or an error: at once where ``wrong`` is known, when it is computed where it is traced."""
    if isinstance(wrong, Tracer):
        return eqx.error_if(value, wrong, message)
    if wrong:
        raise ValueError(message)
    return value


def finite(name: str) -> Callable[[Numbers], Array]:
    """A field converter: a float array, every entry finite."""

    def convert(value: Numbers) -> Array:
        message = f"{name}: expected a finite number"
        return _require(value, floating(value, name), lambda xp, x: xp.isfinite(x), message)

    return convert


def positive(name: str) -> Callable[[Numbers], Array]:
    """A field converter: a float array, every entry finite and > 0.

    Subnormal numbers, which compiled programs take for 0, are refused too.
    """

    def convert(value: Numbers) -> Array:
        array = floating(value, name)
        least = float(jnp.finfo(array.dtype).tiny)
        known = None if isinstance(value, Tracer) else np.asarray(value)
        subnormal = known is not None and ((known > 0) & (known < least)).any()
        message = f"{name}: expected a finite number > 0" + (" that is not subnormal" if subnormal else "")
        return _require(value, array, lambda xp, x: xp.isfinite(x) & (x >= least), message)

    return convert


def between(name: str, low: float, high: float) -> Callable[[Numbers], Array]:
    """A field converter: a float array, every entry from ``low`` to ``high``."""

    def convert(value: Numbers) -> Array:
        message = f"{name}: expected a number from {low:g} to {high:g}"
        return _require(value, floating(value, name), lambda xp, x: (x >= low) & (x <= high), message)

    return convert


def positive_number(name: str) -> Callable[[ScalarLike], Array]:
    """As ``positive``, of one number: for arguments that are no parameters of a batch."""

    def convert(value: ScalarLike) -> Array:
        if (shape := _array(value, name).shape) != ():
            raise ValueError(f"{name}: expected one number > 0, got {value!s} of shape {shape}")
        return positive(name)(value)

    return convert


def nonnegative(name: str) -> Callable[[Numbers], Array]:
    """A field converter: a float array, every entry finite and >= 0."""

    def convert(value: Numbers) -> Array:
        message = f"{name}: expected a finite number >= 0"
        return _require(value, floating(value, name), lambda xp, x: xp.isfinite(x) & (x >= 0), message)

    return convert


def probabilities(value: Numbers, length: int, like: str, name: str = "weights") -> Array:
    """``value`` as a float array of shape (length,), entries >= 0 that sum to 1: one for each of ``like``."""
    array = finite(name)(value)
    if array.shape != (length,):
        raise ValueError(f"{name}: expected shape {(length,)} like {like}, got {array.shape}")
    wrong = (array < 0).any() | (jnp.abs(array.sum() - 1) > 4 * length * jnp.finfo(array.dtype).eps)
    message = f"{name}: expected numbers >= 0 that sum to 1"
    if isinstance(wrong, Tracer):
        return eqx.error_if(array, wrong, message)
    if wrong:
        raise ValueError(f"{message}, got {array}")
    return array


def checked_int(value: int, name: str, least: int = 1) -> int:
    """A Python integer of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}: expected an integer >= {least}, got {value!r}")
    return int(value)


def checked_float(
    value: float | np.floating | np.integer, name: str, low: float = -np.inf, high: float = np.inf
) -> float:
    """A Python number, finite and in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{name}: expected a Python number, got {value!r}")
    if not (np.isfinite(value) and low <= value <= high):
        bounded = np.isfinite(low) or np.isfinite(high)
        within = f" in [{low}, {high}]" if bounded else ""
        raise ValueError(f"{name}: expected a finite number{within}, got {value!r}")
    return float(value)


def same_shape(**fields: Array) -> None:
    """ValueError unless all the named arrays have one shape: a batch of players is a jax.vmap away."""
    shapes = {name: jnp.shape(value) for name, value in fields.items()}
    if len(set(shapes.values())) > 1:
        names = ", ".join(shapes)
        raise ValueError(
            f"{names}: expected parameters of one shape (use jax.vmap for a batch), got {shapes}"
        )


def typed_key(key: Array) -> Array:
    """A typed key; raw uint32 keys are wrapped."""
    if not isinstance(key, jax.Array):
        raise TypeError(f"key: expected a JAX random key, e.g. jax.random.key(0), got {key!r}")
    if not jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        if key.dtype != jnp.uint32:
            raise TypeError(f"key: expected a JAX random key, e.g. jax.random.key(0), got dtype {key.dtype}")
        key = jax.random.wrap_key_data(key)
    if key.shape != ():
        raise TypeError(f"key: expected one key, got shape {key.shape}")
    return key
