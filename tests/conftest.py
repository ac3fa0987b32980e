"""Shared fixtures."""

import numpy as np
import pytest
from certified import FILE
from problems import Case, CASES


@pytest.fixture(params=sorted(CASES))
def case(request) -> Case:
    """Case A and Case B."""
    return CASES[request.param]


@pytest.fixture(scope="session")
def certified() -> dict[str, np.ndarray]:
    """The committed certified values."""
    with np.load(FILE) as archive:
        return dict(archive)
