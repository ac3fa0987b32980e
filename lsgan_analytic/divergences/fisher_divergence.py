"""The Fisher divergence: how far apart two scores are."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Scalar, Values
from ..laws.base import AbstractLaw
from ._diverging import at_marks
from ._rule import breakpoints_of, dimension, escapes, log_ratio, marks_of, mean, of_laws


@of_laws
@eqx.filter_jit
def fisher(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Fisher divergence E_p[|grad log p - grad log q|^2] (per squared unit of x).

    Blind to the weights of modes that are far apart. inf where p has mass and q has none, and where the
    difference of the scores is not square-integrable at an end of a support; 0 is no proof of equality when
    the support of p is a part of that of q. Near the limit of integrability (p (d score)^2 ~ x^-0.9) the rule
    does not reach into the singularity, and is low. Scores that agree to 8 units of rounding count as equal.
    Not symmetric. Arguments and errors as for :func:`kl`.
    Hyvarinen, "Estimation of non-normalized statistical models by score matching", JMLR 6 (2005) 695.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.fisher(lsgan.Normal(0.0, 1.0), lsgan.Normal(3.0, 1.0))), 9)
    9.0
    """
    ndim = dimension(p, q)

    def squared(x: Values) -> Values:
        points = x.reshape(-1, *x.shape[x.ndim - ndim + 1 :])
        one, other = (jax.vmap(jax.grad(law.log_pdf))(points) for law in (p, q))
        rounding = 8 * jnp.finfo(one.dtype).eps * jnp.maximum(jnp.abs(one), jnp.abs(other))
        # equal to rounding: two scores like 1/x cancel, and their rounding errors are not square-integrable
        apart = (p.log_pdf(x) > -jnp.inf).reshape(-1, *[1] * (one.ndim - 1)) & (
            jnp.abs(one - other) > rounding
        )
        slopes = jnp.where(apart, one - other, 0)
        sizes = jnp.sum(jnp.square(slopes).reshape(slopes.shape[0], -1), axis=1)
        return jnp.where(log_ratio(p, q, x) == jnp.inf, jnp.inf, sizes)  # where q has no score

    infinite = escapes(p, q)
    if ndim == 1:

        def log_integrand(x: Values) -> Values:
            square = squared(x)
            return p.log_pdf(x) + jnp.log(jnp.where(jnp.isfinite(square), square, 0))

        infinite |= at_marks(log_integrand, marks_of(p, q))
    return jnp.where(infinite, jnp.inf, mean(p, breakpoints_of(p, q), squared))
