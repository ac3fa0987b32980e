"""The two mixtures on the plane that mode collapse is usually shown on."""

import numpy as np

from .._checks import checked_float, checked_int
from .mixture import Mixture
from .multivariate_normal import MultivariateNormal


def _mixture(means: np.ndarray, std: float) -> Mixture:
    covariance = np.diag([std * std] * 2)  # inf, which the law refuses, where ** would overflow
    return Mixture(
        np.full(len(means), 1 / len(means)), [MultivariateNormal(mean, covariance) for mean in means]
    )


def _positive(value: float, name: str) -> float:
    if checked_float(value, name) <= 0:
        raise ValueError(f"{name}: expected a finite number > 0, got {value!r}")
    return float(value)


def ring(modes: int = 8, radius: float = 1.0, std: float = 0.01) -> Mixture:
    """Equal normal modes on a circle, at the angles 2 pi i / modes: all distinct.

    Well-known code takes the angles from a closed interval, so that the last mode falls on the first and 8
    modes are 7, one of them double.

    Args:
        modes: number of modes, >= 1; radius, std: numbers > 0 (units of x); ValueError otherwise.

    Of perfect samples 1 - e^{-9/2} = 98.89 % are within 3 std of a mode ("high quality").

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.ring()
    >>> len({tuple(float(v) for v in mode.mean.round(6)) for mode in law.components})
    8
    """
    radius = _positive(radius, "radius")
    angle = 2 * np.pi * np.arange(checked_int(modes, "modes")) / modes
    return _mixture(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1), _positive(std, "std"))


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05) -> Mixture:
    """side x side equal normal modes on a square grid about the origin: at {-4, -2, 0, 2, 4}^2 by default.

    Args:
        side: modes a side, >= 1; spacing, std: numbers > 0 (units of x); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.grid()
    >>> len(law.components), [float(v) for v in law.components[-1].mean]
    (25, [4.0, 4.0])
    """
    spacing = _positive(spacing, "spacing")
    places = spacing * (np.arange(checked_int(side, "side")) - (side - 1) / 2)
    means = np.stack(np.meshgrid(places, places, indexing="ij"), axis=-1).reshape(-1, 2)
    return _mixture(means, _positive(std, "std"))
