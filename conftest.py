"""Every test runs in float64, on checked annotations, and on code that never promotes dtypes or ranks.

Programs are compiled without optimisations, in half the time; with them where ``XLA_FLAGS`` is given, as in
``XLA_FLAGS= python -m pytest``.
"""

import datetime
import importlib.metadata
import os
import random
import time
from pathlib import Path

import checked_annotations
import jax
import pytest

# XLA ends a process that gives it a flag that it does not know
if importlib.metadata.version("jaxlib").startswith("0.10."):
    os.environ.setdefault(
        "XLA_FLAGS",
        "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
        "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
    )
checked_annotations.install()
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
START = time.monotonic()
#: compiled programs are dropped from here on; Linux ends a process that asks for more than 65530 of them
MAPPED = 25_000


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


def pytest_runtest_teardown():
    maps = Path("/proc/self/maps")  # each compiled program keeps some regions of memory mapped
    if maps.exists() and maps.read_bytes().count(b"\n") > MAPPED:
        jax.clear_caches()
