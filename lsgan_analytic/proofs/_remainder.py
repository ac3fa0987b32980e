r"""How far a mean E[S^k psi(A S + B)] moves over a box of A and B: bounds that know where psi is flat.

By the mean value theorem, with r_A, r_B the half-widths of the box,

    |M - M(centre)| <= r_A R_{k+1} + r_B R_k,   R_k = E[|S|^k sup |psi'(A S + B)|], sup over the box.

R_k is a sum over panels of S of E[|S|^k; panel] times a bound of |psi'| over the panel and the box, by balls;
beyond the last panel times the bound of |psi'| over the line. Panels end where u = A S + B, at the centre, is
a multiple of 1/2, so that the bound follows psi' where it rises and falls.
"""

import math
from itertools import pairwise

from flint import arb

from ._balls import Ball, ball, power, ZERO
from ._profiles import AbstractProfile

_HALF = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0)
_EDGES = {
    "exponential": (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 48.0),
    "normal": (*(-s for s in _HALF), *_HALF),
    "uniform": (0.0, 0.25, 0.5, 0.75, 1.0),
}
_TURNS = tuple(0.5 * i for i in range(-12, 13))  # of u


def tail(kind: str, k: int, T: Ball) -> Ball:
    """An upper bound of E[|S|^k; |S| > T]: exact for the exponential law, Cauchy-Schwarz for the normal."""
    if kind == "uniform":
        return ZERO
    if kind == "exponential":
        return (
            math.factorial(k)
            * (-T).exp()
            * sum((power(T, j) / math.factorial(j) for j in range(k + 1)), ZERO)
        )
    return (math.prod(range(2 * k - 1, 0, -2)) * (T / arb(2).sqrt()).erfc()).sqrt()


def reaches(kind: str, psi: AbstractProfile, m: int, k: int, A: Ball, B: Ball) -> tuple[Ball, Ball]:
    """Upper bounds of R_k and R_{k+1} for psi^(m) in the place of psi'."""
    most = psi.bound(m)[0]
    edges = _edges(kind, float(A.mid()), float(B.mid()))
    T = arb(edges[-1])
    totals = [most * tail(kind, k + i, T) for i in (0, 1)]
    ends = [[_primitive(kind, k + i, edge) for edge in edges] for i in (0, 1)]
    for p, (low, high) in enumerate(pairwise(edges)):
        size = abs(psi.derivative(m, A * ball((low, high)) + B)).upper()
        size = size if size < most else most
        for i in (0, 1):
            mass = ends[i][p + 1] - ends[i][p]
            far = power(arb(max(abs(low), abs(high))), k + i) if kind == "normal" else 1
            totals[i] += size * mass * far
    return totals[0].upper(), totals[1].upper()


def _edges(kind: str, A: float, B: float) -> list[float]:
    fixed = _EDGES[kind]
    low, high = min(fixed), max(fixed)
    turns = [(u - B) / A for u in _TURNS] if abs(A) > 1e-3 else []
    return sorted({*fixed} | {s for s in turns if low < s < high})


def _primitive(kind: str, k: int, s: float) -> Ball:
    """A function whose differences are E[S^k; panel]; for the normal law those of P(panel)."""
    if kind == "exponential":
        return -tail(kind, k, arb(s))
    if kind == "normal":
        return (arb(s) / arb(2).sqrt()).erf() / 2
    return power(arb(s), k + 1) / (k + 1)
