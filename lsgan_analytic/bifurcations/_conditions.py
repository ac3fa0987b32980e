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


@jax.custom_jvp
def determinant(matrix: Array) -> Scalar:
    """det M; its derivative, the sum of C_ij dM_ij with the cofactors C, also where M is singular.

    As it is on borders. There that of ``jnp.linalg.det``, which comes from an LU decomposition, can be wrong:
    for one singular matrix of -1, 0 and 1 in seven, of four rows; for two rows on a GPU.
    """
    return jnp.linalg.det(matrix)


@determinant.defjvp
def _(at: tuple[Array], moved: tuple[Array]) -> tuple[Scalar, Scalar]:
    """M = U S V^T has the cofactors det(U) det(V) U C(S) V^T; those of S are products of the others."""
    left, values, right = jnp.linalg.svd(*at)
    alone = jnp.eye(values.size, dtype=bool)
    others = jnp.prod(jnp.where(alone, 1, values[None]), axis=1)
    cofactors = jnp.matmul(left * others[None], right, precision="highest")
    turned = jnp.sign(jnp.linalg.det(left)) * jnp.sign(jnp.linalg.det(right))
    return jnp.linalg.det(*at), turned * jnp.sum(cofactors * moved[0])


def condition(kind: str, is_map: bool, matrix: Array) -> Scalar:
    """What is 0 where the Jacobian of a motion has a critical eigenvalue (or pair) of this kind."""
    one = jnp.eye(matrix.shape[0], dtype=matrix.dtype)
    if kind == "fold":
        return determinant(matrix - one if is_map else matrix)
    if kind == "flip":
        return determinant(matrix + one)
    if kind == "hopf":
        return determinant(jax.jvp(compound, (one,), (matrix,))[1])
    pairs = compound(matrix)
    return determinant(pairs - jnp.eye(pairs.shape[0], dtype=matrix.dtype))


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
