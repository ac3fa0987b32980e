"""The Frechet distance: between two laws as if both were normal."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from .._types import Scalar, Vector
from ..laws.base import AbstractLaw
from ._distribution import root
from ._rule import dimension, marks_of, of_laws


def moments(law: AbstractLaw) -> tuple[Vector, Array]:
    """Mean (d,) and covariance (d, d) of a law on the line (d = 1) or on the plane (d = 2)."""
    points, _ = law.nodes()
    breakpoints = jnp.zeros((0, 3)) if points.ndim == 2 else marks_of(law)
    points, weights = law.composite_nodes(breakpoints)
    points = points.reshape(weights.shape[0], -1)
    mean = jnp.sum(weights[:, None] * points, axis=0)
    off = points - mean[None]
    return mean, jnp.sum(weights[:, None, None] * off[:, :, None] * off[:, None], axis=0)


@of_laws
@eqx.filter_jit
def frechet(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Squared Frechet distance |m_p - m_q|^2 + tr(C_p + C_q - 2 (C_p C_q)^{1/2}) (squared units of x).

    m and C are means and covariances: on the line (m_p - m_q)^2 + (std_p - std_q)^2. It is W2^2 of normal
    laws and sees nothing but two moments of others; of image features it is the FID, which is squared too.

    Args:
        p, q: any two laws on the line, or on the plane, ``PointMasses`` (with 1/n covariances) among them;
            ValueError otherwise.

    Dowson & Landau, J. Multivar. Anal. 12 (1982) 450; Heusel et al., NeurIPS 2017.

    >>> import lsgan_analytic as lsgan
    >>> data = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5)))
    >>> abs(round(float(lsgan.divergences.frechet(data, lsgan.Normal(0.0, 4.25**0.5))), 12))
    0.0
    """
    plane = dimension(p, q) == 2
    (m, a), (n, b) = moments(p), moments(q)
    far = jnp.sum(jnp.square(m - n))
    if not plane:
        return far + jnp.square(root(a[0, 0]) - root(b[0, 0]))
    # of a 2 x 2 matrix with eigenvalues >= 0: tr sqrt(M) = sqrt(tr M + 2 sqrt(det M))
    trace = jnp.sum(a * b)
    det = _det(a) * _det(b)
    return far + jnp.trace(a) + jnp.trace(b) - 2 * root(trace + 2 * root(det))


def _det(matrix: Array) -> Scalar:
    return matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
