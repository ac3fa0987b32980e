"""Threads that are waited for."""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed, Future, ThreadPoolExecutor
from typing import Any

import numpy as np


@contextlib.contextmanager
def waited_for(workers: int | None) -> Iterator[ThreadPoolExecutor]:
    """A pool of threads; what runs when it is left is waited for, also through further interrupts.

    What XLA compiles or computes cannot be stopped, and Python must not end while another thread is at it:
    that is a segmentation fault. What has not begun is cancelled.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        waiting = True
        while waiting:
            try:
                pool.shutdown(cancel_futures=True)
                waiting = False
            except KeyboardInterrupt:  # the second Ctrl-C, of someone who does not like to wait
                continue


def each_part(function: Callable, parts: list[np.ndarray], total: int) -> list[tuple[np.ndarray, Any]]:
    """(part, function(part)) for each, on all cores; what is finished if it is interrupted.

    The first is done before any thread starts: it compiles the program, which each thread would do again.
    """
    from tqdm import tqdm

    found: list[tuple[np.ndarray, Any]] = []
    futures: dict[Future, np.ndarray] = {}
    bar = tqdm(total=total, disable=not sys.stderr.isatty(), unit="start")
    with bar, waited_for(os.cpu_count()) as pool:
        try:
            found += [(part, function(part)) for part in parts[:1]]
            bar.update(found[0][0].size if found else 0)
            futures.update((pool.submit(function, part), part) for part in parts[1:])
            for future in as_completed(futures):
                future.result()
                bar.update(futures[future].size)
        except KeyboardInterrupt:
            bar.set_description("interrupted: waiting for what is being played")
    for future, part in futures.items():
        if future.done() and not future.cancelled() and not future.exception():
            found.append((part, future.result()))
    if left := total - sum(part.size for part, _ in found):
        warnings.warn(f"interrupted: {left} of {total} starts are not finished", stacklevel=3)
    return found
