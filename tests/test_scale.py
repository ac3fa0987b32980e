"""The same bits on 1, 2 and 4 devices, on 1 and 2 processes, and after a kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from problems import CASES
from short_runs import short_run

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic.devices import mesh_of

SCRIPT = Path(__file__).with_name("ensemble_process.py")
TIMEOUT = 280


def start(output, devices=1, processes=1, rank=0, port=0, *rest):
    words = [output, devices, processes, rank, port, *rest]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XLA_", "JAX_"))}
    flags = os.environ.get("XLA_FLAGS", "").split()  # programs compiled otherwise round otherwise
    environment["JAX_PLATFORMS"] = "cpu"  # of which there are as many devices as one asks for
    environment["XLA_FLAGS"] = " ".join(flag for flag in flags if "device_count" not in flag)
    return subprocess.Popen([sys.executable, str(SCRIPT), *map(str, words)], env=environment)


def result(path):
    with np.load(path) as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """One device, one process."""
    path = tmp_path_factory.mktemp("alone") / "runs.npz"
    assert start(path).wait(TIMEOUT) == 0
    return result(path)


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("devices", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_devices_do_not_change_a_bit(alone, tmp_path, devices):
    assert start(tmp_path / "runs.npz", devices).wait(TIMEOUT) == 0
    same(result(tmp_path / "runs.npz"), alone)


@pytest.mark.slow
def test_processes_do_not_change_a_bit(alone, tmp_path):
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    both = [start(tmp_path / "runs.npz", 1, 2, rank, port) for rank in (0, 1)]
    try:
        assert [process.wait(TIMEOUT) for process in both] == [0, 0]
    finally:
        for process in both:
            process.kill()
    same(result(tmp_path / "runs.npz"), alone)


def long_run(**more):
    case = CASES["A"]
    return lsgan.simulate(
        case.game,
        lsgan.Simultaneous(step=0.4),
        case.players,
        key=jax.random.key(5),
        runs=22,
        samples=(64, 100),
        steps=4000,
        protocol="fresh",
        tile=4,
        **more,
    )


def test_a_killed_run_goes_on_to_the_same_bits(tmp_path):
    checkpoint = tmp_path / "state.npz"
    process = start(tmp_path / "never.npz", 2, 1, 0, 0, checkpoint)
    deadline = time.monotonic() + TIMEOUT
    while not checkpoint.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "never.npz").exists()
    with np.load(checkpoint) as archive:
        assert 0 < archive["done"] < 4000
    resumed = long_run(resume=checkpoint)  # on one device: the killed one had two
    np.testing.assert_array_equal(resumed.values, long_run().values)


@pytest.mark.parametrize("devices", [[], ["cpu:7"], 2, "cpu", 0.5])
def test_devices_that_do_not_exist(devices):
    with pytest.raises(ValueError, match="devices: expected JAX devices"):
        short_run(devices=devices)


def test_one_device_and_the_same_twice():
    device = jax.devices()[0]
    assert mesh_of(device) == mesh_of([device]) == mesh_of(None)
    with pytest.raises(ValueError, match="devices: expected distinct JAX devices, got"):
        mesh_of([device, device])


@pytest.mark.parametrize("tolerance", [[0.1, 0.2], np.array([0.1])])
def test_a_tolerance_is_one_number(tolerance):
    with pytest.raises(ValueError, match="tolerance: expected one number > 0, got"):
        short_run(tolerance=tolerance)


def test_a_mesh_of_another_axis():
    mesh = jax.make_mesh((1,), ("batch",), axis_types=(jax.sharding.AxisType.Auto,))
    with pytest.raises(ValueError, match=r"devices: expected a mesh with the axis 'runs', got \('batch',\)"):
        short_run(devices=mesh)
