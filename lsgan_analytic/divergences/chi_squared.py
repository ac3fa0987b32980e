"""The chi-square divergence."""

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar, Values
from ..laws.base import AbstractLaw
from ._diverging import at_marks, tails
from ._rule import above, breakpoints_of, dimension, escapes, log_ratio, marks_of, of_laws


@of_laws
@eqx.filter_jit
def chi2(p: AbstractLaw, q: AbstractLaw) -> Scalar:
    """Pearson's chi2(p || q) = E_q[(p/q - 1)^2] = int (p - q)^2/q dx: q is the reference it divides by.

    inf where p has mass and q has none, and where the tail of p is too heavy for that of q: normal laws
    with std_p^2 >= 2 std_q^2, exponential ones with rate_q >= 2 rate_p. Where p > q it is taken over p, else
    over q, and beyond the reach of the rule of p by panels of its own: the mass of p^2/q may be far out.
    On the plane there are no such panels: inf only where p leaves the support of q.
    Neyman's is chi2(q, p). Arguments and errors as for :func:`kl`. Pearson, Phil. Mag. 50 (1900) 157.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.divergences.chi2(lsgan.Normal(1.0, 1.0), lsgan.Normal(0.0, 1.0))), 6)  # e - 1
    1.718282
    >>> float(lsgan.divergences.chi2(lsgan.Normal(0.0, 2.0), lsgan.Normal(0.0, 1.0)))
    inf
    """
    breakpoints = breakpoints_of(p, q)
    more = above(p, q, breakpoints, lambda l: 4 * jnp.square(jnp.sinh(0.5 * l)))
    less = above(q, p, breakpoints, lambda l: jnp.square(jnp.expm1(-l)))
    total, infinite = more + less, escapes(p, q)
    if dimension(p, q) == 1:

        def excess(x: Values) -> Values:
            """log of (p - q)^2/q where p > q."""
            l = log_ratio(p, q, x)
            inside = (l > 0) & (p.log_pdf(x) > -jnp.inf)
            safe = jnp.where(inside, l, 1)
            return jnp.where(inside, p.log_pdf(x) + safe + 2 * jnp.log(-jnp.expm1(-safe)), -jnp.inf)

        marks = jnp.concatenate([marks_of(p), p.nodes()[0]])
        # these ends move as those of the rule of p do: else a slope would miss what goes through them
        total = total + tails(excess, jnp.min(marks), jnp.max(marks))
        infinite |= at_marks(excess, marks_of(p, q))
    return jnp.where(infinite, jnp.inf, total)
