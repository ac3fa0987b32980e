"""The command that makes the figures, and the figures that are committed."""

import dataclasses
import json
from pathlib import Path

import jax
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.experiments import _run
from lsgan_analytic.experiments._cases import CASE_A
from lsgan_analytic.experiments.claims import Claim, CLAIMS, Found
from lsgan_analytic.experiments.command import EXPERIMENTS, main, PAGES

ROOT = Path(__file__).parents[1]
#: seconds of compiling each: all others are run with ``-m slow``
PLAIN = {"claim19_packing"}


def test_list(capsys):
    assert main([]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == [*EXPERIMENTS, *PAGES, "groups:"]


def test_one_experiment_writes_its_files_twice_the_same(tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        assert main(["figure01", "--quick", "--output", str(folder)]) == 0
    said = capsys.readouterr().out
    names = sorted(path.name for path in first.iterdir())
    assert names == [f"figure01.{suffix}" for suffix in ("caption.md", "json", "npz", "pdf", "png")]
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
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {"figure01"}


def planted(value: float) -> Claim:
    """A claim with one number, expected to be 1."""
    claim = CLAIMS[0]
    return dataclasses.replace(
        claim,
        name="planted",
        compute=lambda config: {"x": np.asarray(value)},
        plot=None,
        found=lambda data: {"x": Found(data["x"], 1.0, 0.1, "theory")},
    )


@pytest.mark.parametrize(
    ("value", "quick", "code", "said"),
    [
        (1.0, False, 0, "computed: x 1\n"),
        (2.0, False, 1, "x 2 (EXPECTED 1)"),
        (1.0, True, 0, "computed: x 1\n"),
        (2.0, True, 0, "x 2 (not checked with these settings; the full run expects 1)"),
    ],
)
def test_a_quick_run_says_what_it_does_not_check(tmp_path, capsys, monkeypatch, value, quick, code, said):
    claim = planted(value)
    monkeypatch.setitem(EXPERIMENTS, "planted", claim)
    monkeypatch.setattr("lsgan_analytic.experiments.command.CLAIMS", (claim,))
    arguments = ["planted", "--jobs", "1", "--output", str(tmp_path), *(["--quick"] if quick else [])]
    assert main(arguments) == code
    assert said in capsys.readouterr().out
    assert ("--quick" in (tmp_path / "claims.md").read_text()) == quick


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[] if one in PLAIN else [pytest.mark.slow]) for one in EXPERIMENTS]
)
def test_every_experiment_runs_quickly(tmp_path, name):
    """Computes, draws and writes; a claim's numbers can be read off the coarse arrays."""
    experiment = EXPERIMENTS[name]
    with jax.numpy_dtype_promotion("standard"):  # optax's Adam mixes dtypes
        written = _run.run(experiment, tmp_path, _run.Options(quick=True))
    suffixes = {".json", ".npz"} if experiment.plot is None else {".json", ".npz", ".pdf", ".png"}
    assert {path.suffix for path in written} - {".md"} == suffixes
    assert json.loads((tmp_path / f"{name}.json").read_text())["quick"] is True
    if isinstance(experiment, Claim):
        assert experiment.found(_run.load(tmp_path / f"{name}.npz"))


