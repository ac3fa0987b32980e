"""What the nearest-neighbour metrics are on average when both samples come from the same law.

Exact for finite samples. Two of the four hold for every law with a density, in every dimension: given all
points, which of them are real is a matter of chance alone. Precision and recall are those of a uniform law
on the line.
"""

import math

from .._checks import checked_int


def _more_than(k: int, n: int, name: str = "n") -> None:
    if checked_int(n, name) <= checked_int(k, "k"):
        raise ValueError(f"{name}: expected more than k={k} points, got {name}={n}")


def expected_coverage(n: int, k: int, m: int | None = None) -> float:
    """E coverage = 1 - prod_{i=1..k} (n - i)/(n + m - i) for n real and m generated points of one law.

    The k nearest of the n - 1 + m others of a real point are all real with that product as probability. For
    any law with a density, in any dimension.

    Args:
        n: number of real points, > k; k: which neighbour, >= 1; m: of generated points (n by default).
            ValueError otherwise.

    Naeem et al., ICML 2020, lemma 2.

    >>> import lsgan_analytic as lsgan
    >>> round(lsgan.modes.expected_coverage(1000, 5), 5)
    0.96898
    """
    _more_than(k, n)
    other = checked_int(n if m is None else m, "m")
    return 1 - math.prod((n - i) / (n + other - i) for i in range(1, k + 1))


def expected_density(n: int, k: int) -> float:
    """E density = 1: a generated point has rank <= k among the n neighbours of a real one with chance k/n.

    For any law with a density, in any dimension. Arguments as for :func:`expected_coverage`.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.modes.expected_density(1000, 5)
    1.0
    """
    _more_than(k, n)
    return 1.0


def expected_precision(n: int, k: int) -> float:
    """E precision for n real points of a uniform law on the line, and generated ones of the same.

        1 - [max(0, n - 2k - 1) 4^-k + 2 2^-k] / (n + 1)

    A generated point is missed on one side if the next gap there is longer than the following k together
    (chance 2^-k), or if no real point is there; with 1 to k of them it is not. Other smooth laws on the line
    have 1 - 4^-k too, up to what their ends add, of order 1/n. Our derivation, after the precision of
    Kynkaanniemi et al. (2019).

    Args:
        n: number of real points, > k; k: which neighbour, >= 1. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> round(lsgan.modes.expected_precision(1000, 5), 6)
    0.998973
    """
    _more_than(k, n)
    return 1 - (max(0, n - 2 * k - 1) * 0.25**k + 2 * 0.5**k) / (n + 1)


def expected_recall(m: int, k: int) -> float:
    """E recall for m generated points of a uniform law on the line, and real ones of the same.

    That of precision with the two samples exchanged; see :func:`expected_precision`.

    >>> import lsgan_analytic as lsgan
    >>> round(lsgan.modes.expected_recall(1000, 3), 4)
    0.9843
    """
    _more_than(k, m, "m")
    return expected_precision(m, k)
