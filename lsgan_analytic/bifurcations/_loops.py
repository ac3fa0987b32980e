"""Closed curves x(phi) as trigonometric polynomials, refined until a motion carries them into themselves.

    map    x(phi + rho) = F(x(phi)),  rho the angle of a step,
    flow   omega x'(phi) = F(x(phi)), omega = 2 pi/period,

at 2 N + 1 equally spaced phases, with one equation for the phase (Jorba & Olmedo, SIAM J. Appl. Dyn. Syst. 8
(2009) 1382, for maps; spectral collocation for flows). Newton's method for x and the angle together.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

#: points (m, n) -> (values (m, n), Jacobians (m, n, n))
Batch = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
_TRIPS = 25


class Loop(NamedTuple):
    """A closed curve: ``points`` (m, n) at equally spaced phases, m odd; ``angle``: rho, or omega."""

    points: np.ndarray
    angle: float

    @property
    def centre(self) -> np.ndarray:
        return self.points.mean(axis=0)

    def at(self, phases: np.ndarray) -> np.ndarray:
        """The curve at any phases."""
        return np.real(_waves(phases, len(self.points)) @ _coefficients(self.points))

    @property
    def tail(self) -> float:
        """The size of the last fifth of the coefficients, of the largest."""
        size = np.linalg.norm(_coefficients(self.points), axis=1)
        k = np.abs(_wavenumbers(len(self.points)))
        return float(size[k > 0.8 * k.max()].max() / size[k > 0].max())


def fitted(phases: np.ndarray, values: np.ndarray, weights: np.ndarray, m: int) -> np.ndarray:
    """The curve of m points through ``values`` at ``phases``, by weighted means."""
    modes = np.conj(_waves(phases, m)).T @ (weights[:, None] * values)
    return np.real(_waves(_phases(m), m) @ modes)


def refined(batch: Batch, start: Loop, is_map: bool, tolerance: float) -> Loop | None:
    """The curve near ``start`` that is carried into itself, to ``tolerance`` of its size; or None."""
    m, n = start.points.shape
    points, angle = start.points, start.angle
    slope0 = _transform(1j * _wavenumbers(m)) @ points
    size = np.abs(points - points.mean(axis=0)).max()
    for _ in range(_TRIPS):
        values, jacobians = batch(points)
        if not (np.isfinite(values).all() and np.isfinite(jacobians).all() and size > 0):
            return None
        k = 1j * _wavenumbers(m)
        carry = _transform(np.exp(k * angle) if is_map else k * angle)
        turn = _transform(k * np.exp(k * angle) if is_map else k)
        error = carry @ points - values
        if np.abs(error).max() <= tolerance * (size + np.abs(points).max()):
            return Loop(points, float(angle))
        whole = np.zeros((m * n + 1, m * n + 1))
        whole[:-1, :-1] = np.kron(carry, np.eye(n))
        for j in range(m):
            whole[j * n : (j + 1) * n, j * n : (j + 1) * n] -= jacobians[j]
        whole[:-1, -1] = (turn @ points).ravel()
        whole[-1, :-1] = slope0.ravel()
        change = np.linalg.lstsq(whole, -np.append(error.ravel(), 0.0))[0]
        longest = 0.5 * size / max(np.abs(change[:-1]).max(), 1e-300)
        change = change * min(1.0, longest)
        points, angle = points + change[:-1].reshape(m, n), angle + change[-1]
    return None


def _phases(m: int) -> np.ndarray:
    return 2 * np.pi * np.arange(m) / m


def _wavenumbers(m: int) -> np.ndarray:
    return np.fft.fftfreq(m, 1 / m)


def _coefficients(points: np.ndarray) -> np.ndarray:
    return np.fft.fft(points, axis=0) / len(points)


def _waves(phases: np.ndarray, m: int) -> np.ndarray:
    return np.exp(1j * np.asarray(phases)[:, None] * _wavenumbers(m)[None])


def _transform(factors: np.ndarray) -> np.ndarray:
    """The real matrix (m, m) that multiplies every Fourier coefficient by its factor."""
    m = len(factors)
    return np.real(np.fft.ifft(factors[:, None] * np.fft.fft(np.eye(m), axis=0), axis=0))
