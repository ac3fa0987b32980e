"""The same bits on 1, 2 and 4 devices, on 1 and 2 processes, and after a kill."""

import functools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic._describe import describe, Description
from lsgan_analytic.stochastic import checkpoint as checkpoints
from lsgan_analytic.stochastic.devices import mesh_of

PLAY = lsgan.Simultaneous(step=0.4)
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


def schedule(first, ratio=0.99):
    return lambda k: first * ratio**k


class Scaled(lsgan.Linear):
    """A discriminator of a user, with a function that no name tells apart."""

    shape: Callable = eqx.field(static=True, default=jnp.sin)

    def __init__(self, shape: Callable):
        super().__init__(w=1.0)
        self.shape = shape

    def __call__(self, x):
        return self.shape(self.w * x)


def host(k):
    return jax.pure_callback(lambda k: np.asarray(0.1 * k), jax.ShapeDtypeStruct((), float), k)


def described(rule=PLAY, disc=None):
    """Of one step, as ``simulate`` describes it, but on an exact game: quick to trace."""
    origin = lsgan.PointMasses([0.0])
    players = lsgan.Players(disc or lsgan.Linear(w=1.0), lsgan.Shift(shift=0.5))

    def step(game, rule, players):
        return rule.step(game, players, rule.init(players))

    found = describe(
        step, {"game": lsgan.Game(origin, origin, lsgan.Wasserstein()), "rule": rule, "players": players}
    )
    return Description.from_json(found.to_json())  # as it comes from a file


def table(values):
    held = jnp.asarray(values)
    return lambda k: held[k.astype(int)]


@pytest.mark.parametrize(
    ("there", "here", "named"),
    [
        (
            {"rule": lsgan.Simultaneous(step=(0.1, 0.3))},
            {"rule": lsgan.Simultaneous(step=(0.2, 0.3))},
            "rule.step_sizes.disc.sizes is 0.1 in the checkpoint and 0.2 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=schedule(0.4))},
            {"rule": lsgan.Simultaneous(step=schedule(0.1))},
            "rule.step_sizes.disc.function.first is 0.4 in the checkpoint and 0.1 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=lambda k: 0.4 * 0.99**k)},
            {"rule": lsgan.Simultaneous(step=lambda k: 0.1 * 0.99**k)},
            r"rule.step_sizes.disc.function.constants\[0\] is 0.4 in the checkpoint and 0.1 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=table([0.1, 0.2]))},
            {"rule": lsgan.Simultaneous(step=table([0.1, 0.3]))},
            r"rule.step_sizes.disc.function.held is \[0.1, 0.2\] in the checkpoint and \[0.1, 0.3\] here",
        ),
        (
            {"rule": lsgan.PerPlayer(optax.adam(0.1), optax.sgd(0.1))},
            {"rule": lsgan.PerPlayer(optax.adam(0.01), optax.sgd(0.1))},
            "rule.disc.update.*step_size is -0.1 in the checkpoint and -0.01 here",
        ),
        (
            {"rule": lsgan.PerPlayer(optax.adam(0.1), optax.sgd(0.1))},
            {"rule": lsgan.PerPlayer(optax.adam(0.1, b2=0.9), optax.sgd(0.1))},
            "rule.disc.update.*b2 is 0.999 in the checkpoint and 0.9 here",
        ),
        (
            {"disc": Scaled(jnp.sin)},
            {"disc": Scaled(jnp.tan)},
            "players.disc.shape is sin in .* and tan here",
        ),
        (
            {"disc": Scaled(functools.partial(jnp.add, 1.0))},
            {"disc": Scaled(functools.partial(jnp.add, 2.0))},
            r"players.disc.shape.args\[0\] is 1.0 in the checkpoint and 2.0 here",
        ),
    ],
)
def test_what_is_computed_is_compared(there, here, named):
    """Functions, optimisers, closures and user classes: names are the same, what they compute is not."""
    one = described(**there)
    assert one.difference(described(**there), "checkpoint") == ""
    assert re.search(named, one.difference(described(**here), "checkpoint"))


def test_the_same_computation_is_the_same_whatever_its_names():
    """A closure and a default, one program."""
    one = described(lsgan.Simultaneous(step=schedule(0.4)))
    other = described(lsgan.Simultaneous(step=lambda k, first=0.4, ratio=0.99: first * ratio**k))
    assert one.inside != other.inside
    assert one.difference(other, "checkpoint") == ""


def test_a_class_rewritten_under_its_name():
    def method(factor):
        return {"__call__": lambda self, x: factor * self.w * x, "__module__": __name__}

    one, other = (type("Mine", (lsgan.Linear,), method(factor))(w=1.0) for factor in (2.0, 3.0))
    difference = described(disc=one).difference(described(disc=other), "checkpoint")
    assert difference == "its numbers are the same, but a step is computed by another program"


