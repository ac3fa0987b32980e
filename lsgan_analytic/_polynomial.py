"""Real roots of polynomials of low degree, without eigenvalues (which not every device has)."""

import jax
import jax.numpy as jnp
from jax import Array

from ._types import Values, Vector

_FAR = 1e8
_HALVINGS = 60


def _value(coefficients: Vector, x: Values) -> Values:
    total = jnp.zeros_like(x)
    for k in reversed(range(coefficients.shape[0])):
        total = total * x + coefficients[k]
    return total


def _quadratic(c: Array, b: Array, a: Array) -> Vector:
    """Roots of a x^2 + b x + c without cancellation, also where a is 0."""
    root = jnp.sqrt(b * b - 4 * a * c)
    q = -0.5 * (b + jnp.where(b < 0, -root, root))
    return jnp.stack([q / a, c / q])


def real_roots(coefficients: Vector) -> Vector:
    """The real roots in [-1e8, 1e8] of sum_k coefficients[k] x^k, NaN or infinite for those that are not.

    Between neighbouring roots of its derivative a polynomial is monotone: bisection finds its only root
    there. Good for panels, not to the last digit; not to be differentiated.
    """
    degree = coefficients.shape[0] - 1
    if degree < 1:
        return coefficients[:0]
    if degree == 1:
        return -coefficients[:1] / coefficients[1:]
    if degree == 2:
        return _quadratic(*coefficients)
    powers = jnp.arange(1, degree + 1, dtype=coefficients.dtype)
    turns = real_roots(coefficients[1:] * powers)
    inside = jnp.clip(jnp.where(jnp.isnan(turns), _FAR, turns), -_FAR, _FAR)
    far = jnp.asarray([_FAR], coefficients.dtype)
    edges = jnp.sort(jnp.concatenate([-far, inside, far]))
    squeezed = edges / (1 + jnp.abs(edges))  # halves evenly near and far
    low, high = squeezed[:-1], squeezed[1:]

    def at(y: Values) -> Values:
        return y / (1 - jnp.abs(y))

    rising = _value(coefficients, at(low)) < 0
    crosses = rising != (_value(coefficients, at(high)) < 0)

    def halve(_: Array, ends: tuple[Vector, Vector]) -> tuple[Vector, Vector]:
        low, high = ends
        middle = 0.5 * (low + high)
        left = (_value(coefficients, at(middle)) < 0) == rising
        return jnp.where(left, middle, low), jnp.where(left, high, middle)

    low, high = jax.lax.fori_loop(0, _HALVINGS, halve, (low, high))
    return jnp.where(crosses, at(0.5 * (low + high)), jnp.nan)
