"""The command ``lsgan`` as a process: without its extras, and with a reader that goes away."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lsgan_analytic.experiments import __main__ as entry, _needs

ROOT = Path(__file__).parents[1]


def test_the_entry_point_is_the_main_of_the_module():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"lsgan": "lsgan_analytic.experiments.__main__:main"}


@pytest.mark.parametrize(
    ("absent", "arguments", "said"),
    [
        (("matplotlib", "optax"), ["figure01"], 'matplotlib, optax missing: python -m pip install "'),
        (("matplotlib",), [], 'matplotlib missing: python -m pip install "lsgan_analytic[figures]"'),
        (("xarray",), ["ensemble"], 'xarray missing: python -m pip install "lsgan_analytic[io]"'),
    ],
)
def test_a_missing_extra_is_named_and_nothing_else_happens(monkeypatch, capsys, absent, arguments, said):
    find = _needs.importlib.util.find_spec
    monkeypatch.setattr(
        _needs.importlib.util, "find_spec", lambda name: None if name in absent else find(name)
    )
    assert entry.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_an_ensemble_needs_no_figures(monkeypatch, capsys):
    monkeypatch.setattr(_needs, "_MODULES", {"figures": ("no_such_module",), "io": ()})
    with pytest.raises(SystemExit) as stopped:
        entry.main(["ensemble", "--help"])
    assert stopped.value.code == 0
    assert "ensemble" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error():
    """The list, into a pipe that nobody reads."""
    command = [sys.executable, "-m", "lsgan_analytic.experiments"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait()
    assert (code, said) == (entry.BROKEN_PIPE, b"")
