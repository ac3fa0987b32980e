"""Layers of a small network."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._checks import checked_int, typed_key
from ._types import Values


class Layers(eqx.Module):
    """x -> W_n tanh(... tanh(W_1 x + b_1) ...) + b_n on the last axis; all arrays, all parameters."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def __call__(self, x: Values) -> Values:
        *hidden, (weight, bias) = zip(self.weights, self.biases, strict=True)
        for inner, offset in hidden:
            x = jnp.tanh(_affine(inner, offset, x))
        return _affine(weight, bias, x)


def _affine(weight: Array, bias: Array, x: Values) -> Values:
    product = jnp.matmul(x, weight.T, precision="highest")
    return product + jnp.broadcast_to(bias, product.shape)


def layers(key: Array, inputs: int, outputs: int, width: int, depth: int) -> Layers:
    """``depth`` hidden layers of ``width``: weights N(0, 1/inputs of the layer), biases 0."""
    inner = (checked_int(width, "width"),) * checked_int(depth, "depth")
    sizes = (checked_int(inputs, "inputs"), *inner, checked_int(outputs, "outputs"))
    key = typed_key(key)
    weights = tuple(
        jax.random.normal(layer_key, (after, before)) / jnp.sqrt(float(before))
        for layer_key, before, after in zip(
            jax.random.split(key, len(sizes) - 1), sizes, sizes[1:], strict=False
        )
    )
    return Layers(weights, tuple(jnp.zeros(after) for after in sizes[1:]))
