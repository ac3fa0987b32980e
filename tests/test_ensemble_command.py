"""``python -m experiments ensemble``: shards, tasks, stopping, SLURM."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.experiments.__main__ import main
from lsgan_analytic.experiments.ensemble import command
from lsgan_analytic.experiments.ensemble.config import Config
from lsgan_analytic.experiments.ensemble.shards import Folder, Shard, shards_of
from lsgan_analytic.experiments.ensemble.tasks import of_array, of_step, parsed, Task

ROOT = Path(__file__).parents[1]
GAME = """
import lsgan_analytic as lsgan

game = lsgan.Game(lsgan.Normal(1.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.R1(0.3),))
rule = lsgan.Simultaneous(step=0.1)
players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
"""
SETTING = ("runs=190", "samples=50", "steps=4", "save_every=2", "shard=40", "keep=paths")


@pytest.fixture(scope="module")
def game_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("game") / "mine.py"
    path.write_text(GAME)
    return path


def play(output, game_file, *more, setting=SETTING):
    return main(["ensemble", "--game", str(game_file), "--output", str(output), *more, "--set", *setting])


def refused(capsys, *arguments, **more):
    """What is said of bad arguments."""
    with pytest.raises(SystemExit) as left:
        play(*arguments, **more)
    assert left.value.code == 2
    return capsys.readouterr().err


@pytest.fixture(scope="module")
def alone(tmp_path_factory, game_file):
    """The ensemble made by one task."""
    folder = tmp_path_factory.mktemp("alone")
    assert play(folder, game_file) == 0
    return folder


def slurm(index, count, array=None):
    step = {"SLURM_PROCID": str(index), "SLURM_STEP_NUM_TASKS": str(count)}
    if array is None:
        return step
    names = ("ID", "MIN", "MAX", "STEP", "COUNT")
    return step | {f"SLURM_ARRAY_TASK_{n}": str(v) for n, v in zip(names, array, strict=True)}


def test_one_task_makes_all_runs(alone):
    """Those of one call of simulate; where a shard is more than one tile, to the bit."""
    players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
    whole = lsgan.load(alone / "ensemble.nc", players)
    assert whole.values.shape == (190, 3, 3)
    game = lsgan.Game(lsgan.Normal(1.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.R1(0.3),))
    import jax

    runs = lsgan.simulate(
        game, lsgan.Simultaneous(step=0.1), players, key=jax.random.key(0), runs=190, samples=50, steps=4,
        save_every=2,
    )  # fmt: skip
    np.testing.assert_array_equal(whole.values, runs.values)


@pytest.mark.parametrize("array", [None, ((4, 4, 6, 2, 2), (6, 4, 6, 2, 2))])
def test_tasks_of_slurm_make_the_bytes_of_one(alone, tmp_path, game_file, monkeypatch, capsys, array):
    """Two of a step, or two of a step of each of two elements of an array; the last joins the shards."""
    tasks = [slurm(i, 2, element) for element in (array or (None,)) for i in (0, 1)]
    for number, environment in enumerate(tasks):
        assert not (tmp_path / "ensemble.nc").exists()
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert play(tmp_path, game_file) == 0
        assert f"task {number}/{len(tasks)}: wrote" in capsys.readouterr().out
    for path in sorted(alone.rglob("*.nc")):
        assert (tmp_path / path.relative_to(alone)).read_bytes() == path.read_bytes()


def test_what_is_there_is_not_run_again(alone, tmp_path, game_file, monkeypatch, capsys):
    shutil.copytree(alone, tmp_path, dirs_exist_ok=True)
    lost = sorted((tmp_path / "shards").iterdir())[2]
    before = lost.read_bytes()
    made, make = [], Folder.make
    monkeypatch.setattr(
        Folder, "make", lambda self, shard, devices: made.append(shard) or make(self, shard, devices)
    )
    assert play(tmp_path, game_file) == 0
    assert made == []
    assert "all 5 shards and" in capsys.readouterr().out
    lost.unlink()
    assert "--merge: expected the files of 5 shards" in (
        said := refused(capsys, tmp_path, game_file, "--merge")
    )
    assert f"but 1 are missing: {lost.name}" in said
    assert play(tmp_path, game_file) == 0
    assert made == [Shard(80, 40)]
    assert lost.read_bytes() == before
    assert play(tmp_path, game_file, "--merge") == 0
    assert "Ensemble(190 runs" in capsys.readouterr().out


def test_the_folder_of_another_ensemble_is_refused(alone, game_file, capsys):
    other = (*SETTING[:1], "samples=60", *SETTING[2:])
    said = refused(capsys, alone, game_file, setting=other)
    assert f"but samples is 50 in {alone / 'ensemble.json'} and 60 here" in said
    assert "seed is 0" in refused(capsys, alone, game_file, setting=(*SETTING, "seed=1"))


@pytest.mark.parametrize(
    ("more", "setting", "said"),
    [
        (("--task", "2/2"), SETTING, "task: expected a number from 0 to count - 1 = 1, got 2/2"),
        (("--task", "two"), SETTING, "--task: expected INDEX/COUNT, e.g. 0/8, got 'two'"),
        ((), ("shard=10",), "shard: expected at least the 20 runs that are computed side by side, got 10"),
        ((), ("shard=40", "tile=50"), "tile: expected an integer from 0 to shard=40, got 50"),
        ((), ("runs=0",), "runs: expected an integer >= 1, got 0"),
        ((), ("keep=all",), "keep: expected 'summary' or 'paths', got 'all'"),
        ((), ("nodes=many",), "nodes: expected none, auto or a number of nodes, got 'many'"),
        ((), ("nodes=1", "runs=20"), "nodes: expected an integer >= 2, got 1"),
        ((), ("step=0.1",), "--set: step is not used with --game"),
        ((), ("free=('q',)",), "free: "),
        ((), ("run=3",), "--set: no field 'run'; the fields are case.name"),
    ],
)  # fmt: skip
def test_bad_arguments_leave_nothing(tmp_path, game_file, capsys, more, setting, said):
    assert said in refused(capsys, tmp_path / "out", game_file, *more, setting=setting)
    assert not (tmp_path / "out").exists()


def test_bad_games(tmp_path, capsys):
    assert "--game: expected a Python file, got" in refused(capsys, tmp_path / "out", tmp_path / "none.py")
    (tmp_path / "half.py").write_text("game = 3\n")
    said = refused(capsys, tmp_path / "out", tmp_path / "half.py")
    assert "to define game, rule and players, not ['rule', 'players']" in said


def test_shards_hold_every_run_once():
    sizes = (
        (1, 20, 20),
        (21, 20, 20),
        (190, 50, 20),
        (100_000, 5000, 20),
        (99_999, 7000, 20),
        (99_999, 7000, 4096),
    )
    for runs, most, tile in sizes:
        shards = shards_of(runs, most, tile)
        assert [run for one in shards for run in range(one.first, one.first + one.runs)] == list(range(runs))
        assert len({one.runs for one in shards[:-1]}) <= 1
        assert max(one.runs for one in shards) <= most
        assert all(one.first % tile == 0 for one in shards)


def test_which_task():
    assert parsed("3/8") == Task(3, 8)
    assert of_step({"SLURM_PROCID": "0", "SLURM_NTASKS": "4"}) == Task()  # the batch script itself
    assert of_step(slurm(3, 4)).within(of_array(slurm(3, 4, (7, 1, 9, 2, 5)))) == Task(15, 20)
    with pytest.raises(ValueError, match="--array: expected evenly spaced indices, got 2 from 3 to 7"):
        of_array(slurm(0, 1, (3, 3, 7, 1, 2)))


def test_every_field_reaches_the_simulation(monkeypatch):
    class AskedError(Exception):
        pass

    def ask(*parts, **setting):
        raise AskedError(setting)

    monkeypatch.setattr(lsgan, "simulate_summary", ask)
    from lsgan_analytic.experiments.ensemble.config import Setup, simulated

    for nodes, expected in (("none", None), ("auto", "auto"), ("64", 64)):
        numbers = {"samples": 7, "steps": 6, "save_every": 3, "tile": 40}
        config = Config(**numbers, protocol="fresh", free=("b",), nodes=nodes, judge=False)
        with pytest.raises(AskedError) as error:
            simulated(config, Setup.of(config, None), 40, 20, [])
        (asked,) = error.value.args
        given = {
            name: asked[name] for name in ("samples", "steps", "protocol", "free", "nodes", "save_every")
        }
        assert list(given.values()) == [7, 6, "fresh", ("b",), expected, 3]
        assert (asked["first_run"], asked["runs"], asked["quantiles"]) == (40, 20, (0.05, 0.5, 0.95))
        assert (asked["tile"], asked["tolerance"]) == (40, None)


def started(output, game_file, *more, setting):
    """The command in a process of its own, once its first shard is there."""
    python = [
        sys.executable,
        "-m",
        "experiments",
        "ensemble",
        "--game",
        str(game_file),
        "--output",
        str(output),
    ]
    process = subprocess.Popen(
        [*python, *more, "--set", *setting], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while process.poll() is None and not list(output.glob("shards/*.nc")):
        time.sleep(0.05)
    return process


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, command.REQUEUE), pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow)],
)
def test_signals_end_a_task_whose_command_goes_on(tmp_path, game_file, number, code):
    """At once, in the middle of a shard."""
    setting = ("runs=80", "samples=50000", "steps=4000", "shard=40", "save_every=2000")
    process = started(tmp_path, game_file, setting=setting)
    begun = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == code
    assert time.monotonic() - begun < 20
    assert errors.endswith("task 0/1: stopped; 1 of 2 shards are saved. The same command goes on.\n")
    assert not list(tmp_path.rglob("*.tmp"))
