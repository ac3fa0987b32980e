r"""The half-line error-function integral that carries the whole R/S/E/E cost.

.. math:: K(A, B) = \int_0^\infty e^{-s} \left[\tfrac12 \operatorname{erfc}(A s + B)\right]^2 ds,
    \qquad A, B \in \mathbb{R}

With Q(u) = erfc(u)/2, u = A s + B and the density mu(s) = e^{-s} Q(u) e^{-u^2} (see ``_erfc_moments.py``):

    dK/dB = -(2/sqrt(pi)) int mu ds,    dK/dA = -(2/sqrt(pi)) int s mu ds,                          (1)

and integrating K by parts in two ways gives K as a moment of mu as well,

    K = Q(B)^2 - (2A/sqrt(pi)) int mu ds          any A                                             (2)
      = (2A/sqrt(pi)) int (e^s - 1) mu ds         A > 0.                                            (3)

For A <= 0 form (2) adds positive numbers; for A > 0 it is used while it loses less than one digit, and
then (3), positive again, takes over: not earlier, since e^s - 1 reaches further than mu does, and the
window is that of mu. The second derivatives are moments of k mu with k as in ``_erfc_moments.py``;
where those cancel (|A| large) they follow from the first by parts:

    A int k mu = mu(0) - m_0,   A int s k mu = m_0 - m_1,   A int s^2 k mu = 2 m_1 - m_2.           (4)

Every result is therefore *relatively* accurate, also where K or its derivatives underflow: the
``log_`` functions return their logarithms there. Source: MATH of Pulford & Kondrashov (2021) [1]_;
identities after Ng & Geller (1969) [2]_.

.. [1] G. W. Pulford, K. Kondrashov, IEEE Access 9 (2021) 165366, doi 10.1109/ACCESS.2021.3133600.
.. [2] E. W. Ng, M. Geller, J. Res. NBS 73B (1969) 1.
"""

import jax
import jax.numpy as jnp
from jax import Array

from . import _extremes
from ._checks import floating
from ._erfc_moments import erfcx_positive, square_exponents
from ._half_line import jet, scaled
from ._types import FloatLike

Pair = tuple[Array, Array]
Triple = tuple[Array, Array, Array]


@jax.jit
def _values(A: Array, B: Array) -> tuple[Array, ...]:
    """K, K_A, K_B, K_AA, K_AB, K_BB. What is not used is not computed."""
    r = _extremes.regions(A, B)
    at = jet(r.A, r.B)
    k = jnp.minimum(scaled(at.exponents_k, at.k), 1)
    inner = [jnp.where(r.A > 0, k * r.shrink, k)]
    for value, power in zip(at[3:], (2, 1, 3, 2, 1), strict=True):
        inner.append(_times(scaled(at.exponents, value), r.shrink, power))
    outer = _extremes.values(r.a_far, r.b_far)
    return tuple(jnp.where(r.far, far, near) for far, near in zip(outer, inner, strict=True))


def _times(value: Array, factor: Array, power: int) -> Array:
    for _ in range(power):
        value = value * factor
    return value


@jax.custom_jvp
def _first_order(A: Array, B: Array) -> tuple[Array, Array, Array]:
    k, a, b, *_ = _values(A, B)
    return k, a, b


@_first_order.defjvp
def _(primals: Pair, tangents: Pair) -> tuple[Triple, Triple]:
    (A, B), (dA, dB) = primals, tangents
    k, a, b, aa, ab, bb = _values(A, B)
    return (k, a, b), (a * dA + b * dB, aa * dA + ab * dB, ab * dA + bb * dB)


@jax.custom_jvp
def _K(A: Array, B: Array) -> Array:
    return _values(A, B)[0]


@_K.defjvp
def _(primals: Pair, tangents: Pair) -> Pair:
    (A, B), (dA, dB) = primals, tangents
    k, a, b = _first_order(A, B)
    return k, a * dA + b * dB


