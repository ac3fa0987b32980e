"""The command that makes the figures, and the figures that are committed."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments import _run
from experiments.__main__ import EXPERIMENTS, main

ROOT = Path(__file__).parents[1]


def test_list(capsys):
    assert main([]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(EXPERIMENTS)


def test_one_experiment_writes_its_four_files_twice_the_same(tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        assert main(["figure01", "--quick", "--output", str(folder)]) == 0
    said = capsys.readouterr().out
    names = sorted(path.name for path in first.iterdir())
    assert names == ["figure01.json", "figure01.npz", "figure01.pdf", "figure01.png"]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
        assert f"wrote {first / name}" in said
    record = json.loads((first / "figure01.json").read_text())
    assert record["config"]["case"]["a"] == 2.2
    assert record["x64"] is True


def test_a_failure_does_not_stop_the_others(tmp_path, capsys, monkeypatch):
    def fail(config):
        raise ArithmeticError("planted")

    good = EXPERIMENTS["figure01"]
    bad = _run.Experiment("bad", "fails", "new", good.config, fail, good.plot)
    monkeypatch.setitem(EXPERIMENTS, "bad", bad)
    assert main(["bad", "figure01", "--quick", "--jobs", "1", "--output", str(tmp_path)]) == 1
    assert "ArithmeticError: planted" in capsys.readouterr().out
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["figure01"] * 4


def test_unknown_names_are_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["figure99"])
    assert stopped.value.code == 2
    assert "unknown: figure99; choose from: all, figure01" in capsys.readouterr().err


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_committed_figures_are_small_and_documented(name):
    for suffix in ("png", "pdf", "npz", "json"):
        path = ROOT / "figures" / f"{name}.{suffix}"
        assert 0 < path.stat().st_size < 300_000
    record = json.loads((ROOT / "figures" / f"{name}.json").read_text())
    assert record["quick"] is False
    assert f"python -m experiments {name}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("name", "end"), [("figure01", (4.34074, 1.35151, 3.21956, 0.86069)), ("figure05", (3.07602, 2.04324))]
)
def test_committed_numbers_are_those_of_the_library(name, end):
    saved = _run.load(ROOT / "figures" / f"{name}.npz")
    np.testing.assert_allclose(saved["parameters_4-D"][-1][: len(end)], end, atol=6e-6)
    again = EXPERIMENTS[name].compute(EXPERIMENTS[name].config)
    for key, values in again.items():
        if values.dtype.kind == "f":
            np.testing.assert_allclose(saved[key], values, rtol=1e-9, atol=1e-12)


def test_no_stationary_point_anywhere_on_the_map():
    saved = _run.load(ROOT / "figures" / "no_stationary_point.npz")
    assert saved["max_sign"] == -1
