"""``python -m experiments ensemble`` under a real SLURM: tasks, arrays, a killed task, a requeued job."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import local_slurm
import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "lsgan_analytic" / "experiments" / "slurm" / "ensemble.sbatch"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(local_slurm.missing()), reason=local_slurm.missing() or "SLURM is there"),
]
#: about a second a shard
SETTING = (
    "runs=400",
    "samples=3000",
    "steps=100",
    "save_every=50",
    "shard=40",
    "keep=paths",
    "free=('b', 'h')",
)


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with local_slurm.running(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment | {"PYTHONPATH": str(ROOT), "PYTHON": sys.executable}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same ensemble by a process without SLURM."""
    folder = tmp_path_factory.mktemp("alone")
    command = [sys.executable, "-m", "experiments", "ensemble", "--output", str(folder), "--set", *SETTING]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return folder


def assert_same_bytes(folder, alone):
    files = sorted(path.relative_to(alone) for path in alone.rglob("*.nc"))
    assert len(files) == 11
    assert sorted(path.relative_to(folder) for path in folder.rglob("*.nc")) == files
    for name in files:
        assert (folder / name).read_bytes() == (alone / name).read_bytes()


def submitted(slurm, folder, *options):
    """The number of the job."""
    log = folder.parent / "log.txt"
    options = (*options, f"--output={log}", f"--chdir={ROOT}")
    text = local_slurm.said(
        slurm, "sbatch", *options, str(SCRIPT), "--output", str(folder), "--set", *SETTING
    )
    return re.search(r"\d+", text)[0]


def states(slurm, job):
    return local_slurm.said(
        slurm, "squeue", "--noheader", f"--jobs={job}", "--states=all", "--format=%T"
    ).split()


def ended(slurm, job):
    return lambda: set(states(slurm, job)) <= {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}


def begun(folder, files=1):
    return lambda: len(list(folder.glob("shards/*.nc"))) >= files


def tasks_of(folder):
    """Processes of the program that write to this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if Path(words[0].decode()).name.startswith("python") and str(folder).encode() in words:
            found.append(int(path.parent.name))
    return found


def test_an_array_of_steps_of_tasks(slurm, alone, tmp_path):
    job = submitted(slurm, tmp_path / "out", "--array=3-5:2", "--ntasks=2")
    local_slurm.wait_until(ended(slurm, job), 500)
    assert states(slurm, job) == ["COMPLETED"] * 2, (tmp_path / "log.txt").read_text()
    assert {"task 0/4", "task 1/4", "task 2/4", "task 3/4"} <= set(
        re.findall(r"task \d/\d", (tmp_path / "log.txt").read_text())
    )
    assert_same_bytes(tmp_path / "out", alone)


def test_a_killed_task_and_a_requeued_job(slurm, alone, tmp_path):
    """One task is killed, then the job is requeued by hand: it goes on with what is missing."""
    folder = tmp_path / "out"
    job = submitted(slurm, folder, "--array=0", "--ntasks=2")
    local_slurm.wait_until(begun(folder))
    os.kill(tasks_of(folder)[0], signal.SIGKILL)

    def restarts():
        return re.search(r"Restarts=(\d+)", local_slurm.said(slurm, "scontrol", "show", "job", job))[1]

    local_slurm.wait_until(lambda: restarts() == "1")  # by the script, when the other task is done
    there = {path: path.stat().st_mtime_ns for path in folder.glob("shards/*.nc")}
    assert 0 < len(there) < 10
    local_slurm.wait_until(ended(slurm, job), 500)
    assert states(slurm, job) == ["COMPLETED"], (tmp_path / "log.txt").read_text()
    assert {path: path.stat().st_mtime_ns for path in there} == there
    assert_same_bytes(folder, alone)


def test_sigterm_requeues_the_job_and_scancel_does_not(slurm, alone, tmp_path):
    """What SLURM sends before the time limit ends; and an end that is meant."""
    folder = tmp_path / "out"
    job = submitted(slurm, folder, "--array=0", "--ntasks=1")
    local_slurm.wait_until(begun(folder))
    local_slurm.said(slurm, "scancel", "--signal=TERM", job)
    show = "scontrol", "show", "job", job
    local_slurm.wait_until(lambda: "Restarts=1" in local_slurm.said(slurm, *show))
    assert re.search(r"task 0/1: stopped; \d of 10 shards are saved", (tmp_path / "log.txt").read_text())
    local_slurm.said(slurm, "scontrol", "release", job)
    local_slurm.wait_until(ended(slurm, job), 500)
    assert states(slurm, job) == ["COMPLETED"], (tmp_path / "log.txt").read_text()
    assert_same_bytes(folder, alone)
    second = tmp_path / "second"
    job = submitted(slurm, second, "--array=0", "--ntasks=1")
    local_slurm.wait_until(begun(second))
    local_slurm.said(slurm, "scancel", job)
    local_slurm.wait_until(ended(slurm, job))
    assert states(slurm, job) == ["CANCELLED"]
