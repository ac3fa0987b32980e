"""Shared fixtures."""

from pathlib import Path

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


#: tests of seconds each, left to ``-m slow``; nearly all are further cases of one that always runs
LONG = frozenset((Path(__file__).parent / "slow.txt").read_text().splitlines())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid.removeprefix("tests/") in LONG:
            item.add_marker("slow")
