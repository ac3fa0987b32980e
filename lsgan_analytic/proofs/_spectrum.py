r"""How many eigenvalues of a real matrix of balls are on either side of the imaginary axis or the circle.

*Routh.* Let no entry of the first column of the Routh array of p, of degree n, be 0. Then p has no root on
the imaginary axis, and as many with Re > 0 as there are changes of sign in that column (F. R. Gantmacher,
The Theory of Matrices, vol. 2, chapter XV). *Circle.* mu = (1 + w)/(1 - w) takes Re w < 0 to |mu| < 1, so
that the roots of p(mu) are counted by those of q(w) = sum_k p_k (1 + w)^k (1 - w)^{n - k}, if p(-1), the
leading coefficient of q, is not 0. A ball that may be 0 is undecided.
"""

from itertools import combinations, pairwise
from typing import Any

from flint import arb, arb_poly

from ._balls import Ball, sign


def characteristic(matrix: list[list[Ball]]) -> list[Ball]:
    """Coefficients of det(x I - M), the highest first: (-1)^k times the sum of the principal k-minors.

    Sums of products alone: eliminations would widen the balls of a matrix over a box.
    """
    n = range(len(matrix))
    return [
        (-1) ** k * sum((_minor(matrix, rows, rows) for rows in combinations(n, k)), arb(0))
        for k in range(len(matrix) + 1)
    ]


def _minor(matrix: list[list[Ball]], rows: tuple[int, ...], columns: tuple[int, ...]) -> Ball:
    """The determinant of a part of the matrix, along its first row."""
    if not rows:
        return arb(1)
    first, rest = rows[0], rows[1:]
    return sum(
        (
            (-1) ** j * matrix[first][column] * _minor(matrix, rest, columns[:j] + columns[j + 1 :])
            for j, column in enumerate(columns)
            if not matrix[first][column].is_zero()
        ),
        arb(0),
    )


def right_of_axis(p: list[Ball]) -> int | None:
    """The number of roots with Re > 0, if none is on the axis; None where that is not known."""
    if not sign(p[0]):
        return None
    if len(p) == 3 and sign(p[0]) * sign(p[2]) < 0:  # two real roots of different sign, whatever p[1] is
        return 1
    rows = [list(p[0::2]), list(p[1::2])]
    column = [p[0]]
    for _ in range(len(p) - 1):
        lead = rows[1][0] if rows[1] else arb(0)
        if not sign(lead):
            return None
        column.append(lead)
        above, here = rows
        below = [
            (lead * above[j + 1] - above[0] * (here[j + 1] if j + 1 < len(here) else arb(0))) / lead
            for j in range(len(above) - 1)
        ]
        rows = [here, below]
    signs = [sign(entry) for entry in column]
    return sum(a != b for a, b in pairwise(signs))


def outside_circle(p: list[Ball]) -> int | None:
    """The number of roots with |mu| > 1, if none is on the circle; None where that is not known."""
    n = len(p) - 1
    plus, minus = arb_poly([1, 1]), arb_poly([1, -1])
    total = arb_poly([0])
    for k, c in enumerate(reversed(p)):
        total += arb_poly([c]) * _power(plus, k) * _power(minus, n - k)
    return right_of_axis([total[k] for k in range(n, -1, -1)])


def _power(poly: Any, k: int) -> Any:
    result = arb_poly([1])
    for _ in range(k):
        result *= poly
    return result


def is_rotation(p: list[Ball]) -> bool:
    """Whether both roots of x^2 + t x + d are imaginary and not 0: t = 0 exactly, d > 0."""
    return len(p) == 3 and p[1].is_zero() and bool(p[2] > 0)
