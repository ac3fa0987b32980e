"""The picture of the accuracy: it shows its arrays, and these keep what is promised."""

from pathlib import Path

import numpy as np

from lsgan_analytic.experiments import _run, accuracy

SAVED = Path(__file__).parents[1] / "figures" / "accuracy.npz"


def test_relative_errors_of_rows():
    exact = np.array([[3.0, 4.0], [3e-200, 4e-200], [1e-300, 0.0]])
    found = accuracy.relative(exact * [[1.1], [0.5], [2.0]], exact)
    np.testing.assert_allclose(found[:2], [0.1, 0.5], rtol=1e-12)
    assert np.isnan(found[2])


def test_committed_errors_keep_what_is_promised_and_monte_carlo_goes_with_the_square_root():
    data = _run.load(SAVED)
    for name in ("cost", "gradient"):
        for box in ("core", "wide"):
            assert np.nanmax(data[f"{name}_{box}"]) < 1e-13
    slope = np.polyfit(np.log(data["samples"]), np.log(np.median(data["monte_carlo_gradient"], axis=1)), 1)[0]
    assert abs(slope + 0.5) < 0.1
    assert data["seconds_core"] < data["monte_carlo_seconds"].min()


def test_picture_shows_the_medians_and_the_shares():
    data = _run.load(SAVED)
    left, right = accuracy.plot(data, accuracy.Config()).axes
    drawn = {line.get_label(): line for line in (*left.lines, *right.lines)}
    np.testing.assert_array_equal(
        drawn[r"$\nabla J$, Monte Carlo"].get_ydata(), np.median(data["monte_carlo_gradient"], axis=1)
    )
    shares = drawn[r"$\nabla J$, wide"].get_xydata()
    middle = shares[np.searchsorted(shares[:, 1], 0.5), 0]
    np.testing.assert_allclose(middle, np.median(data["gradient_wide"]), rtol=0.1)
