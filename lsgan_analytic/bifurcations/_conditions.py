"""The condition on the Jacobian that makes an equilibrium a border of stability; the equations with it."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._types import Scalar, Vector
from ._motion import Motion


def compound(matrix: Array) -> Array:
    """The second compound: the minors of two rows and two columns."""
    rows, columns = np.triu_indices(matrix.shape[0], 1)
    one, two = matrix[rows], matrix[columns]
    return one[:, rows] * two[:, columns] - one[:, columns] * two[:, rows]


def condition(kind: str, is_map: bool, matrix: Array) -> Scalar:
    """What is 0 where the Jacobian of a motion has a critical eigenvalue (or pair) of this kind."""
    one = jnp.eye(matrix.shape[0], dtype=matrix.dtype)
    if kind == "fold":
        return jnp.linalg.det(matrix - one if is_map else matrix)
    if kind == "flip":
        return jnp.linalg.det(matrix + one)
    if kind == "hopf":
        return jnp.linalg.det(jax.jvp(compound, (one,), (matrix,))[1])
    pairs = compound(matrix)
    return jnp.linalg.det(pairs - jnp.eye(pairs.shape[0], dtype=matrix.dtype))


def equations(motion: Motion, kind: str, x: Vector, parameter: Any) -> Vector:
    """What is 0 on a border: the residual of the equilibrium, and the condition."""
    values = motion(x, parameter)
    test = condition(kind, motion.is_map, jax.jacfwd(motion)(x, parameter))
    return jnp.append(values - x if motion.is_map else values, test)


def checked_kind(kind: str, motion: Motion) -> str:
    """``kind``; ValueError for one that the motion does not have."""
    known = ("fold", "flip", "neimark_sacker") if motion.is_map else ("fold", "hopf")
    if kind not in known:
        what = "a rule" if motion.is_map else "a flow"
        raise ValueError(f"kind: expected one of {known} for {what}, got {kind!r}")
    n = motion.start.size
    if kind in ("neimark_sacker", "hopf") and n < 2:
        raise ValueError(f"kind: expected two numbers that move at least for {kind!r}, got {n}")
    return kind
