"""The command line of an ensemble."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import jax
from tqdm import tqdm

from lsgan_analytic.stochastic.devices import Devices

from .._needs import program
from .._settings import changed, fields, settings
from .config import Config, Setup
from .shards import Folder
from .stopping import ends_when_told, REQUEUE
from .tasks import of_array, of_step, parsed, Task


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{program()} ensemble",
        description="Simulate a big ensemble in shards. Given again, the command goes on.",
        epilog=f"fields of --set: {', '.join(fields(Config()))}. Exit codes: 0 done; 2 bad arguments; "
        f"{REQUEUE} stopped by SIGTERM, to be run again; 130 Ctrl-C.",
    )
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="FIELD=VALUE")
    parser.add_argument(
        "--game", type=Path, metavar="FILE", help="a Python file that defines game, rule and players"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("ensemble"), metavar="DIR", help="default: ensemble"
    )
    parser.add_argument(
        "--task",
        metavar="I/N",
        help="make every N-th shard, from shard I on (default: all; under SLURM what srun and the array say)",
    )
    parser.add_argument("--all-devices", action="store_true", help="of this process (default: the first)")
    parser.add_argument("--merge", action="store_true", help="only join the shards, which must all be there")
    return parser


def _task(text: str | None) -> Task:
    return parsed(text) if text is not None else of_step(os.environ).within(of_array(os.environ))


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stdout)
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        values = settings(chosen.set)
        if chosen.game is not None and (unused := [n for n in values if n.split(".")[0] in ("case", "step")]):
            raise ValueError(f"--set: {', '.join(unused)} is not used with --game")
        config = changed(Config(), values)
        jax.config.update("jax_enable_x64", config.x64)
        task = _task(chosen.task)
        setup = Setup.of(config, chosen.game)
        folder = Folder(chosen.output, config, setup, own_game=chosen.game is not None)
        folder.check()
        if chosen.merge:
            _say(f"{folder.merge()}\nwrote {folder.whole}")
            return 0
        _work(folder, task, jax.local_devices() if chosen.all_devices else jax.local_devices()[:1])
    except ValueError as error:
        parser.error(str(error))
    return 0


def _work(folder: Folder, task: Task, devices: Devices) -> None:
    """Make the shards of this task; whoever finds that all are made joins them."""
    shards = folder.shards[task.index :: task.count]
    left = folder.left(shards)
    runs = sum(shard.runs for shard in shards)
    done = runs - sum(shard.runs for shard in left)

    def report() -> str:
        made = len(shards) - len(folder.left(shards))
        return f"task {task}: stopped; {made} of {len(shards)} shards are saved. The same command goes on."

    silent = not sys.stderr.isatty()
    with (
        ends_when_told(folder.saving, report),
        tqdm(total=runs, initial=done, unit="run", disable=silent) as bar,
    ):
        for shard in left:
            folder.make(shard, devices)
            bar.update(shard.runs)
            if silent:
                _say(f"task {task}: wrote {shard.name}")
        rest = folder.left()
        if not rest and (left or not folder.whole.exists()):
            _say(f"{folder.merge()}\nwrote {folder.whole}")
    if rest:
        _say(f"task {task}: done; other tasks have {len(rest)} of {len(folder.shards)} shards to make")
    elif not left:
        _say(f"all {len(folder.shards)} shards and {folder.whole} are there")
