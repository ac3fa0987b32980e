"""The picture of the calibration of ``predict``: quantiles, shares, and the committed ones."""

from pathlib import Path

import numpy as np
import pytest

from lsgan_analytic.experiments import _run, calibration

SAVED = Path(__file__).parents[1] / "figures" / "calibration.npz"
SETTINGS = {"2-D, fixed": 2, "4-D, fixed": 4}


@pytest.mark.parametrize(("setting", "dimension"), SETTINGS.items())
def test_quantiles_band_and_shares_are_those_of_normal_vectors(setting, dimension):
    """2000 repetitions of 50 distances: the chi law, and for each rank so many of them in its band."""
    distances = np.linalg.norm(np.random.default_rng(0).normal(size=(2000, 50, dimension)), axis=-1)
    distances.sort(axis=-1)
    quantiles, (low, high) = calibration.expected(50, setting, 0.9)
    pooled = np.quantile(distances, (np.arange(50) + 0.5) / 50)
    np.testing.assert_allclose(quantiles, pooled, rtol=0.02)
    inside = np.mean((distances >= low) & (distances <= high), axis=0)
    np.testing.assert_allclose(inside, 0.9, atol=5 * np.sqrt(0.09 / 2000))
    share = calibration.share_inside(distances, setting, 0.95).mean()
    assert share == pytest.approx(0.95, abs=5 * np.sqrt(0.0475 / distances.size))


def test_committed_ends_on_fresh_points_and_of_many_samples_are_calibrated():
    """Within four standard errors of the share; in four dimensions few samples are not enough."""
    data, config = _run.load(SAVED), calibration.Config()
    error = np.sqrt(config.level * (1 - config.level) / config.runs)
    for case in "AB":
        for kind in ("distances", "node_distances"):
            fresh = calibration.share_inside(data[f"{kind}_{case}_2-D, fresh"], "2-D, fresh", config.level)
            np.testing.assert_allclose(fresh, config.level, atol=4 * error)
        for setting in SETTINGS:
            many = calibration.share_inside(data[f"node_distances_{case}_{setting}"], setting, config.level)
            np.testing.assert_allclose(many[1:], config.level, atol=4 * error)
    few = calibration.share_inside(data["distances_B_4-D, fixed"], "4-D, fixed", config.level)
    assert (np.diff(few) > 0).all()
    assert few[0] < 0.1
