r"""Expectations M = E[S^k psi^(m)(A S + B)] enclosed over balls A, B, for S of one of four standard laws.

*At a point* (A, B): the integral by Arb's adaptive Gauss-Legendre rule, whose error is bounded in complex
ellipses where the integrand is analytic (F. Johansson, "Numerical integration in arbitrary-precision ball
arithmetic", ICMS 2018), on S <= T; beyond, with |psi^(m)(u)| <= p + q |u| for all real u,

    |tail| <= (p + q |B|) t_k + q |A| t_{k+1},   t_k = E[|S|^k; |S| > T]:
    exponential:  t_k = k! e^{-T} sum_{j <= k} T^j/j!;
    normal:       t_k <= sqrt(E S^{2k} P(|S| > T)) = sqrt((2k - 1)!! erfc(T/sqrt 2))     (Cauchy-Schwarz).

*Over a box* about it: M(centre) within what ``_remainder.py`` says, a constant times the width of the box.
Means at A = 0, of polynomials and at a point mass (S = 0) are exact.
"""

import math
from functools import lru_cache

from flint import acb, arb, ctx

from ._balls import Ball, power, symmetric
from ._profiles import AbstractProfile, Quadratic
from ._remainder import reaches, tail

_FINE = 2.0**-30  # below, a bound by the greatest slope alone is good enough


def moment(kind: str, k: int) -> Ball:
    """E S^k."""
    if kind == "exponential":
        return arb(math.factorial(k))
    if kind == "normal":
        return arb(0 if k % 2 else math.prod(range(k - 1, 0, -2)))
    return arb(1) / (k + 1) if kind == "uniform" else arb(k == 0)


def size_moment(kind: str, k: int) -> Ball:
    """An upper bound of E|S|^k."""
    even = kind != "normal" or k % 2 == 0
    return moment(kind, k) if even else (moment(kind, 2 * k)).sqrt()


def mean(kind: str, psi: AbstractProfile, k: int, m: int, A: Ball, B: Ball) -> Ball:
    """E[S^k psi^(m)(A S + B)] for every A and B in the balls."""
    if kind == "point":
        return psi.derivative(m, B) if k == 0 else arb(0)
    if not (A.is_finite() and B.is_finite()):
        return arb.nan()
    if isinstance(psi, Quadratic):
        return _of_polynomial(kind, psi.coefficients(m), k, A, B)
    if A.is_zero():
        return moment(kind, k) * psi.derivative(m, B)
    value = _at(kind, psi, k, m, A.mid().man_exp(), B.mid().man_exp(), ctx.prec)
    if A.is_exact() and B.is_exact():
        return value
    steepest, growth = psi.bound(m + 1)
    assert growth.is_zero()
    moved = steepest * (A.rad() * size_moment(kind, k + 1) + B.rad() * size_moment(kind, k))
    if moved > _FINE:
        here, next_here = reaches(kind, psi, m + 1, k, A, B)
        moved = A.rad() * next_here + B.rad() * here
    return value + symmetric(moved)


def _of_polynomial(kind: str, coefficients: tuple[Ball, ...], k: int, A: Ball, B: Ball) -> Ball:
    return sum(
        (
            c * math.comb(j, i) * power(A, i) * power(B, j - i) * moment(kind, k + i)
            for j, c in enumerate(coefficients)
            for i in range(j + 1)
        ),
        arb(0),
    )


@lru_cache(maxsize=100_000)
def _at(kind: str, psi: AbstractProfile, k: int, m: int, a: tuple, b: tuple, precision: int) -> Ball:
    """The same at exact A and B, given as (mantissa, exponent)."""
    A, B = arb(a), arb(b)
    low, high, tail = _range(kind, k, psi.bound(m), abs(A), abs(B), precision)

    def integrand(s, analytic):
        weight = (-s).exp() if kind == "exponential" else (-s * s / 2).exp() if kind == "normal" else 1
        return power(s, k) * weight * psi.derivative(m, A * s + B, analytic)

    tolerance = arb((1, 6 - precision))
    value = acb.integral(integrand, low, high, abs_tol=tolerance, rel_tol=tolerance).real
    return (value / (2 * arb.pi()).sqrt() if kind == "normal" else value) + symmetric(tail)


def _range(kind: str, k: int, growth: tuple, A: Ball, B: Ball, precision: int) -> tuple[Ball, Ball, Ball]:
    """(low, high) of the integral and a bound of what is left out."""
    if kind == "uniform":
        return arb(0), arb(1), arb(0)
    T = arb(int(0.7 * precision) + 24 if kind == "exponential" else int(math.sqrt(2.8 * precision)) + 6)
    low = arb(0) if kind == "exponential" else -T
    beyond = [tail(kind, i, T) for i in (k, k + 1)]
    p, q = growth
    return low, T, (p + q * B) * beyond[0] + q * A * beyond[1]


def least_mass(kind: str, k: int, reach: Ball) -> Ball:
    """A lower bound of E[|S|^k; S in the range of ``reach``]: [0, R], for a normal law [-R, R] and k = 0."""
    if kind == "point":
        return arb(k == 0)
    if kind == "exponential":
        return 1 - (-reach).exp() * (1 if k == 0 else 1 + reach)
    if kind == "uniform":
        return reach if k == 0 else reach * reach / 2
    return (reach / arb(2).sqrt()).erf() if k == 0 else arb(0)
