"""Ctrl-C during ``python -m experiments``: exit code 130, and what was and was not written is said."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lsgan_analytic.experiments._interrupts import report

ROOT = Path(__file__).parents[1]


def test_report_says_what_is_finished_and_what_is_not():
    said = report(["one", "two", "three"], ["two"], Path("out"))
    assert "1 of 3" in said
    assert "written to out: two\n" in said
    assert said.endswith("not finished: one, three\n")
    assert "nothing was written to out" in report(["one"], [], Path("out"))


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_an_interrupted_run_ends_with_130_and_leaves_no_parts(tmp_path, jobs):
    """While the second experiment is being made: the first is whole, of the others there is nothing."""
    names = ["drift", "figure05", "truth_line", "every_rule"]
    command = [sys.executable, "-m", "experiments", *names, "--quick", "--format", "png"]
    command += ["--jobs", str(jobs), "--output", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    while not line.startswith("wrote"):
        assert line, process.communicate(timeout=60)
        line = process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    finished = said.split(f"written to {tmp_path}: ")[1].splitlines()[0].split(", ")
    left = said.split("not finished: ")[1].strip().split(", ")
    assert sorted(finished + left) == sorted(names)
    assert left
    assert {path.stem.split(".")[0] for path in tmp_path.glob("*.npz")} == set(finished)
    assert not list(tmp_path.glob(".unfinished-*"))
