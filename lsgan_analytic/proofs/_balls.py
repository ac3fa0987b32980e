"""Arb balls: exact text for them, boxes of floats as balls, and jets to second order.

A ball is a midpoint and a radius; every operation of Arb returns a ball that holds the result for every
choice of the operands in theirs (F. Johansson, IEEE Trans. Computers 66 (2017) 1281). Comparisons are true
only where they hold for all of these, so that what cannot be decided is False on both sides.
"""

import math
from collections.abc import Sequence
from typing import Any

from flint import arb, fmpz

Ball = Any  # flint.arb, which has no type information
Ends = tuple[float, float]
Region = tuple[Ends, ...]  # a box, (low, high) a coordinate, exact floats

ZERO, ONE = arb(0), arb(1)


def ball(ends: Ends) -> Ball:
    """The ball that holds [low, high]; exact where low = high."""
    low, high = ends
    return arb(low) if low == high else arb(low).union(arb(high))


def single(x: float) -> Ends:
    """The range that is one number."""
    return x, x


def balls(region: Region) -> list[Ball]:
    """One ball a coordinate."""
    return [ball(ends) for ends in region]


def symmetric(radius: Ball) -> Ball:
    """[-r, r] for an r >= 0."""
    return arb(0, radius.upper())


def sign(x: Ball) -> int:
    """The sign of everything in the ball; 0 where there is no such sign."""
    return 1 if x > 0 else -1 if x < 0 else 0


def power(x: Ball, k: int) -> Ball:
    """x^k for k >= 0, by products (Arb's own has no value for some balls about 0)."""
    return math.prod([x] * k, start=ONE)


def is_zero(x: Ball) -> bool:
    """Whether the ball is 0 exactly."""
    return x.is_zero()


def centre(x: Sequence[Ball]) -> list[Ball]:
    """The exact midpoints."""
    return [part.mid() for part in x]


def cut(region: Region, weights: Sequence[float], smallest: Sequence[float]) -> tuple[Region, ...]:
    """The box in two halves across the coordinate with the largest width times weight; () if none is cut.

    Both share the float of the cut, so that nothing is lost between them. Widths up to ``smallest`` stay.
    """
    sizes = {}
    for i, (low, high) in enumerate(region):
        if high - low > smallest[i] and low < 0.5 * low + 0.5 * high < high:
            sizes[i] = (high - low) * weights[i]
    if not sizes:
        return ()
    along = max(sizes, key=sizes.__getitem__)
    low, high = region[along]
    middle = 0.5 * low + 0.5 * high
    ends = ((low, middle), (middle, high))
    return tuple((*region[:along], part, *region[along + 1 :]) for part in ends)


def outward(x: Ball) -> Ends:
    """Floats around a ball."""
    low, high = (float(end) for end in (x.lower(), x.upper()))
    slack = 4e-16
    while not arb(low) <= x.lower():
        low -= slack * max(abs(low), 1e-290)
        slack *= 2
    while not arb(high) >= x.upper():
        high += slack * max(abs(high), 1e-290)
        slack *= 2
    return low, high


def text(x: Ball) -> str:
    """A ball without loss: "m e r f" for midpoint m 2^e, radius r 2^f; "unknown" where it is not finite."""
    if not x.is_finite():
        return "unknown"
    return " ".join(str(int(part)) for end in (x.mid(), x.rad()) for part in end.man_exp())


def from_text(written: str) -> Ball:
    """A ball with the midpoint of ``text`` and its radius, rounded up by 2^-28 of it at the most.

    "unknown" is a ball that holds everything.

    >>> from lsgan_analytic import proofs
    >>> print(proofs.from_text("3 -1 1 -4"))
    [1.5 +/- 0.0626]
    """
    if written == "unknown":
        return arb.nan()
    m, e, r, f = (int(part) for part in written.split())
    return arb((fmpz(m), fmpz(e)), (fmpz(r), fmpz(f)))


class Jet:
    """A function of n variables to second order over a box: value, gradient (n,), Hessian (n, n), all balls.

    u + v, u v, 1/u, log u, sqrt u and |u| by the product and chain rules.
    """

    def __init__(self, value: Ball, slope: list[Ball], bend: list[list[Ball]]):
        self.value, self.slope, self.bend = value, slope, bend

    @classmethod
    def constant(cls, value: Ball, n: int) -> "Jet":
        return cls(value, [ZERO] * n, [[ZERO] * n for _ in range(n)])

    @classmethod
    def variable(cls, value: Ball, which: int, n: int) -> "Jet":
        jet = cls.constant(value, n)
        jet.slope[which] = ONE
        return jet

    def __add__(self, other: "Jet") -> "Jet":
        n = range(len(self.slope))
        bend = [[self.bend[i][j] + other.bend[i][j] for j in n] for i in n]
        return Jet(self.value + other.value, [self.slope[i] + other.slope[i] for i in n], bend)

    def __mul__(self, other: "Jet") -> "Jet":
        n, (u, v) = range(len(self.slope)), (self, other)
        bend = [
            [
                u.value * v.bend[i][j]
                + v.value * u.bend[i][j]
                + u.slope[i] * v.slope[j]
                + u.slope[j] * v.slope[i]
                for j in n
            ]
            for i in n
        ]
        return Jet(u.value * v.value, [u.value * v.slope[i] + v.value * u.slope[i] for i in n], bend)

    def times(self, factor: Ball) -> "Jet":
        return self * Jet.constant(arb(factor), len(self.slope))

    def after(self, value: Ball, first: Ball, second: Ball) -> "Jet":
        """f of this, from f, f' and f'' at its value."""
        n = range(len(self.slope))
        bend = [[second * self.slope[i] * self.slope[j] + first * self.bend[i][j] for j in n] for i in n]
        return Jet(value, [first * self.slope[i] for i in n], bend)

    def reciprocal(self) -> "Jet":
        inverse = 1 / self.value
        return self.after(inverse, -inverse * inverse, 2 * power(inverse, 3))

    def log(self) -> "Jet":
        return self.after(self.value.log(), 1 / self.value, -1 / (self.value * self.value))

    def sqrt(self) -> "Jet":
        root = self.value.sqrt()
        return self.after(root, 1 / (2 * root), -1 / (4 * power(root, 3)))

    def size(self) -> "Jet":
        """|u|; nothing is known of its slope where u may be 0."""
        side = sign(self.value)
        if side:
            return self.times(arb(side))
        return self.after(abs(self.value), arb.nan(), arb.nan())
