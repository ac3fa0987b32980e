"""``python -m experiments [NAME ... | all] [--quick] [--output DIR]``; without names, the list."""

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import jax
from tqdm import tqdm

from . import (
    comparison,
    convergence,
    logistic,
    no_stationary_point,
    optimal,
    surfaces,
    training,
    truth_line,
    tubes,
    two_signs,
    vanishing_gradient,
)
from ._run import Experiment, run

_MODULES = (
    training,
    surfaces,
    comparison,
    tubes,
    convergence,
    vanishing_gradient,
    no_stationary_point,
    two_signs,
    logistic,
    optimal,
    truth_line,
)
EXPERIMENTS = {one.name: one for module in _MODULES for one in module.EXPERIMENTS}


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stdout)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m experiments", description="Compute and draw the figures."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="experiments to run, or 'all' (none: list them)"
    )
    parser.add_argument("--quick", action="store_true", help="coarser and shorter; writes to figures/quick")
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder of the files (default: figures)")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in EXPERIMENTS and name != "all"]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose from: all, {', '.join(EXPERIMENTS)}")
    if chosen.output is None:
        chosen.output = Path("figures", "quick") if chosen.quick else Path("figures")
    return chosen


def _list() -> None:
    width = max(map(len, EXPERIMENTS))
    for one in EXPERIMENTS.values():
        _say(f"{one.name:{width}}  {one.source:<14}  {one.title}")


def _run_all(chosen: Sequence[Experiment], output: Path, quick: bool) -> int:
    """Run them one after the other; a failure is told and the others go on. The exit code."""
    started, failed = time.perf_counter(), []
    with tqdm(chosen, disable=not sys.stderr.isatty(), unit="figure", file=sys.stderr) as bar:
        for one in bar:
            bar.set_description(one.name)
            try:
                for path in run(one, output, quick):
                    _say(f"wrote {path}")
            except KeyboardInterrupt:
                _say(f"interrupted in {one.name}; the files written so far are complete")
                return 130
            except Exception:
                failed.append(one.name)
                _say(f"failed: {one.name}\n{traceback.format_exc()}")
    _say(f"{len(chosen) - len(failed)} of {len(chosen)} experiments in {time.perf_counter() - started:.1f} s")
    return 1 if failed else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 after a failure, 2 for bad arguments, 130 when interrupted."""
    chosen = _arguments(arguments)
    if not chosen.names:
        _list()
        return 0
    jax.config.update("jax_enable_x64", True)
    names = EXPERIMENTS if "all" in chosen.names else dict.fromkeys(chosen.names)
    return _run_all([EXPERIMENTS[name] for name in names], chosen.output, chosen.quick)


if __name__ == "__main__":
    sys.exit(main())
