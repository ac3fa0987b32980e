"""The sign of the generator's gradient over a box, however small it is there."""

from functools import reduce

from flint import arb

from ._balls import Ball, is_zero, Jet, sign, ZERO
from ._means import least_mass
from ._model import Model
from ._profiles import AbstractProfile

_REACHES = (0.03, 0.1, 0.3, 1.0)  # of S


def force(model: Model, i: int, x: list[Ball]) -> Ball:
    """An end of the range of d objective_G / d variable_i over the box: the one next to 0; 0: none known.

    With psi' of one sign and S >= 0 (for A_p = 0: any S) the mean of psi' (B_p + S A_p) is one of
    numbers of one sign, where those of B_p and A_p agree; it is more than what S within a reach R
    contributes: E[S^k; S in reach] min |psi'|. The bound is not lost where it is e^{-1000}, as it would
    be in the ball of the derivative itself.
    """
    total = ZERO
    for c, kind, psi, A, B in model.means(model.falling, x):
        flat, level = is_zero(A.slope[i]), is_zero(B.slope[i])
        if flat and level:
            continue
        agree = flat or level or sign(A.slope[i]) == sign(B.slope[i])
        side = sign(c) * psi.slope_sign() * sign(A.slope[i] if level else B.slope[i])
        if not side or not agree or (kind == "normal" and not flat) or side * sign(total) < 0:
            return ZERO
        total += side * (abs(c) * _least_mean(kind, psi, A, B, i)).abs_lower()
    return total


def _least_mean(kind: str, psi: AbstractProfile, A: Jet, B: Jet, i: int) -> Ball:
    """A lower bound of |E[psi'(A S + B) (B_i + S A_i)]|, all of one sign: the best of several reaches."""
    best = ZERO
    weights = [part.slope[i].abs_lower() for part in (B, A)]
    for reach in map(arb, _REACHES):
        ends = [side * reach for side in ((-1, 1) if kind == "normal" else (0, 1))]
        u = [end * s + B.value for end in (A.value.lower(), A.value.upper()) for s in ends]
        low = reduce(lambda p, q: p.min(q), u).lower()
        high = reduce(lambda p, q: p.max(q), u).upper()
        mass = sum((w * least_mass(kind, k, reach) for k, w in enumerate(weights)), ZERO)
        found = (mass * psi.least_slope(low, high)).abs_lower()
        best = found if found > best else best
    return best
