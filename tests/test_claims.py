"""The claims laboratory: every claim computed again, and what was committed of it."""

import jax
import pytest
from test_experiments import ROOT

from lsgan_analytic.experiments._run import load
from lsgan_analytic.experiments.claims import CLAIMS

#: seconds of compiling: computed again with ``-m slow``; the committed numbers are looked at always
LONG = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 17, 18, 20, 21, 23, 25, 29}


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
    with jax.numpy_dtype_promotion("standard"):  # optax's Adam mixes dtypes
        found = claim.found(claim.compute(claim.config))
    for name, one in found.items():
        assert one.agrees, f"{name}: {one}"
