"""``lsgan [NAME ...] [--set FIELD=VALUE ...] [--quick] ...``; no name: a list.

``lsgan ensemble ...`` is a program of its own: see ``ensemble/``.
"""

import argparse
import contextlib
import difflib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed, ProcessPoolExecutor
from pathlib import Path

from tqdm import tqdm

from lsgan_analytic._files import write_whole

from ._all import EXPERIMENTS, GROUPS, make, PAGES
from ._cache import keep_compiled_programs
from ._interrupts import ends_on_interrupt, ignore_interrupts
from ._needs import program
from ._run import configured, load, Options
from ._settings import settings
from .claims import CLAIMS

FORMATS = ("png", "pdf", "svg")


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stdout)
    sys.stdout.flush()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=program(),
        description="Compute and draw the figures.",
        epilog=f"{program()} ensemble --help: big ensembles, on all devices or a cluster",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="experiments, a group (paper, figures, claims, all), or explorer: a page (none: list them)",
    )
    parser.add_argument("--quick", action="store_true", help="coarser and shorter; writes to figures/quick")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=VALUE",
        help="other numbers, e.g. case.c=0.7 step=0.1; a wrong name lists the fields; "
        "writes to figures/changed",
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder of the files (default: figures)")
    parser.add_argument(
        "--format", nargs="+", choices=FORMATS, default=list(FORMATS[:2]), help="default: png pdf"
    )
    parser.add_argument(
        "--jobs", type=int, default=min(4, os.cpu_count() or 1), metavar="N", help="processes at once"
    )
    chosen = parser.parse_args(arguments)
    for name in chosen.names:
        if name not in EXPERIMENTS and name not in GROUPS and name not in PAGES:
            parser.error(f"unknown: {name}; {_instead(name)}")
    if chosen.jobs < 1:
        parser.error(f"--jobs: expected an integer >= 1, got {chosen.jobs}")
    chosen.names = list(dict.fromkeys(one for name in chosen.names for one in GROUPS.get(name, (name,))))
    try:
        chosen.options = Options(chosen.quick, settings(chosen.set), tuple(chosen.format))
        for name in chosen.names:
            if name in EXPERIMENTS:
                configured(EXPERIMENTS[name], chosen.options)
            elif chosen.set:
                raise ValueError(f"--set: {name} has no fields, got {' '.join(chosen.set)}")
    except ValueError as error:
        parser.error(str(error))
    if chosen.output is None:
        chosen.output = Path("figures", *["changed"] * bool(chosen.set), *["quick"] * chosen.quick)
    return chosen


def _instead(name: str) -> str:
    near = difflib.get_close_matches(name, [*GROUPS, *EXPERIMENTS, *PAGES], n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"choose from: {', '.join([*GROUPS, *EXPERIMENTS, *PAGES])}"


def _list() -> None:
    width = max(map(len, EXPERIMENTS))
    for one in EXPERIMENTS.values():
        _say(f"{one.name:{width}}  {one.source:<14}  {one.title}")
    for name, title in PAGES.items():
        _say(f"{name:{width}}  {'page':<14}  {title}")
    _say(f"groups: {', '.join(GROUPS)}")


def _begin_worker() -> None:
    ignore_interrupts()
    keep_compiled_programs()


def _results(names: Sequence[str], output: Path, options: Options, jobs: int) -> Iterator[tuple]:
    """Of every experiment, as they get done: here, or in ``jobs`` processes (compiling takes one core)."""
    if jobs == 1:
        yield from (make(name, output, options) for name in names)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker) as pool:
        futures = [pool.submit(make, name, output, options) for name in names]
        try:
            yield from (future.result() for future in as_completed(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run_all(chosen: argparse.Namespace, interruptible: bool) -> int:
    """Run them; a failure is told and the others go on. The exit code."""
    names, output, options = chosen.names, chosen.output, chosen.options
    started, finished, failed = time.perf_counter(), [], []
    results = _results(names, output, options, min(chosen.jobs, len(names)))
    guard = ends_on_interrupt(names, finished, output) if interruptible else contextlib.nullcontext()
    with guard:
        for name, made in tqdm(results, total=len(names), disable=not sys.stderr.isatty(), unit="figure"):
            if isinstance(made, str):
                failed.append(name)
                _say(f"failed: {name}\n{made}")
            else:
                finished.append(name)
                _say("\n".join(f"wrote {path}" for path in made))
    done = [name for name in names if name in finished]
    checked = not (options.quick or options.settings)
    unexpected = _decide(done, output, options)
    failed += unexpected if checked else []
    _say(f"{len(done)} of {len(names)} experiments in {time.perf_counter() - started:.1f} s")
    return 1 if failed else 0


def _decide(names: Sequence[str], output: Path, options: Options) -> list[str]:
    """Print the rows of the claims among them, write ``claims.md`` after all of them.

    Returns the names of those with a number that was not expected. Coarse or changed settings do not decide a
    claim: of such runs these numbers are said to be unchecked.
    """
    checked = not (options.quick or options.settings)
    remark = "EXPECTED" if checked else "not checked with these settings; the full run expects"
    decided = {claim: load(output / f"{claim.name}.npz") for claim in CLAIMS if claim.name in names}
    for claim, data in decided.items():
        _say(claim.row(data, remark))
    if len(decided) == len(CLAIMS):
        sections = (claim.section(data) for claim, data in decided.items())
        command = "python -m experiments claims" + (" --quick" if options.quick else "")
        title = f"# What is said about GANs\n\nWritten by `{command}`.\n"
        text = "\n".join([title, *sections]).encode()
        write_whole(output / "claims.md", lambda file: file.write(text))
    return [claim.name for claim, data in decided.items() if not claim.agrees(data)]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 after a failure, 2 for bad arguments, 130 when interrupted.

    Given ``arguments`` (not the command line's own), it leaves Ctrl-C to its caller: a KeyboardInterrupt.
    """
    if arguments is None:
        keep_compiled_programs()
    chosen = _arguments(arguments)
    if not chosen.names:
        _list()
        return 0
    return _run_all(chosen, interruptible=arguments is None)
