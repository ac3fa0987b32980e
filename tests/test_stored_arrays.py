"""The committed arrays were made by the present code and configuration of their experiments."""

import dataclasses
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.experiments import _decades, _run, _sources, borders
from lsgan_analytic.experiments._all import EXPERIMENTS

FIGURES = Path(__file__).parents[1] / "figures"


def saved(name: str) -> tuple[dict[str, np.ndarray], Any]:
    """The committed arrays, and the configuration they are said to be of."""
    return _run.load(FIGURES / f"{name}.npz"), EXPERIMENTS[name].config


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_record_is_that_of_the_present_experiment(name):
    """Name, title, source, every number of the configuration, and the code that computes."""
    experiment = EXPERIMENTS[name]
    record = json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))
    present = {field: getattr(experiment, field) for field in ("name", "title", "source")}
    present["config"] = json.loads(json.dumps(dataclasses.asdict(experiment.config)))
    assert {field: record[field] for field in present} == present
    assert record["x64"] is True
    assert record["code"] == _sources.fingerprint(experiment.compute), (
        f"the code of {name} has changed since its arrays were made: run `python -m experiments {name}`"
    )


MODULE = '''
from ._planted import shared

FILE = "numbers.json"
UNUSED = 1


class Config:
    """Numbers."""

    def scale(self):
        return 2

    def quick(self):
        return 3


def helper(x):
    """Says what it does."""
    return shared * x


def compute(config: Config):
    return helper(1)  # a comment


def plot(data):
    return FILE
'''


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("return shared * x", "return shared + x", True),
        ("helper(1)", "helper(2)", True),
        ("return 2", "return 4", True),
        ("helper(1)", "helper(len(FILE))", True),
        ("UNUSED = 1", "UNUSED = 2", False),
        ("return 3", "return 4", False),
        ("  # a comment", "", False),
        ("Says what it does.", "Says something else.", False),
        ("return FILE", "return UNUSED", False),
        ("def helper(x)", "def helper(x: int)", False),
        ("helper(1)  # a comment", "(\n        helper(\n            1\n        )\n    )", False),
    ],
)
def test_what_changes_the_fingerprint(tmp_path, monkeypatch, old, new, changes):
    assert fingerprint(tmp_path, monkeypatch, MODULE) != ""
    assert (
        fingerprint(tmp_path, monkeypatch, MODULE.replace(old, new))
        != fingerprint(tmp_path, monkeypatch, MODULE)
    ) == changes


def test_other_modules_and_files_are_part_of_the_fingerprint(tmp_path, monkeypatch):
    code = MODULE.replace("helper(1)", "helper(FILE)")
    first = fingerprint(tmp_path, monkeypatch, code)
    assert fingerprint(tmp_path, monkeypatch, code, shared="shared = 6") != first
    assert fingerprint(tmp_path, monkeypatch, code, numbers="[8]") != first
    assert fingerprint(tmp_path, monkeypatch, code) == first


def fingerprint(
    folder: Path, monkeypatch, code: str, shared: str = "shared = 5", numbers: str = "[7]"
) -> str:
    """Of ``compute`` in a package that is written into ``folder``."""
    package = folder / "planted_experiments"
    package.mkdir(exist_ok=True)
    for name, text in {
        "__init__.py": "", "module.py": code, "_planted.py": shared, "numbers.json": numbers,
    }.items():  # fmt: skip
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    for cached in (_sources._tree, _sources._defined, _sources._imported):
        cached.cache_clear()
    for module in ("planted_experiments", "planted_experiments.module", "planted_experiments._planted"):
        monkeypatch.delitem(sys.modules, module, raising=False)

    def compute(config: object) -> None:
        """Stands for the one of the package."""

    compute.__module__ = "planted_experiments.module"
    return _sources.fingerprint(compute)


@pytest.mark.parametrize(("name", "path"), [("figure10", "cost"), ("figure11", "cost"), ("atlas", "cost_A")])
def test_costs_at_the_corners(name, path):
    """Of the maps of J; ``atlas`` starts from the same case as Fig. 10."""
    data, config = saved(name)
    case, ending = (config.case, "") if name != "atlas" else (config.cases[0], "_A")
    for i, k in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        players = case.players(data[f"b{ending}"][i], data[f"h{ending}"][k])
        np.testing.assert_allclose(data[path][i, k], case.game().cost(players), rtol=1e-6)


def test_decades_of_the_gradient():
    """On the maps and along a run, far below what a double can hold."""
    data, config = saved("vanishing_gradient")
    case = config.cases[0]
    measure = jax.jit(lambda b, h: _decades.log10_gradient(case.game(), case.players(b, h))[0])
    for i, k in ((0, 0), (-1, -1)):
        point = data["wide_b"][i], data["wide_h"][k]
        np.testing.assert_allclose(data["wide_A"][i, k], measure(*point), rtol=1e-6)
    b, h = data["close_paths_A"][-1, :, -1]
    np.testing.assert_allclose(data["close_along_A"][-1, -1], measure(float(b), float(h)), atol=1e-4)
    still, config = saved("no_stationary_point")
    slope = _decades.log10_gradient(config.case.game(), config.case.players(still["b"][0], still["h"][0]))[1]
    np.testing.assert_allclose(still["log10_slope"][0, 0], slope, rtol=1e-6)


def test_the_first_steps_of_runs_and_of_their_prediction():
    """Case A: two of the hundred runs, and the band, which is the same however many steps follow."""
    data, config = saved("comparison_a")
    tube, _ = saved("tubes")
    play = dataclasses.replace(config.play, runs=2, updates=3)
    runs, band = play.simulate(config.case, ("b", "h")), play.predict(config.case, ("b", "h"))
    np.testing.assert_allclose(data["runs"][:2, :4], runs.values, rtol=1e-6)
    np.testing.assert_allclose(data["path"][:4], band.mean, rtol=1e-9)
    np.testing.assert_allclose(tube["predicted_std_A"][:4], band.std, rtol=1e-6)
    np.testing.assert_allclose(tube["predicted_mean_A"][:4], band.mean + band.bias, rtol=1e-6)


def test_the_first_steps_of_the_logistic_game_and_how_differences_grow():
    data, config = saved("logistic")
    case = config.cases[2]
    rule = lsgan.Simultaneous(config.step)
    path = lsgan.trajectory(case.game(), rule, case.players(), steps=4)
    values = np.stack([np.asarray(leaf) for leaf in jax.tree.leaves(path.players)], axis=-1)
    np.testing.assert_allclose(data["path_3"][:5], values, rtol=1e-9)
    chaos, config = saved("chaos")
    spectrum = lsgan.lyapunov(case.game(), lsgan.Simultaneous(config.step), case.players(), 30)
    np.testing.assert_allclose(
        chaos["growth_exact_3"][:30], spectrum.growth / np.log(10), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("rule", ["simultaneous", "extragradient"])
def test_multipliers_at_the_corners(rule):
    data, _ = saved("borders")
    ends = [0, -1]
    training = partial(borders._training, rule)
    found = borders.radii(training, data["strengths"][ends], data["steps"][ends])
    np.testing.assert_allclose(data[f"radius_{rule}"][np.ix_(ends, ends)], found, rtol=1e-6)
