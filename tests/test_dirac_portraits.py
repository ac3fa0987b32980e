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
    "Wasserstein, simultaneous": np.sqrt(1 + ETA**2),
    "extragradient": np.hypot(1 - (ETA / 2) ** 2, ETA / 2),
    "R1, simultaneous": np.abs(np.linalg.eigvals([[1 - ETA, -ETA / 2], [ETA / 2, 1]])).max(),
}


def test_committed_multipliers_are_those_of_theory_and_runs_obey_them():
    data = _run.load(Path(__file__).parents[1] / "figures" / "dirac_portraits.npz")
    for index, name in enumerate(dirac_portraits._parts(CONFIG)):
        size = float(data[f"multiplier_{index}"])
        if name in SIZES:
            np.testing.assert_allclose(size, SIZES[name], rtol=1e-7)
        first, last = np.linalg.norm(data[f"runs_{index}"], axis=-1)[:, [0, -1]].T
        if abs(size - 1) > 1e-3:
            assert np.all((last > first) == (size > 1)), name
