"""Ctrl-C during a run of experiments: says what is finished, and ends with exit code 130."""

import contextlib
import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

INTERRUPTED = 130  # the exit code: 128 + SIGINT
_UNFINISHED = ".unfinished"


def unfinished_prefix(process: int | None = None) -> str:
    """Of the folders in which a process (None: this one) makes files before they appear in the output."""
    return f"{_UNFINISHED}-{os.getpid() if process is None else process}-"


def ignore_interrupts() -> None:
    """For worker processes: the main process ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def report(names: Sequence[str], finished: Sequence[str], output: Path) -> str:
    """What an interrupted run says."""
    left = [name for name in names if name not in finished]
    written = (
        f"written to {output}: {', '.join(finished)}" if finished else f"nothing was written to {output}"
    )
    title = f"interrupted after {len(finished)} of {len(names)} experiments"
    return f"{title}\n{written}\nnot finished: {', '.join(left)}\n"


@contextlib.contextmanager
def ends_on_interrupt(names: Sequence[str], finished: Sequence[str], output: Path) -> Iterator[None]:
    """Inside, Ctrl-C ends the program at once. ``finished`` may grow meanwhile.

    No KeyboardInterrupt is raised: inside a callback of XLA it would be lost, and Python's own end crashes
    while a thread compiles. Worker processes are ended, and their unfinished folders are removed.
    """

    def stop(*_: object) -> None:
        ignore_interrupts()  # the second Ctrl-C, of someone who does not like to wait
        workers = multiprocessing.active_children()
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.join()
        for process in [os.getpid(), *(worker.pid for worker in workers)]:
            for folder in output.glob(unfinished_prefix(process) + "*"):
                shutil.rmtree(folder, ignore_errors=True)
        os.write(
            sys.stdout.fileno(), report(names, finished, output).encode()
        )  # print may be what was stopped
        # gives back the semaphores of the pool, as Python's own end does
        multiprocessing.util._exit_function()  # pyright: ignore[reportAttributeAccessIssue]
        os._exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
