"""Every test runs in float64, on checked annotations, and on code that never promotes dtypes or ranks."""

import datetime
import random
import time

import checked_annotations
import jax
import pytest

checked_annotations.install()
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
START = time.monotonic()


def pytest_addoption(parser):
    text = "skip tests that have not begun after so many seconds; their order changes from day to day"
    parser.addoption("--seconds", type=float, help=text)


def pytest_collection_modifyitems(config, items):
    if config.getoption("seconds") is not None:
        random.Random(datetime.date.today().toordinal()).shuffle(items)


def pytest_runtest_setup(item):
    seconds = item.config.getoption("seconds")
    if seconds is not None and time.monotonic() - START > seconds:
        pytest.skip(f"had not begun after {seconds:g} seconds")