def test_what_cannot_be_compared_is_refused():
    one = described(lsgan.Simultaneous(step=host))
    message = (
        r"whether it is the same cannot be told: it runs host.<locals>.<lambda>, which JAX does not trace"
    )
    assert re.search(message, one.difference(one, "checkpoint"))


@pytest.mark.slow
def test_a_schedule_of_the_same_name_is_not_resumed(tmp_path):
    """The attack that went through: .4 * .99^k went on as .1 * .99^k."""
    path = tmp_path / "state.npz"
    short_run(checkpoint=path, rule=lsgan.Simultaneous(step=schedule(0.4)))
    with pytest.raises(
        ValueError, match=r"another simulation: rule.step_sizes.disc.function.first is 0.4 in"
    ):
        short_run(resume=path, rule=lsgan.Simultaneous(step=schedule(0.1)))


SETTING = {"key": jax.random.key(0), "runs": 3, "samples": 20, "steps": 6, "tile": 3}


def short_run(rule=PLAY, **more):
    case = CASES["A"]
    return lsgan.simulate(case.game, rule, case.players, **(SETTING | more))


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
        ({"samples": 21}, r"samples\[0\] is 20 in the checkpoint and 21 here; samples\[1\] is 20 in"),
        ({"key": jax.random.key(1)}, r"key is \[0, 0\] \(uint32\) in the checkpoint and \[0, 1\]"),
        ({"protocol": "fresh"}, "protocol is 'fixed' in the checkpoint and 'fresh' here"),
        ({"free": ("b",)}, r"positions\[0\] is 0 in the checkpoint and 1 here"),
    ],
)
def test_a_checkpoint_of_another_simulation_is_refused(finished, change, named):
    with pytest.raises(ValueError, match=f"resume: the checkpoint is of another simulation: {named}"):
        short_run(resume=finished[1], **change)


def test_a_checkpoint_of_another_start_is_refused(finished):
    case = CASES["B"]
    with pytest.raises(ValueError, match=r"another simulation: game.data.rate is 0.5 in .* and 4.04 here"):
        lsgan.simulate(case.game, lsgan.Simultaneous(step=0.4), case.players, resume=finished[1], **SETTING)


def test_a_broken_checkpoint_is_refused(finished, tmp_path):
    cut = tmp_path / "cut.npz"
    cut.write_bytes(finished[1].read_bytes()[:500])
    with pytest.raises(ValueError, match=r"resume: cut.npz is not a whole checkpoint"):
        short_run(resume=cut)


def pickled(path):
    np.savez(path, format=np.asarray(Trap(), dtype=object))


class Trap:
    """Runs code where it is loaded."""

    def __reduce__(self):
        return os.mkdir, ("trapped",)


def renamed(path):
    """Of the right format, with a description that is none."""
    np.savez(path, format="lsgan_analytic.checkpoint 2", description="[1]")


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (lambda path: np.save(path, np.arange(3)), r"found one array of shape \(3,\)"),
        (lambda path: np.savez(path, a=np.arange(3)), "found 'of another kind'"),
        (lambda path: path.write_bytes(b""), "No data left in file"),
        (renamed, "no description of a computation"),
        (pickled, "allow_pickle=False"),
    ],
)
def test_what_is_no_checkpoint_is_refused(tmp_path, monkeypatch, write, found):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "other.npy")
    path = next(tmp_path.iterdir())
    with pytest.raises(ValueError, match=f"resume: {path.name} is not a whole checkpoint .*{found}"):
        checkpoints.read(path, describe(lambda: 0, {}))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]  # nothing was run


def test_arrays_of_another_shape_are_refused(finished, tmp_path):
    with np.load(finished[1]) as archive:
        arrays = dict(archive)
    fewer, less = tmp_path / "fewer.npz", tmp_path / "less.npz"
    np.savez(fewer, **{name: values for name, values in arrays.items() if name != "now0"})
    with pytest.raises(ValueError, match=r"resume: expected arrays .*'now0'"):
        short_run(resume=fewer)
    np.savez(less, **(arrays | {"now0": arrays["now0"].astype(np.float32)}))
    with pytest.raises(ValueError, match=r"resume: expected float64 of shape .*, got float32"):
        short_run(resume=less)


def test_a_missing_checkpoint_is_a_start(finished, tmp_path):
    """So that one command serves a job when it is queued and when it is queued again."""
    runs = short_run(resume=tmp_path / "none.npz", checkpoint=tmp_path / "none.npz")
    np.testing.assert_array_equal(runs.values, finished[0].values)
    assert (tmp_path / "none.npz").exists()


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
