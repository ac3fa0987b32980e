r"""K and its derivatives at offsets B beyond the reach of the quadrature, by their leading terms.

With t = 1/A and s0 = |B t|, and relative errors of 1/B or less, the density mu of ``_erfc_moments.py``
lies either

- inside s > 0, about s0: A B < 0 and -B A > 1/2 (A > 0) or 1/4 (A < 0). Its height is
  e^{-s0 + t^2/4} or e^{-s0 + t^2/8}, and K = 1 - e^{-s0} or e^{-s0} with the derivatives of these; or
- at s = 0, where it falls like e^{-r s}: r = 1 + 4 A B for B > 0, 1 + 2 A B for B < 0. Its height is
  e^{-2 B^2}/(2 sqrt(pi) B) or e^{-B^2}; all of K but its logarithm is 0 or 1.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

FAR = {"float64": 1e17, "float32": 1e7}  # |B| from here on
STEEP = {"float64": 1e18, "float32": 1e9}  # where nearer B let e^{-s} be 1 on mu, K is a power of A


class Regions(NamedTuple):
    """Arguments for the quadrature and for the leading terms beyond it.

    Where |A| is so large that mu lies at s below rounding, K and its derivatives are powers of A: what they
    are at a smaller A', times powers of shrink = A'/A.
    """

    far: Array
    A: Array
    B: Array
    shrink: Array
    a_far: Array
    b_far: Array


def regions(A: Array, B: Array) -> Regions:
    bound, steep = FAR[A.dtype.name], STEEP[A.dtype.name]
    far = jnp.abs(B) > bound
    size = jnp.maximum(jnp.minimum(jnp.abs(B), bound), 1)
    steep = lax.stop_gradient(jnp.where(A * jnp.sign(B) >= 0, steep / size, steep * size))
    cut = jnp.clip(A, -steep, steep)
    beyond = jnp.abs(A) > steep
    shrink = jnp.where(beyond, cut / jnp.where(beyond, A, 1), 1)
    return Regions(
        far,
        jnp.where(far, 1, cut),
        jnp.where(far, 0, B),
        shrink,
        jnp.where(far, A, 1),
        jnp.where(far, B, -2 * bound),
    )


def _parts(A: Array, B: Array) -> tuple[Array, Array, Array, Array]:
    """t, s0, whether mu lies inside, log r where it does not."""
    limits = jnp.finfo(A.dtype)
    size = jnp.maximum(jnp.abs(A), 4 * limits.tiny)
    t, far = 1 / size, jnp.abs(B)
    share = jnp.where(B > 0, 4.0, 2.0)
    opposite = (A > 0) != (B > 0)
    inside = opposite & (far > t / share)
    log_product = jnp.log(share) + jnp.log(size) + jnp.log(far)
    falling = jnp.log1p(-jnp.exp(jnp.minimum(log_product, -limits.eps)))
    rate = jnp.where(opposite, falling, jnp.logaddexp(jnp.zeros_like(log_product), log_product))
    return t, jnp.where(inside, far / size, 0), inside, jnp.where((A == 0) | inside, 0, rate)


def values(A: Array, B: Array) -> tuple[Array, ...]:
    """K, K_A, K_B, K_AA, K_AB, K_BB for |B| > FAR."""
    t, s, inside, _ = _parts(A, B)
    s = jnp.minimum(s, 0.5 * float(jnp.finfo(A.dtype).max) ** 0.25)  # e^{-s} is 0 before
    mass = jnp.where(inside, jnp.exp(-s), 0)
    k = jnp.where(B > 0, mass, jnp.where(inside, -jnp.expm1(-s), 1))
    first = mass * jnp.where(inside, t, 0)
    second = first * jnp.where(inside, t, 0) * jnp.where(A > 0, -1.0, 1.0)
    return k, -s * first, -first, s * (s - 2) * second, (s - 1) * second, second


def logs(A: Array, B: Array) -> tuple[Array, Array, Array]:
    """log K, log|K_A|, log|K_B| for |B| > FAR."""
    t, s, inside, rate = _parts(A, B)
    far, above = jnp.abs(B), B > 0
    log_size = jnp.log(jnp.maximum(jnp.abs(A), 4 * jnp.finfo(A.dtype).tiny))  # 1/|A| may underflow
    center = -t * (far - t * jnp.where(above, 1 / 8, 1 / 4))
    at_zero = -jnp.where(above, 2.0, 1.0) * far * far
    height = at_zero - jnp.where(
        above, float(np.log(np.pi)) + jnp.log(far), float(np.log(np.sqrt(np.pi) / 2))
    )
    log_b = jnp.where(inside, center - log_size, height - rate)
    log_a = log_b + jnp.where(inside, jnp.log(far) - log_size, -rate)
    small = jnp.where(inside, center, at_zero - float(np.log(4 * np.pi)) - 2 * jnp.log(far) - rate)
    safe = jnp.where(inside & ~above, jnp.maximum(s, jnp.finfo(s.dtype).tiny), 1)
    near_one = jnp.where(inside, jnp.log(-jnp.expm1(-safe)), 0)
    return jnp.where(above, small, near_one), log_a, log_b
