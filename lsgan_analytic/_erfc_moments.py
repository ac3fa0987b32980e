"""Moments of the bump that carries every error-function integral of the half line.

With u(s) = A s + B and Q(u) = erfc(u)/2, each derivative of K(A, B) = int_0^inf e^{-s} Q(u)^2 ds, and
K itself after integrating by parts, is a moment of one positive density on s >= 0,

    mu(s) = e^{-s} Q(u) e^{-u^2}.

log mu is concave, and its curvature lies between -2 A^2 and -4 A^2 everywhere: the bump is a Gaussian,
a half Gaussian or an exponential, and never anything else. So a closed formula finds its peak, a
quadratic bounds the window outside which it is below e^{-depth} of that peak, and one fixed
Gauss-Legendre rule on the window does the rest. All values are kept relative to the height of mu at a
reference point near the peak, so nothing underflows.
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from ._quadrature import gauss_legendre

ROOT_PI = float(np.sqrt(np.pi))

# (1 + 2x) erfcx(x) as a polynomial in (x - 3)/(x + 3): a Chebyshev series cut at degree 23, 2 ulp.
# Not jax.scipy.special.erfcx, which returns 0 near x = 26.6 in JAX before 0.12.
_ERFCX = (
    1.253008058269729547,
    -0.1356211061245811585,
    -0.04756229435342037908,
    0.1296451587027593923,
    -0.1192736634167600231,
    0.0683080273440099038,
    -0.02377051489153007522,
    0.002529391815693969529,
    0.0018886900977441495,
    -0.000779832269654330652,
    -0.0001051583129781312818,
    0.0001250993424583729094,
    4.944124342223659851e-6,
    -0.00002010054226852561094,
    -7.187883834404266654e-7,
    3.47237094497716817e-6,
    3.366979080640759584e-7,
    -6.166011460398725931e-7,
    -1.205414228648937891e-7,
    1.018362060384273665e-7,
    2.784388126550222063e-8,
    -1.331291966103868771e-8,
    -3.181354143496927326e-9,
    9.862533510345587593e-10,
)

# Nodes and window depth: the slowest bump (peak near u = 0, where the two sides differ most in
# curvature) is integrated to 3e-14 by 48 nodes and to 2e-8 by 24.
_RULES = {"float64": (48, 38.0), "float32": (24, 19.0)}


class Moments(NamedTuple):
    """Moments of mu, each to be multiplied by the product of ``exp(exponents)``.

    With k(u) = 2u + e^{-u^2}/(sqrt(pi) Q(u)), so that d/du [Q e^{-u^2}] = -k Q e^{-u^2}:
    m0, m1, m2 = int s^j mu; k0, k1, k2 = int s^j k mu; growth = int (e^s - 1) mu (meaningful where
    the bump lies at s < 30); origin = mu(0).
    """

    exponents: tuple[Array, ...]
    m0: Array
    m1: Array
    m2: Array
    k0: Array
    k1: Array
    k2: Array
    growth: Array
    origin: Array


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def _polynomial(coefficients: tuple[float, ...], t: Array) -> Array:
    """The sum of coefficients[k] t^k; its derivatives are polynomials too, each one evaluation more."""
    value = jnp.full_like(t, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * t + coefficient
    return value


@_polynomial.defjvp
def _(coefficients, primals, tangents):
    (t,), (dt,) = primals, tangents
    slope = tuple(k * coefficient for k, coefficient in enumerate(coefficients))[1:] or (0.0,)
    return _polynomial(coefficients, t), _polynomial(slope, t) * dt


def _erfcx_fit(x: Array) -> Array:
    return _polynomial(_ERFCX, (x - 3) / (x + 3)) / (1 + 2 * x)


@jax.custom_jvp
def erfcx_positive(x: Array) -> Array:
    """exp(x^2) erfc(x) for x >= 0."""
    return _erfcx_fit(x)


@erfcx_positive.defjvp
def _(primals, tangents):
    """2 x erfcx(x) - 2/sqrt(pi), which cancels at large x; the slope of the fit, which loses digits at 0."""
    (x,), (dx,) = primals, tangents
    value = erfcx_positive(x)
    _, fitted = jax.jvp(_erfcx_fit, (x,), (jnp.ones_like(x),))
    return value, jnp.where(x < 0.5, 2 * x * value - 2 / ROOT_PI, fitted) * dx


def _short(x: Array) -> Array:
    """x cut to half of its mantissa, so that products of two such numbers are exact."""
    info = jnp.finfo(x.dtype)
    return lax.stop_gradient(lax.reduce_precision(x, info.nexp, info.nmant // 2))


def square_exponents(x: Array) -> tuple[Array, Array]:
    """Two numbers whose sum is -x^2, without the rounding error of x * x."""
    head = _short(x)
    return -head * head, -(x - head) * (x + head)


def scaled_tail(u: Array) -> Array:
    """q(u) with Q(u) = erfc(u)/2 = e^{-max(u, 0)^2} q(u)."""
    half = 0.5 * erfcx_positive(jnp.abs(u))
    return jnp.where(u > 0, half, 1 - half * jnp.exp(-u * u))


def _hazard(u: Array) -> Array:
    """e^{-u^2} / (sqrt(pi) Q(u)), the hazard rate of the Gaussian tail."""
    return jnp.where(u > 0, 1.0, jnp.exp(-u * u)) / (ROOT_PI * scaled_tail(u))


def _reference(A: Array, B: Array) -> tuple[Array, Array, Array, Array]:
    """A point (s, u) near the peak of mu, as (inside, s_head, s_rest, u) with s = s_head + s_rest.

    Inside s > 0 the peak solves k(u) = -1/A; k runs from slope 2 to slope 4 and a hyperbola with these
    asymptotes inverts it to 0.05, near enough. There s = (u - B)/A is kept in two parts, because e^{-s}
    would amplify its rounding.
    """
    tiny = 4 * jnp.finfo(A.dtype).tiny
    slope = jnp.where(A < 0, -1.0, 1.0) * jnp.maximum(jnp.abs(A), tiny)
    target = -1 / slope
    u = (3 * target - jnp.hypot(target, jnp.full_like(target, 3.19))) / 8
    rise = u - B
    inside = rise * jnp.sign(slope) > 0
    u, rise = jnp.where(inside, u, B), jnp.where(inside, rise, 0)
    lost = (u - (rise + (u - rise))) + ((u - rise) - B)  # what the subtraction u - B rounded away
    lost = jnp.where(inside, lost, 0)
    head, short = _short(rise / slope), _short(slope)
    rest = ((rise - head * short) - head * (slope - short) + lost) / slope
    return inside, head, rest, u


def _reach(slope: Array, size: Array, curvature: Array, depth: float) -> Array:
    """The distance x at which slope x + curvature (size x)^2 / 2 = depth (without cancellation)."""
    root = jnp.hypot(slope, size * jnp.sqrt(2 * depth * curvature))
    return 2 * depth / (root + slope)


def _window(A: Array, s: Array, u: Array, inside: Array, depth: float) -> tuple[Array, Array]:
    """Offsets from s between which mu exceeds e^{-depth} of its value at the reference point.

    -log mu is bounded below by a quadratic on each side. Its curvature A^2 (2 + h (h - 2u)) rises with
    u: towards larger u the curvature here is a bound, towards smaller u that at the far end is.
    """
    h = _hazard(u)
    size = jnp.maximum(jnp.abs(A), 4 * jnp.finfo(A.dtype).tiny)
    fall = 1 + A * (2 * u + h)  # -(log mu)' per unit s
    towards_larger_u = jnp.where(A > 0, fall, -fall)

    def curvature(v: Array, hazard: Array) -> Array:
        return 2 + jnp.clip(hazard * (hazard - 2 * v), 0, 2)  # clip: rounding at large v

    up = _reach(towards_larger_u, size, curvature(u, h), depth)
    far = u - size * _reach(-towards_larger_u, size, jnp.full_like(u, 2.0), depth)
    far = jnp.maximum(far, -20.0)  # the curvature is 2 to rounding from there on
    down = _reach(-towards_larger_u, size, curvature(far, _hazard(far)), depth)
    ahead, behind = jnp.where(A > 0, up, down), jnp.where(A > 0, down, up)
    return jnp.where(inside, -jnp.minimum(behind, s), 0), ahead


def moments(A: Array, B: Array) -> Moments:
    """Moments of mu for arrays A, B of one shape and one dtype (float64 or float32)."""
    nodes, depth = _RULES[A.dtype.name]
    shape = (1,) * A.ndim + (nodes,)
    x, w = (jnp.asarray(values, A.dtype).reshape(shape) for values in gauss_legendre(nodes))
    inside, head, rest, u0 = lax.stop_gradient(_reference(A, B))
    left, right = lax.stop_gradient(_window(A, head + rest, u0, inside, depth))
    moving = B + A * lax.stop_gradient(head + rest)  # equals u0; carries its derivative
    u0 = u0 + (moving - lax.stop_gradient(moving))
    top = jnp.maximum(u0, 0)

    def bump(offset: Array) -> tuple[Array, Array, Array]:
        """s, mu and k mu at s0 + offset, mu relative to e^{-s0 - u0^2 - max(u0, 0)^2}."""
        step = A[..., None] * offset
        start, start_top = u0[..., None], top[..., None]
        u = start + step
        # u^2 - u0^2 and max(u, 0)^2 - max(u0, 0)^2, both small near the peak however large u0 is
        square = step * (2 * start + step)
        cut = jnp.maximum(u, 0)
        both = (u > 0) & (start > 0)
        square_top = jnp.where(both, square, (cut - start_top) * (cut + start_top))
        height = jnp.exp(-offset - square - square_top)
        half, gauss = 0.5 * erfcx_positive(jnp.abs(u)), jnp.exp(-u * u)
        mu = height * jnp.where(u > 0, half, 1 - half * gauss)
        slope = 2 * u * mu + height * jnp.where(u > 0, 1.0, gauss) / ROOT_PI
        return head[..., None] + (rest[..., None] + offset), mu, slope

    half_width = 0.5 * (right - left)
    s, mu, slope = bump(left[..., None] + half_width[..., None] * (1 + x))
    mu, slope = w * mu, w * slope

    def total(values: Array) -> Array:
        return half_width * jnp.sum(values, axis=-1)

    return Moments(
        exponents=(-head, -rest, *square_exponents(u0), *square_exponents(top)),
        m0=total(mu),
        m1=total(s * mu),
        m2=total(s * s * mu),
        k0=total(slope),
        k1=total(s * slope),
        k2=total(s * s * slope),
        growth=total(jnp.expm1(jnp.minimum(s, 30.0)) * mu),
        origin=bump(-(head + rest)[..., None])[1][..., 0],
    )
