"""K(A, B) of ``special.py`` and its derivatives, each as a value times exp of the sum of some exponents.

Equations (2) and (3) and by parts (4) are those of ``special.py``.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ._erfc_moments import moments, ROOT_PI, scaled_tail

_C = 2 / ROOT_PI


class Jet(NamedTuple):
    """K and its derivatives as ``exp(exponents) * value``, the first entry with exponents of its own."""

    exponents_k: tuple[Array, ...]
    exponents: tuple[Array, ...]
    k: Array
    a: Array  # dK/dA, and so on
    b: Array
    aa: Array
    ab: Array
    bb: Array


def _by_parts(A: Array, direct: Array, first: Array, second: Array, steep: Array) -> Array:
    """``direct``, or ``(first - second)/A``, which equals it, where the bump is ``steep``."""
    return jnp.where(steep, (first - second) / jnp.where(A == 0, 1, A), direct)


def jet(A: Array, B: Array) -> Jet:
    """K and its first and second derivatives at A, B within the window of ``_extremes.regions``."""
    m = moments(A, B)
    size = jnp.abs(A)
    # |k| is at most about 2 + 4|u|, and near its mean on a bump of width 1/|A|
    mean_s = m.m1 / m.m0
    k0 = _by_parts(A, m.k0, m.origin, m.m0, size > 1)
    k1 = _by_parts(A, m.k1, m.m0, m.m1, size * mean_s > 1)
    k2 = _by_parts(A, m.k2, 2 * m.m1, m.m2, size * mean_s > 1)

    # K: forms (2) and (3). For B >= 0 the whole sum is taken on the scale of the bump.
    high = B >= 0
    tail = scaled_tail(B)
    whole = tail * jnp.where(high, m.origin, tail)
    drop = _C * A * m.m0
    rest = whole - jnp.where(high, drop, scaled(m.exponents, drop))
    grown = (A > 0) & (rest < 0.15 * whole)
    zero = jnp.zeros_like(B)
    return Jet(
        exponents_k=tuple(jnp.where(high | grown, e, zero) for e in m.exponents),
        exponents=m.exponents,
        k=jnp.where(grown, _C * A * m.growth, rest),
        a=-_C * m.m1,
        b=-_C * m.m0,
        aa=_C * k2,
        ab=_C * k1,
        bb=_C * k0,
    )


def scaled(exponents: tuple[Array, ...], value: Array) -> Array:
    """``value`` times exp of the sum of the exponents.

    Factor by factor, because the sum would round away digits of its small terms (and because XLA turns
    a bare product exp(a) exp(b) back into exp(a + b)). Where the product underflows its factors may
    overflow: they are cut to finite numbers, which cannot show.
    """
    largest = jnp.finfo(value.dtype).max
    product = jnp.clip(value, -largest, largest)
    for exponent in exponents:
        product = product * jnp.exp(jnp.minimum(exponent, 1))  # in (0, 1] but for corrections near 0
    return product
