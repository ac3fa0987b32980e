"""Portraits of the Dirac-GAN: the multipliers of theory, and runs that go where these say."""

from pathlib import Path

import numpy as np

from lsgan_analytic.experiments import _run, dirac_portraits

CONFIG = dirac_portraits.Config()
#: psi moves by eta theta D'(0), with D'(0) = 1/2 (minimax) or 1 (Wasserstein)
ETA = CONFIG.step
SIZES = {
    "simultaneous": np.sqrt(1 + (ETA / 2) ** 2),
    "alternating": 1.0,
    "Wasserstein, alternating": 1.0,
    "extragradient": np.hypot(1 - (ETA / 2) ** 2, ETA / 2),
    "R1, simultaneous": np.abs(np.linalg.eigvals([[1 - ETA, -ETA / 2], [ETA / 2, 1]])).max(),
    "R1, past the border": np.sqrt(1 - 1.25 * 0.3 + 1.25**2 / 4),
}


def test_committed_multipliers_are_those_of_theory_and_runs_obey_them():
    data = _run.load(Path(__file__).parents[1] / "figures" / "dirac_portraits.npz")
    for index, name in enumerate(dirac_portraits._parts(CONFIG)):
        size = float(data[f"multiplier_{index}"])
        if name in SIZES:
            np.testing.assert_allclose(size, SIZES[name], rtol=1e-7)
        first, last = np.linalg.norm(data[f"runs_{index}"], axis=-1)[:, [0, -1]].T
        if abs(size - 1) > 1e-3 and np.isnan(data[f"cycles_{index}"]).all():
            assert np.all((last > first) == (size > 1)), name


def test_committed_cycles_are_those_of_theory():
    """Wasserstein, D first: psi' = psi - h theta, theta' = theta + h psi' keep psi^2 + theta^2 - h psi theta.

    The trace 2 - h^2 gives the angle, the ellipse its half axis and, in both directions, its extent. The
    spiral of minimax with alternating steps is not taken for a cycle. R1: one circle attracts both runs.
    """
    data = _run.load(Path(__file__).parents[1] / "figures" / "dirac_portraits.npz")
    cycles = {name: data[f"cycles_{i}"] for i, name in enumerate(dirac_portraits._parts(CONFIG))}
    for numbers, (psi, theta) in zip(cycles["Wasserstein, alternating"], CONFIG.starts, strict=True):
        level = psi**2 + theta**2 - ETA * psi * theta
        extent = np.sqrt(level / (1 - ETA**2 / 4))
        exact = [2 * np.pi / np.arccos(1 - ETA**2 / 2), np.sqrt(level / (1 - ETA / 2)), extent, extent, 1, 1]
        np.testing.assert_allclose(numbers, exact, rtol=1e-5)
    soft = cycles["R1, past the border"]
    np.testing.assert_allclose(soft[0], soft[1], rtol=1e-6)
    np.testing.assert_allclose(soft[0, 4], 1, rtol=1e-6)
    assert soft[0, 5] < 1
    for name in ("simultaneous", "alternating", "extragradient", "R1, simultaneous"):
        assert np.isnan(cycles[name]).all()
