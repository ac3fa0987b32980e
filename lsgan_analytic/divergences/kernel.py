"""Maximum mean discrepancies."""

from math import comb

import equinox as eqx
import jax.numpy as jnp

from .._checks import checked_int, positive
from .._types import Scalar, ScalarLike, Vector
from ..laws.base import AbstractLaw
from ._kernel_mean import kernel_mean
from ._rule import dimension, marks_of, of_laws


def _own_share(law: AbstractLaw) -> Scalar | None:
    """Of a sample: sum of w_i^2, the share of pairs of a point with itself; ValueError if that is all."""
    if not law.is_sample:
        return None
    _, weights = law.nodes()
    if weights.size < 2:
        raise ValueError("unbiased: expected samples of at least 2 points, got one of 1")
    return jnp.sum(jnp.square(weights))


@of_laws
def mmd(p: AbstractLaw, q: AbstractLaw, bandwidth: ScalarLike = 1.0, unbiased: bool = False) -> Scalar:
    """Squared MMD E k(x, x') + E k(y, y') - 2 E k(x, y), k(x, y) = e^{-|x - y|^2/(2 bandwidth^2)}.

    Closed for normal laws, their mixtures and samples, and any pair of these, on the line and on the plane;
    by a rule for other laws: on the line with panels about every node, on the plane a plain product rule,
    right for a bandwidth and laws of one scale.

    Args:
        p, q: laws of one dimension; bandwidth: a finite number > 0 (units of x); ValueError otherwise.
        unbiased: leave out the pairs of a point with itself: the U-statistic of a sample of equal weights,
            without bias but below 0 at times. Without it the V-statistic, the square of a distance. Of
            laws that are no samples there are no such pairs. ValueError for a sample of one point.

    Gretton et al., "A kernel two-sample test", JMLR 13 (2012) 723. Dimensionless.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.mmd(lsgan.Normal(0.0, 1.0), lsgan.Normal(1.0, 1.0), bandwidth=1.0)), 5)
    0.17727
    """
    dimension(p, q)
    return _mmd(p, q, positive("bandwidth")(bandwidth), bool(unbiased))


@eqx.filter_jit
def _mmd(p: AbstractLaw, q: AbstractLaw, bandwidth: Scalar, unbiased: bool) -> Scalar:
    bandwidth = bandwidth.astype(p.nodes()[0].dtype)
    total = -2 * kernel_mean(p, q, bandwidth)
    for law in (p, q):
        within = kernel_mean(law, law, bandwidth)
        diagonal = _own_share(law) if unbiased else None
        total = total + (within if diagonal is None else (within - diagonal) / (1 - diagonal))
    return total


@of_laws
@eqx.filter_jit
def polynomial_mmd(p: AbstractLaw, q: AbstractLaw, degree: int = 3, unbiased: bool = False) -> Scalar:
    """Squared MMD with the kernel k(x, y) = (x . y/d + 1)^degree, d = 1 on the line, 2 on the plane.

    With degree 3, of image features, it is the KID. It sees ``degree`` moments: with M_k the k-th moments,
    it is sum_k binomial(degree, k) d^-k |M_k(p) - M_k(q)|^2, exactly; on the line and for degree 3
    3 dM_1^2 + 3 dM_2^2 + dM_3^2. The kernel mixes powers of x: measure x in units that make sense.

    Args:
        p, q: laws of one dimension; degree: an integer >= 1; ValueError otherwise.
        unbiased: as for :func:`mmd`.

    Binkowski et al., "Demystifying MMD GANs", ICLR 2018.

    >>> import lsgan_analytic as lsgan
    >>> p, q = lsgan.Normal(0.0, 1.0), lsgan.Normal(0.0, 2.0)
    >>> round(float(lsgan.divergences.polynomial_mmd(p, q)), 9)  # 3 (4 - 1)^2
    27.0
    """
    degree = checked_int(degree, "degree")
    dimension(p, q)
    (mine, diagonal_p), (yours, diagonal_q) = (_features(law, degree, unbiased) for law in (p, q))
    if not unbiased:
        return jnp.sum(jnp.square(mine - yours))
    total = -2 * jnp.sum(mine * yours)
    for law, feature, diagonal in ((p, mine, diagonal_p), (q, yours, diagonal_q)):
        share = _own_share(law)
        within = jnp.sum(jnp.square(feature))
        total = total + (within if share is None else (within - diagonal) / (1 - share))
    return total


def _features(law: AbstractLaw, degree: int, unbiased: bool) -> tuple[Vector, Scalar]:
    """(E f(x), sum of w_i^2 |f(x_i)|^2) of the vector f with f(x) . f(y) = k(x, y)."""
    points, _ = law.nodes()
    plane = points.ndim == 2
    points, weights = law.composite_nodes(jnp.zeros((0, 3)) if plane else marks_of(law))
    x = points if plane else points[:, None]
    factors = _monomials(degree, x.shape[1])
    each = [
        scale * jnp.prod(jnp.stack([x[:, axis] ** power for axis, power in enumerate(powers)]), axis=0)
        for powers, scale in factors
    ]
    values = jnp.stack(each, axis=1)
    diagonal = jnp.sum(jnp.square(weights) * jnp.sum(jnp.square(values), axis=1)) if unbiased else weights[0]
    return jnp.sum(weights[:, None] * values, axis=0), diagonal


def _monomials(degree: int, d: int) -> list[tuple[tuple[int, ...], float]]:
    """Powers and the roots of their multinomial coefficients over d^|powers|."""
    if d == 1:
        return [((k,), comb(degree, k) ** 0.5) for k in range(degree + 1)]
    return [
        ((a, k - a), (comb(degree, k) * comb(k, a) / 2**k) ** 0.5)
        for k in range(degree + 1)
        for a in range(k + 1)
    ]
