"""Optimal transport between two samples on the plane: the plan by POT's network simplex, and derivatives."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._types import Scalar, Vector
from ..laws.discrete import PointMasses
from ._distribution import root

_PIVOTS = 10**8  # of the simplex, which needs far fewer


def transport_cost(p: PointMasses, q: PointMasses, order: int) -> Scalar:
    """min over plans P of sum_ij P_ij |x_i - y_j|^order.

    Its derivatives are those of a linear program: in the points that of the sum at the optimal plan, in the
    weights the dual potentials. NaN where the simplex does not end.
    """
    x, y = p.points, q.points
    squares = jnp.sum(jnp.square(x[:, None] - y[None]), axis=-1)
    costs = squares if order == 2 else jax.vmap(jax.vmap(root))(squares)
    plan, of_x, of_y = _optimum(*jax.lax.stop_gradient((costs, p.weights, q.weights)))
    at_weights = _only_derivative(p.weights, of_x) + _only_derivative(q.weights, of_y)
    return jnp.sum(plan * costs) + at_weights


def _only_derivative(weights: Vector, potential: Vector) -> Scalar:
    """0, with the derivative ``potential`` in ``weights``."""
    return jnp.sum(potential * (weights - jax.lax.stop_gradient(weights)))


def _optimum(costs: Array, p: Array, q: Array) -> tuple[Array, Array, Array]:
    """The plan and the dual potentials, on the host."""
    shapes = tuple(jax.ShapeDtypeStruct(x.shape, costs.dtype) for x in (costs, p, q))
    return jax.pure_callback(_solve, shapes, costs, p, q, vmap_method="sequential")


def _solve(*arrays: Any) -> tuple[np.ndarray, ...]:
    costs, p, q = (np.asarray(x, float) for x in arrays)
    kind, largest = np.asarray(arrays[0]).dtype, costs.max(initial=0)
    sound = (
        all(np.isfinite(x).all() and (x >= 0).all() for x in (costs, p, q)) and p.sum() > 0 and q.sum() > 0
    )
    if not sound:
        return tuple(np.full(x.shape, np.nan, kind) for x in (costs, p, q))
    # tolerances of the simplex are absolute; and masses agree to rounding only
    scaled = np.ascontiguousarray(costs / (largest or 1))
    plan, log = solver()(p / p.sum(), q / q.sum(), scaled, numItermax=_PIVOTS, log=True)
    u, v = log["u"], log["v"]
    # a point without mass takes part in no plan: the potential at which it would begin to
    u, v = (
        np.where(p > 0, u, (scaled - v[None])[:, q > 0].min(1)),
        np.where(q > 0, v, (scaled - u[:, None])[p > 0].min(0)),
    )
    failed = log["warning"] is not None
    results = (plan, largest * u, largest * v)
    return tuple(np.where(failed, np.nan, x).astype(kind) for x in results)


def solver() -> Any:
    """POT's ``emd``; ImportError with what to install."""
    try:
        from ot.lp import emd  # a second to import
    except ImportError as error:
        message = 'W1 and W2 on the plane need POT: python -m pip install "lsgan_analytic[transport]"'
        raise ImportError(message) from error
    return emd


def samples(p: object, q: object, what: str) -> tuple[PointMasses, PointMasses]:
    """Both laws, which are samples; ValueError otherwise."""
    if not (isinstance(p, PointMasses) and isinstance(q, PointMasses)):
        names = f"{type(p).__name__} and {type(q).__name__}"
        raise ValueError(f"p, q: on the plane {what} is for samples (lsgan.PointMasses), got {names}")
    solver()
    return p, q
