"""Threads that are waited for."""

import contextlib
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import numpy as np


@contextlib.contextmanager
def noted_interrupts() -> Iterator[threading.Event]:
    """Ctrl-C sets this event and is raised nowhere.

    Raised inside a callback of XLA or of the garbage collector a KeyboardInterrupt is lost, or crashes. Only
    the main thread, with Python's own handler, can do this; elsewhere nothing changes.
    """
    noted = threading.Event()
    is_main = threading.current_thread() is threading.main_thread()
    if not (is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler):
        yield noted
        return
    signal.signal(signal.SIGINT, lambda *_: noted.set())
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
    with noted_interrupts() as stop, bar, waited_for(os.cpu_count()) as pool:
        try:
            found += [(part, function(part)) for part in parts[:1]]
            bar.update(found[0][0].size if found else 0)
            if not stop.is_set():
                futures.update((pool.submit(function, part), part) for part in parts[1:])
            left = set(futures)
            while left and not stop.is_set():
                done, left = wait(left, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                    bar.update(futures[future].size)
        except KeyboardInterrupt:
            stop.set()
        if stop.is_set():
            bar.set_description("interrupted: waiting for what is being played")
    for future, part in futures.items():
        if future.done() and not future.cancelled() and not future.exception():
            found.append((part, future.result()))
    if stop.is_set():
        missing = total - sum(part.size for part, _ in found)
        warnings.warn(f"interrupted: {missing} of {total} starts are not finished", stacklevel=3)
    return found
