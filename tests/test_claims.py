"""The claims laboratory: every claim computed again, and the file each leaves."""

import pytest

from experiments.claims import CLAIMS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_every_number_is_the_one_expected(claim):
    found = claim.found(claim.compute(claim.config))
    assert found
    for name, one in found.items():
        assert one.agrees, f"{name}: {one}"
