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


_BY_MINORS = 6  # rows


@jax.custom_jvp
def determinant(matrix: Array) -> Scalar:
    """det M; its derivative, the sum of C_ij dM_ij with the cofactors C, also where M is singular.

    As it is on borders. There that of ``jnp.linalg.det``, which comes from an LU decomposition, can be wrong:
    for a third of the singular matrices of -1, 0, 1 of four rows (JAX 0.10.2); for two rows on a GPU.
    """
    return jnp.linalg.det(matrix)


@determinant.defjvp
def _(at: tuple[Array], moved: tuple[Array]) -> tuple[Scalar, Scalar]:
    return jnp.linalg.det(*at), jnp.sum(_cofactors(*at) * moved[0])


def _cofactors(matrix: Array) -> Array:
    """By minors, which have derivatives of every order; of many rows by the SVD, which has not."""
    n = matrix.shape[0]
    if n == 1:
        return jnp.ones_like(matrix)
    if n <= _BY_MINORS:
        rest = np.array([np.delete(np.arange(n), i) for i in range(n)])
        minors = matrix[rest[:, None, :, None], rest[None, :, None, :]]
        signs = np.where(np.add.outer(np.arange(n), np.arange(n)) % 2, -1, 1).astype(matrix.dtype)
        return jnp.asarray(signs) * jax.vmap(jax.vmap(determinant))(minors)
    # M = U S V^T has those of S, products of the other entries, turned: det(U) det(V) U C(S) V^T
    left, values, right = jnp.linalg.svd(matrix)
    others = jnp.prod(jnp.where(jnp.eye(n, dtype=bool), 1, values[None]), axis=1)
    turned = jnp.sign(jnp.linalg.det(left)) * jnp.sign(jnp.linalg.det(right))
    return turned * jnp.matmul(left * others[None], right, precision="highest")


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
