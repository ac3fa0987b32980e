"""Derivatives of a motion at a point, on complex vectors.

B(u, v) = sum d2F/dx_j dx_k u_j v_k and C(u, v, w) in the same way, by nested jvp: no tensor is formed. They
are linear in every argument, so that on complex vectors they are sums over real and imaginary parts.
"""

from collections.abc import Callable
from itertools import product

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._types import Scalar, Vector
from ._motion import Motion


def along(function: Callable[[Vector], Vector], direction: Vector) -> Callable[[Vector], Vector]:
    """The derivative of ``function`` in a direction, as a function of the point."""
    return lambda x: jax.jvp(function, (x,), (direction,))[1]


@eqx.filter_jit
def _linear(motion: Motion, x: Vector, p: Scalar) -> tuple[Array, Array, Array, Scalar]:
    value = motion.equations(jnp.append(x, p))
    slope = jax.jacfwd(motion.equations)(jnp.append(x, p))
    return value, slope[:, :-1], slope[:, -1], motion.projected(x, p)


@eqx.filter_jit
def _derivatives(motion: Motion, x: Vector, p: Scalar, directions: Array) -> Array:
    """The mixed derivatives along the rows of every directions[i], (m, order, n)."""

    def one(rows: Array) -> Vector:
        function = lambda at: motion(at, p)  # noqa: E731
        for row in rows:
            function = along(function, row)
        return function(x)

    return jax.vmap(one)(directions)


@eqx.filter_jit
def _by_parameter(motion: Motion, x: Vector, p: Scalar, directions: Array) -> Array:
    """d/dp of the derivative along every direction, (m, n)."""

    def one(row: Vector) -> Vector:
        return along(lambda at: jax.jvp(lambda q: motion(at, q), (p,), (jnp.ones_like(p),))[1], row)(x)

    return jax.vmap(one)(directions)


class Forms:
    """The derivatives of ``motion`` at (x, p).

    Attributes:
        residual: what is 0 at an equilibrium; slope: (n, n) its derivative (of a map: A - I); by_parameter:
            (n,) its derivative in the parameter; projected: how far players are put from where a step ends.
    """

    def __init__(self, motion: Motion, x: np.ndarray, p: float):
        self.motion, self.x, self.parameter = motion, x, p
        self.dtype = np.dtype(motion.start.dtype)
        self._p = jnp.asarray(p, self.dtype)
        found = [np.asarray(part, float) for part in _linear(motion, jnp.asarray(x, self.dtype), self._p)]
        self.residual, self.slope, self.by_parameter, self.projected = found

    @property
    def matrix(self) -> np.ndarray:
        """A, the derivative of the step or of the field."""
        return self.slope + np.eye(len(self.slope)) if self.motion.is_map else self.slope

    def __call__(self, *vectors: np.ndarray, shift: np.ndarray | float = 0.0) -> np.ndarray:
        """The form of as many arguments; ``shift``: at x + shift."""
        real = [[np.real(vector), np.imag(vector)] for vector in vectors]
        choices = list(product((0, 1), repeat=len(vectors)))
        rows = [[real[i][part] for i, part in enumerate(choice)] for choice in choices]
        at = jnp.asarray(self.x + shift, self.dtype)
        found = np.asarray(_derivatives(self.motion, at, self._p, jnp.asarray(rows, self.dtype)), float)
        factors = np.asarray([1j ** sum(choice) for choice in choices])
        return np.sum(factors[:, None] * found, axis=0)

    def change(self, vector: np.ndarray) -> np.ndarray:
        """dA/dp vector, at fixed x."""
        rows = jnp.asarray(np.stack([np.real(vector), np.imag(vector)]), self.dtype)
        at = jnp.asarray(self.x, self.dtype)
        found = np.asarray(_by_parameter(self.motion, at, self._p, rows), float)
        return found[0] + 1j * found[1]