def test_other_numbers(tmp_path):
    """They are computed with, recorded, and written below the picture, in the formats asked for."""
    numbers = ["--set", "case.c=0.7", "step=0.1", "--set", "updates=4"]
    assert main(["figure01", *numbers, "--format", "svg", "--output", str(tmp_path), "--jobs", "1"]) == 0
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".md", ".npz", ".svg"]
    config = json.loads((tmp_path / "figure01.json").read_text())["config"]
    assert (config["case"]["c"], config["step"], config["updates"]) == (0.7, 0.1, 4)
    data = _run.load(tmp_path / "figure01.npz")
    case = dataclasses.replace(CASE_A, c=0.7)
    path = lsgan.trajectory(case.game(), lsgan.Simultaneous(0.1), case.players(), steps=4, free=("b", "h"))
    np.testing.assert_array_equal(data["parameters_2-D"][:, 1], path.players.disc.b)
    assert "case.c = 0.7, step = 0.1, updates = 4" in (tmp_path / "figure01.svg").read_text()
    caption = (tmp_path / "figure01.caption.md").read_text()
    assert "with c = 0.7" in caption
    assert "4 simultaneous gradient steps of size 0.1" in caption


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["figure99"], "unknown: figure99; did you mean figures or figure11"),
        (["qqq"], "unknown: qqq; choose from: all, claims, figures, paper, figure01"),
        (["figure01", "--set", "x=1"], "no field 'x'; the fields are case.name, case.a, case.b"),
        (["figure01", "--set", "case.x=1"], "no field 'case.x'"),
        (["figure01", "--set", "step.x=1"], "no field 'step.x'"),
        (["figure01", "--set", "case=1"], "set one of its fields: case.name, case.a"),
        (["figure01", "--set", "step"], "--set: expected NAME=VALUE, e.g. step=0.1, got 'step'"),
        (["figure01", "--set", "step=fast"], "--set: step: expected a value like 0.4, got 'fast'"),
        (["figure01", "--set", "updates=2.5"], "--set: updates: expected a value like 249, got '2.5'"),
        (["figure01", "--jobs", "0"], "--jobs: expected an integer >= 1, got 0"),
    ],
)
def test_bad_arguments_are_refused(capsys, arguments, said):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_committed_figures_are_small(name):
    for suffix in ("npz", "json") if EXPERIMENTS[name].plot is None else ("png", "pdf", "npz", "json"):
        path = ROOT / "figures" / f"{name}.{suffix}"
        assert 0 < path.stat().st_size < 300_000
    record = json.loads((ROOT / "figures" / f"{name}.json").read_text())
    assert record["quick"] is False


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_committed_captions_are_those_of_the_committed_arrays(name):
    """Written again from the arrays and the configuration: what is committed says neither more nor less."""
    experiment = EXPERIMENTS[name]
    data = _run.load(ROOT / "figures" / f"{name}.npz")
    path = ROOT / "figures" / f"{name}.caption.md"
    again = _run.caption_text(experiment, data, experiment.config)
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == again


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


def test_the_two_signs_end_apart():
    saved = _run.load(ROOT / "figures" / "two_signs.npz")
    a, b, g, h = saved["parameters_B_Mao"][-1]
    np.testing.assert_allclose((a, b, g + h), (0, 0, 1 / 4.04), atol=1e-12)
    x = np.linspace(-5, 60, 200_001)
    gap = np.abs(-np.expm1(-4.04 * np.maximum(x, 0)) + np.expm1(-np.maximum(x - h, 0) / g))
    np.testing.assert_allclose(saved["distances_B_Mao"][-1, 0], gap.sum() * (x[1] - x[0]), rtol=1e-3)
    assert [str(saved[f"outcome_B_{sign}"]).split(":")[0] for sign in ("paper", "Mao")] == [
        "converged to a plateau",
        "converged to a point",
    ]


def test_the_spectrum_on_the_line_through_the_truth():
    """The Jacobian by hand: of (a, b) twice E[D' D'^T] and D'' terms, of b and the means a quarter."""
    saved = _run.load(ROOT / "figures" / "truth_line.npz")
    for index in (0, 40, 99):
        g = saved["g"][index]
        paper = np.zeros((4, 4))
        paper[:2, :2] = [[1 / 4, -1 / 4], [-1 / 4, (3 + g**2) / 8]]
        paper[1, 2:], paper[2:, 1] = -1 / 4, 1 / 4
        for sign, matrix in (("paper", paper), ("Mao", -paper.T / 2)):
            expected, found = np.linalg.eigvals(matrix), saved[f"eigenvalues_{sign}"][index]
            for part in (np.real, np.imag):
                np.testing.assert_allclose(np.sort(part(found)), np.sort(part(expected)), atol=1e-12)


def test_every_logistic_run_leaves_the_domain():
    saved = _run.load(ROOT / "figures" / "logistic.npz")
    assert [int(saved[f"steps_{number}"]) for number in (1, 2, 3, 4)] == [289, 299, 198, 659]
    assert all(saved[f"left_{number}"].all() for number in (1, 2, 3, 4))


def test_the_divergences_of_the_optimal_game():
    saved = _run.load(ROOT / "figures" / "optimal.npz")
    for name in ("authors", "best"):
        g, h = np.moveaxis(saved[f"paths_{name}"], -1, 0)
        kl = np.where(h > 0, np.inf, np.log(g) - 1 + (1 - h) / g)
        np.testing.assert_allclose(saved[f"kl_{name}"], kl, rtol=1e-9, atol=1e-12)
    assert np.abs(saved["paths_authors"][:, -1] - (1, 0)).max() < 0.02  # all four reach the truth


def test_borders_of_theory_lie_where_they_were_measured():
    """Stable steps of every rule: the formula's border is between two neighbouring steps of the atlas."""
    saved = _run.load(ROOT / "figures" / "eigenvalue_atlas.npz")
    for game in ("dirac", "bilinear"):
        theory, (below, above) = saved[f"theory_{game}"], saved[f"measured_{game}"].T
        assert (below <= theory).all()
        assert ((theory <= above) | np.isinf(above)).all()
