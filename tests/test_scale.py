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

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic import checkpoint as checkpoints

SCRIPT = Path(__file__).with_name("ensemble_process.py")
TIMEOUT = 280


def start(output, devices=1, processes=1, rank=0, port=0, *rest):
    words = [output, devices, processes, rank, port, *rest]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XLA_", "JAX_"))}
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


SETTING = {"key": jax.random.key(0), "runs": 3, "samples": 20, "steps": 6, "tile": 3}


def short_run(**more):
    case = CASES["A"]
    return lsgan.simulate(case.game, lsgan.Simultaneous(step=0.4), case.players, **(SETTING | more))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A small simulation and its last checkpoint."""
    path = tmp_path_factory.mktemp("finished") / "state.npz"
    return short_run(checkpoint=path), path


def test_a_finished_run_resumes_to_itself(finished):
    runs, path = finished
    again = short_run(resume=path)
    np.testing.assert_array_equal(again.values, runs.values)
    np.testing.assert_array_equal(again.steps_taken, runs.steps_taken)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"samples": 21}, r"samples is \(20, 20\) there and \(21, 21\) here"),
        ({"key": jax.random.key(1)}, "key is"),
        ({"protocol": "fresh"}, "protocol is fixed there and fresh here"),
        ({"free": ("b",)}, "positions is"),
    ],
)
def test_a_checkpoint_of_another_simulation_is_refused(finished, change, named):
    with pytest.raises(ValueError, match=f"resume: the checkpoint is of another simulation: {named}"):
        short_run(resume=finished[1], **change)


def test_a_checkpoint_of_another_start_is_refused(finished):
    case = CASES["B"]
    with pytest.raises(ValueError, match="resume: the checkpoint is of another simulation: game is"):
        lsgan.simulate(case.game, lsgan.Simultaneous(step=0.4), case.players, resume=finished[1], **SETTING)


def test_a_broken_checkpoint_is_refused(finished, tmp_path):
    cut = tmp_path / "cut.npz"
    cut.write_bytes(finished[1].read_bytes()[:500])
    with pytest.raises(ValueError, match=r"resume: cut.npz is not a whole checkpoint"):
        short_run(resume=cut)
    with pytest.raises(FileNotFoundError):
        short_run(resume=tmp_path / "none.npz")


def test_a_full_disk_loses_nothing(finished, tmp_path, monkeypatch):
    path = tmp_path / "state.npz"
    path.write_bytes(finished[1].read_bytes())

    def full(file, **_):
        file.write(b"half of ")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez", full)
    with pytest.warns(UserWarning, match="state.npz was not written, the last one stays: .*No space left"):
        runs = short_run(checkpoint=path)
    np.testing.assert_array_equal(runs.values, finished[0].values)
    assert path.read_bytes() == finished[1].read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]


@pytest.mark.parametrize("devices", [[], ["cpu:7"]])
def test_devices_that_do_not_exist(devices):
    with pytest.raises(ValueError, match="devices: expected JAX devices"):
        short_run(devices=devices)


def test_a_mesh_of_another_axis():
    mesh = jax.make_mesh((1,), ("batch",), axis_types=(jax.sharding.AxisType.Auto,))
    with pytest.raises(ValueError, match=r"devices: expected a mesh with the axis 'runs', got \('batch',\)"):
        short_run(devices=mesh)
