"""The committed arrays were made by the present code and configuration of their experiments."""

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from test_claims import difference

import lsgan_analytic as lsgan
from lsgan_analytic.experiments import _border_maps, _decades, _run, borders
from lsgan_analytic.experiments._all import EXPERIMENTS

FIGURES = Path(__file__).parents[1] / "figures"


def saved(name: str) -> tuple[dict[str, np.ndarray], Any]:
    """The committed arrays, and the configuration they are said to be of."""
    return _run.load(FIGURES / f"{name}.npz"), EXPERIMENTS[name].config


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_record_is_that_of_the_present_experiment(name):
    """Name, title, source, and every number of the configuration."""
    experiment = EXPERIMENTS[name]
    record = json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))
    present = {field: getattr(experiment, field) for field in ("name", "title", "source")}
    present["config"] = json.loads(json.dumps(dataclasses.asdict(experiment.config)))
    assert {field: record[field] for field in present} == present
    assert record["x64"] is True


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
    found = _border_maps.largest(training, data["strengths"][ends], data["steps"][ends])
    np.testing.assert_allclose(data[f"radius_{rule}"][np.ix_(ends, ends)], np.abs(found), rtol=1e-6)


#: trainings that amplify rounding, on another processor to anything; and minutes of runs of ``predict``'s law
APART = {"chaos", "neural", "ring_strip", "networks", "network_widths", "mitigations", "calibration"}
APART |= {"accuracy"}  # seconds, and errors that are rounding themselves
FIGURES_ALONE = [name for name in EXPERIMENTS if not name.startswith("claim") and name not in APART]


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES_ALONE)
def test_arrays_computed_again(name):
    """All of them, at full size; those of the claims are in ``test_claims``."""
    data, config = saved(name)
    with jax.numpy_dtype_promotion("standard"):  # optax's Adam mixes dtypes
        fresh = EXPERIMENTS[name].compute(config)
    assert fresh.keys() == data.keys()
    for key, values in fresh.items():
        array = np.asarray(values)
        if key.startswith("manifold_"):  # a curve, from the end at which rounding has let it begin
            array = min(array, array[::-1], key=lambda one: difference(one, data[key]))
        assert difference(array, data[key]) < 1e-6, key