@jax.custom_jvp
@jax.jit
def _logs(A: Array, B: Array) -> tuple[Array, Array, Array]:
    r = _extremes.regions(A, B)
    at = jet(r.A, r.B)
    shift, shift_k, log_shrink = sum(at.exponents), sum(at.exponents_k), jnp.log(r.shrink)
    inner = (
        jnp.log(at.k) + shift_k + jnp.where(r.A > 0, log_shrink, 0),
        jnp.log(-at.a) + shift + 2 * log_shrink,
        jnp.log(-at.b) + shift + log_shrink,
    )
    outer = _extremes.logs(r.a_far, r.b_far)
    log_k, log_a, log_b = (jnp.where(r.far, far, near) for far, near in zip(outer, inner, strict=True))
    return jnp.minimum(log_k, 0), log_a, log_b


@_logs.defjvp
def _(primals: Pair, tangents: Pair) -> tuple[Triple, tuple[Array, ...]]:
    (A, B), (dA, dB) = primals, tangents
    r = _extremes.regions(A, B)
    at = jet(r.A, r.B)
    relative = sum(at.exponents) - sum(at.exponents_k)  # exactly 0 wherever K is small
    step = r.shrink * dA
    near = (
        jnp.exp(relative) * (at.a * step + at.b * dB) / at.k * jnp.where(r.A > 0, 1, r.shrink),
        (at.aa * step + at.ab * dB) / at.a,
        (at.ab * step + at.bb * dB) / at.b,
    )
    _, beyond = jax.jvp(
        _extremes.logs, (r.a_far, r.b_far), (jnp.where(r.far, dA, 0), jnp.where(r.far, dB, 0))
    )
    return _logs(A, B), tuple(jnp.where(r.far, *both) for both in zip(beyond, near, strict=True))


def _prepare(A: FloatLike, B: FloatLike) -> tuple[Array, Array]:
    a, b = floating(A, "A"), floating(B, "B")
    dtype = jnp.promote_types(a.dtype, b.dtype)
    return tuple(jnp.broadcast_arrays(a.astype(dtype), b.astype(dtype)))  # pyright: ignore


def erfcx(x: FloatLike) -> Array:
    """Scaled complementary error function exp(x^2) erfc(x), for real x (dimensionless).

    2 ulp for x >= 0 in float64 and float32, on every supported JAX. Overflows below x = -26.6 (float64).

    >>> from lsgan_analytic import special
    >>> float(special.erfcx(26.6))  # doctest: +ELLIPSIS
    0.02119...
    """
    x = floating(x, "x")
    positive = erfcx_positive(jnp.abs(x))
    below = jnp.clip(x, -1e3, 0)  # e^{x^2} is inf from there on
    head, rest = square_exponents(below)
    return jnp.where(x < 0, 2 * jnp.exp(-head) * (1 + jnp.expm1(-rest)) - positive, positive)


def K(A: FloatLike, B: FloatLike) -> Array:
    """K(A, B) = int_0^inf e^{-s} [erfc(A s + B)/2]^2 ds, in (0, 1), decreasing in A and in B.

    Args:
        A, B: the slope and offset of the argument, any real numbers (dimensionless); they broadcast.

    Returns:
        An array of the broadcast shape, in the dtype of the inputs (float64 or float32; integers are
        promoted to the default float). Smooth: grad, hessian, vmap, jit. Relative error below 1e-13
        in float64 wherever the argument is below 20 in size, for K and for both orders of derivatives.

    Raises:
        TypeError: for float16, bfloat16, complex and boolean inputs.

    >>> import jax
    >>> from lsgan_analytic import special
    >>> float(special.K(0.0, 0.0))
    0.25
    >>> bool(jax.grad(special.K, argnums=1)(0.7, 0.2) < 0)
    True
    """
    return _K(*_prepare(A, B))


def log_K(A: FloatLike, B: FloatLike) -> Array:
    """log K(A, B), finite also where K underflows. Arguments and errors as for :func:`K`.

    >>> from lsgan_analytic import special
    >>> round(float(special.log_K(1.0, 30.0)))  # K is about 1e-787
    -1814
    """
    return _logs(*_prepare(A, B))[0]


def log_abs_K_derivatives(A: FloatLike, B: FloatLike) -> tuple[Array, Array]:
    """(log|dK/dA|, log|dK/dB|); both derivatives are negative for every A and B.

    Arguments and errors as for :func:`K`.

    >>> from lsgan_analytic import special
    >>> log_a, log_b = special.log_abs_K_derivatives(-0.5, -60.0)  # a plateau: K is 1 to rounding
    >>> round(float(log_b))
    -3604
    """
    return _logs(*_prepare(A, B))[1:]
