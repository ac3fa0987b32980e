"""The energy distance."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Scalar, Values
from ..laws.base import AbstractLaw
from ._distribution import between, root
from ._rule import dimension


@eqx.filter_jit
def energy(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Squared energy distance 2 E|x - y| - E|x - x'| - E|y - y'| (units of x).

    On the line it is 2 int (F_p - F_q)^2 dx, and taken so: exact and without cancellation for all laws with
    exact cdfs. On the plane it is for samples (``PointMasses``) only, pairs of a point
    with itself included (V-statistic).

    Args:
        p, q: laws on the line, or samples on the plane; ValueError otherwise.

    Szekely & Rizzo, J. Stat. Plan. Inference 143 (2013) 1249; SciPy's ``energy_distance`` is its root.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.divergences.energy(lsgan.PointMasses([0.0]), lsgan.PointMasses([3.0])))
    6.0
    """
    if dimension(p, q) == 1:
        return 2 * between(p, q, jnp.square)
    if not (p.is_sample and q.is_sample):
        raise ValueError(
            f"p, q: the energy distance on the plane is for two PointMasses, got {type(p).__name__} and "
            f"{type(q).__name__}"
        )
    return 2 * _mean_distance(p, q) - _mean_distance(p, p) - _mean_distance(q, q)


def _mean_distance(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    (x, v), (y, w) = p.nodes(), q.nodes()

    def row(one: Values) -> Scalar:
        return jnp.sum(w * jax.vmap(root)(jnp.sum(jnp.square(one[None] - y), axis=-1)))

    return jnp.sum(v * jax.lax.map(row, x, batch_size=min(256, v.size)))
