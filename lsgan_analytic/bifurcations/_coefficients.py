"""The coefficients of normal forms on the centre manifold, by projection.

A q = mu q, w^T A = mu w^T (no complex conjugate), |q| = 1, w^T q = 1. Kuznetsov, Elements of Applied
Bifurcation Theory, 3rd ed. 2004, sections 5.4 and 10.2; with B and C the second and third derivatives:

    fold             a = 1/2 w^T B(q, q)                                       u -> u + s dp + a u^2
    flip             b = 1/6 w^T (C(q, q, q) + 3 B(q, (I - A)^-1 B(q, q)))     u -> (mu(p)) u + b u^3
    Neimark-Sacker   c = 1/2 w^T (C(q, q, q*) + 2 B(q, (I - A)^-1 B(q, q*))
                                  + B(q*, (mu^2 I - A)^-1 B(q, q)))            d = Re(c/mu)
    Hopf             the same with -A and 2 i omega I - A in the places of I - A and mu^2 I - A;
                     l1 = Re(c)/omega, the first Lyapunov coefficient.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ._forms import Forms


class Vectors(NamedTuple):
    """A critical eigenvalue with its eigenvectors."""

    value: complex
    right: np.ndarray
    left: np.ndarray


class Coefficient(NamedTuple):
    """A coefficient and the size of what it is a sum of."""

    value: float
    size: float


def vectors(matrix: np.ndarray, value: complex) -> Vectors:
    """The eigenvectors of the eigenvalue next to ``value``; left is not finite where it is defective."""

    def nearest(square: np.ndarray) -> tuple[complex, np.ndarray]:
        values, columns = np.linalg.eig(square)
        at = int(np.argmin(np.abs(values - value)))
        return complex(values[at]), columns[:, at]

    found, right = nearest(matrix)
    _, left = nearest(matrix.T)
    overlap = np.sum(left * right)
    if abs(overlap) <= 1e-7:
        return Vectors(found, right, np.full_like(left, np.nan))
    return Vectors(found, right, left / overlap)


def fold(forms: Forms, v: Vectors) -> Coefficient:
    """a."""
    q, w = np.real(v.right), np.real(v.left)
    return _total([w * forms(q, q) / 2])


def flip(forms: Forms, v: Vectors) -> Coefficient:
    """b."""
    q, w = np.real(v.right), np.real(v.left)
    answer = np.linalg.solve(-forms.slope, forms(q, q))
    return _total([w * forms(q, q, q) / 6, w * forms(q, answer) / 2])


def neimark_sacker(forms: Forms, v: Vectors) -> Coefficient:
    """d."""
    square = v.value**2 * np.eye(len(forms.x)) - forms.matrix
    return _total([term / v.value for term in _cubic(forms, v, square)])


def hopf(forms: Forms, v: Vectors) -> Coefficient:
    """l1."""
    omega = float(np.imag(v.value))
    square = 2j * omega * np.eye(len(forms.x)) - forms.matrix
    return _total([term / omega for term in _cubic(forms, v, square)])


def _cubic(forms: Forms, v: Vectors, square: np.ndarray) -> list[np.ndarray]:
    """The terms of c."""
    q, w, bar = v.right, v.left, np.conj(v.right)
    mean = np.linalg.solve(-forms.slope, forms(q, bar))
    double = np.linalg.solve(square, forms(q, q))
    return [w * forms(q, q, bar) / 2, w * forms(q, mean), w * forms(bar, double) / 2]


def _total(terms: Sequence[np.ndarray]) -> Coefficient:
    """The sum of products, entry by entry: they can cancel within a product of two vectors too."""
    return Coefficient(float(np.real(np.sum(terms))), float(np.sum(np.abs(terms))))


def crossing(forms: Forms, v: Vectors) -> Coefficient:
    """d mu/dp along the branch; of a complex one the growth, d|mu|/dp or d Re(lambda)/dp."""
    moved = np.linalg.solve(-forms.slope, forms.by_parameter)
    terms = [v.left * forms.change(v.right), v.left * forms(v.right, moved)]
    turning = forms.motion.is_map and abs(np.imag(v.value)) > 0
    return _total([term / v.value if turning else term for term in terms])
