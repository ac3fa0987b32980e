"""The claims laboratory: every claim computed again, and what was committed of it."""

import jax
import numpy as np
import pytest
from test_experiments import ROOT

from lsgan_analytic.experiments._run import load
from lsgan_analytic.experiments.claims import CLAIMS

#: seconds of compiling: computed again with ``-m slow``; the committed numbers are looked at always
LONG = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 17, 18, 20, 21, 23, 25, 29}

#: a claim's arrays by number, where rounding is amplified: a search, and a cycle that is one of a family
WITHIN = {14: 1e-4, 15: 1e-3}


def test_there_are_all_of_them():
    assert [claim.number for claim in CLAIMS] == list(range(1, 30))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_the_committed_numbers_are_those_expected(claim):
    found = claim.found(load(ROOT / "figures" / f"{claim.name}.npz"))
    assert found
    for name, one in found.items():
        assert one.agrees, f"{name}: {one}"


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim, id=claim.name, marks=[pytest.mark.slow] if claim.number in LONG else [])
        for claim in CLAIMS
    ],
)
def test_every_number_computed_again(claim):
    """The numbers that decide are those expected, and every array is the committed one but for rounding."""
    with jax.numpy_dtype_promotion("standard"):  # optax's Adam mixes dtypes
        data = claim.compute(claim.config)
    for name, one in claim.found(data).items():
        assert one.agrees, f"{name}: {one}"
    saved = load(ROOT / "figures" / f"{claim.name}.npz")
    assert data.keys() == saved.keys()
    for name, values in data.items():
        assert difference(values, saved[name]) < WITHIN.get(claim.number, 1e-6), name


def difference(values: np.ndarray, saved: np.ndarray) -> float:
    """The largest, relative to the largest finite entry or .01; infinite where shapes or kinds differ."""
    if (values.shape, values.dtype) != (saved.shape, saved.dtype):
        return np.inf
    if saved.dtype.kind not in "fc":
        return 0.0 if np.array_equal(values, saved) else np.inf
    finite = np.isfinite(saved)
    if not np.array_equal(values[~finite], saved[~finite], equal_nan=True):
        return np.inf
    off = np.abs(values[finite] - saved[finite]).max(initial=0.0)
    return float(off / np.abs(saved[finite]).max(initial=0.01))
