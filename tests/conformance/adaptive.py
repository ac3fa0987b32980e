"""Expectations by SciPy: densities of ``scipy.stats``, adaptive Gauss-Kronrod cubature, nothing of our rules.

A law is a list of components (weight, distribution), a distribution being a frozen one of SciPy or a point.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import integrate, stats

Integrand = Callable[[np.ndarray], np.ndarray]
Law = Sequence[tuple[float, Any]]

LAWS: dict[str, Law] = {
    "Exponential": [(1.0, stats.expon(scale=2.0))],
    "ShiftedExponential": [(1.0, stats.expon(-0.3, 0.8))],
    "Rayleigh": [(1.0, stats.rayleigh(scale=0.5**0.5))],
    "Normal": [(1.0, stats.norm(0.4, 0.8))],
    "Uniform": [(1.0, stats.uniform(-1.0, 2.5))],
    "Gamma": [(1.0, stats.gamma(2.5, scale=1 / 1.2))],
    "Beta": [(1.0, stats.beta(1.7, 2.6))],
    "Laplace": [(1.0, stats.laplace(0.2, 0.7))],
    "Weibull": [(1.0, stats.weibull_min(0.8, scale=1.2))],
    "Pareto": [(1.0, stats.pareto(30.0, scale=0.4))],
    "StudentT": [(1.0, stats.t(40.0, 0.2, 0.7))],
    "Mixture": [(0.3, stats.norm(-1.0, 0.5)), (0.7, stats.norm(0.8, 0.7))],
    "Mixture: with masses": [(0.25, 0.1), (0.25, 0.9), (0.5, stats.norm())],
    "PointMasses": [(0.2, -0.6), (0.5, 0.3), (0.3, 1.1)],
    "PointMasses: counts": [(1 / 3, 0.0), (1 / 3, 1.0), (1 / 3, 2.0)],
}
LATENT_OF_PUSHFORWARD: Law = [(1.0, stats.norm())]  # through z^2/2 - 1/5
_LEVELS = (1e-12, 1e-6, 1e-3, 0.05, 0.25)
_TAIL = 1e-20


@dataclasses.dataclass(frozen=True)
class Value:
    """An integral, ten times what SciPy says of its error (at kinks it says too little), and that of |f|."""

    value: float
    error: float
    size: float


def _over(function: Integrand, low: Sequence[float], high: Sequence[float], points: list) -> Value:
    def both(x: np.ndarray) -> np.ndarray:
        values = function(x)
        return np.stack([values, np.abs(values)], axis=-1)

    found = integrate.cubature(
        both, low, high, points=points, rtol=1e-12, atol=1e-14, max_subdivisions=2000, rule="gk21"
    )
    return Value(*found.estimate[:1], 10 * float(found.error[0]), float(found.estimate[1]))


def _jumps(function: Integrand, grid: np.ndarray) -> list[float]:
    """Where the function jumps: between two points of the grid, by bisection: Gauss-Kronrod misjudges it."""
    values = function(grid)
    steps = np.abs(np.diff(values))
    found = []
    for k in np.flatnonzero(steps > 0.05 * np.ptp(values)):
        low, high = grid[k], grid[k + 1]
        for _ in range(50):
            middle = 0.5 * (low + high)
            at, here, after = function(np.array([low, middle, high]))
            low, high = (middle, high) if abs(here - at) < abs(after - here) else (low, middle)
        found.append(float(high))
    return found


def _kinks(function: Integrand, grid: np.ndarray) -> list[float]:
    """Where the slope jumps: the half of an interval that is further from straight, again and again."""
    bent = np.abs(np.diff(function(grid), n=2))
    inner = np.arange(3, bent.size - 3)
    sharp = bent[inner] > 8 * np.maximum(bent[inner - 3], bent[inner + 3]) + 1e-9 * np.ptp(bent)
    found = []
    for k in inner[sharp & (bent[inner] >= np.maximum(bent[inner - 1], bent[inner + 1]))]:
        low, high = grid[k], grid[k + 2]
        for _ in range(50):  # to rounding where f jumps; of a kink the bend is below rounding long before
            at = function(np.linspace(low, high, 5))
            left, right = abs(at[0] - 2 * at[1] + at[2]), abs(at[2] - 2 * at[3] + at[4])
            middle = 0.5 * (low + high)
            low, high = (low, middle) if left > right else (middle, high)
        found.append(float(0.5 * (low + high)))
    return found


def _of_density(function: Integrand, law: Any) -> Value:
    low, high = law.support()
    low, high = max(low, law.ppf(_TAIL)), min(high, law.isf(_TAIL))
    cuts = [law.ppf(q) for q in _LEVELS] + [law.ppf(0.5)] + [law.isf(q) for q in _LEVELS]
    grid = np.linspace(law.ppf(1e-9), law.isf(1e-9), 2001)
    cuts += _jumps(function, grid) + _kinks(function, grid)
    return _over(
        lambda x: law.pdf(x[:, 0]) * function(x[:, 0]),
        [low],
        [high],
        [np.asarray([cut]) for cut in cuts if low < cut < high],
    )


def expect(law: Law, function: Integrand) -> Value:
    """E[function(x)] on the line; ``function`` takes and gives vectors."""
    parts = []
    for weight, one in law:
        if isinstance(one, float):
            at = float(function(np.asarray([one]))[0])
            parts.append((weight, Value(at, 0.0, abs(at))))
        else:
            parts.append((weight, _of_density(function, one)))
    return Value(
        sum(w * part.value for w, part in parts),
        sum(w * part.error for w, part in parts),
        sum(w * part.size for w, part in parts),
    )


def expect_plane(pdf: Integrand, low: Sequence[float], high: Sequence[float], function: Integrand) -> Value:
    """The integral of pdf(x) function(x) over a box of the plane, x of shape (n, 2)."""
    return _over(lambda x: pdf(x) * function(x), low, high, [np.asarray([0.1, 0.0])])
