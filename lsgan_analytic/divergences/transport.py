"""Optimal transport on the line: the Wasserstein distances."""

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar
from ..laws.base import AbstractLaw
from ._distribution import between, levels, quantile_of, root
from ._rule import of_laws, on_the_line


@of_laws
@eqx.filter_jit
def w1(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Wasserstein distance W1 = int |F_p(x) - F_q(x)| dx (units of x), F the cdf: the earth mover's.

    Exact, to rounding, for laws with exact cdfs, samples (``PointMasses``) among them, in any pairing.

    Args:
        p, q: laws on the line; ValueError otherwise.

    Differentiable in the parameters, in the points of a sample too. Vallender, Theory Probab. Appl. 18
    (1974) 784.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.w1(lsgan.Normal(0.0, 1.0), lsgan.Normal(3.0, 1.0))), 12)
    3.0
    """
    on_the_line(p, q, "W1")
    return between(p, q, jnp.abs)


@of_laws
@eqx.filter_jit
def w2(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Wasserstein distance W2 = (int_0^1 (F_p^-1(u) - F_q^-1(u))^2 du)^(1/2) (units of x), not its square.

    To about 1e-12 of the widths of the laws (squared), for laws with exact quantiles; arguments and errors as
    for :func:`w1`. The derivative at p = q, where there is none, is given as 0. Vallender (1974).

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.w2(lsgan.Normal(0.0, 1.0), lsgan.Normal(3.0, 5.0))), 9)
    5.0
    """
    on_the_line(p, q, "W2")
    u, weights = levels(p, q)
    off = quantile_of(p)(u) - quantile_of(q)(u)
    return root(jnp.sum(weights * jnp.square(off)))
