"""Checkpoints: a run goes on from its own alone, and loses none."""

import os

import jax
import numpy as np
import pytest
from problems import CASES
from short_runs import SETTING, short_run

import lsgan_analytic as lsgan
from lsgan_analytic._describe import describe
from lsgan_analytic.stochastic import checkpoint as checkpoints


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
