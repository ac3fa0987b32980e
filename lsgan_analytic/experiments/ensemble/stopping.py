"""SIGTERM and Ctrl-C: the task ends at once with its own exit code, and the shard it is at is dropped."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

REQUEUE = 75  # the exit code after SIGTERM: EX_TEMPFAIL, "try again later"
_CODES = {signal.SIGTERM: REQUEUE, signal.SIGINT: 128 + signal.SIGINT}
_PATIENCE = 20  # seconds that a file may take to be written


@contextlib.contextmanager
def ends_when_told(saving: threading.Lock, report: Callable[[], str]) -> Iterator[None]:
    """Inside, these signals end the process as soon as no file is being written, after a line of ``report``.

    A thread waits for them: a handler in Python would only run when XLA has finished what it is at.
    """
    receive, send = os.pipe()
    os.set_blocking(send, False)

    def wait() -> None:
        code = {int(number): code for number, code in _CODES.items()}.get(next(iter(os.read(receive, 1)), 0))
        if code is not None:
            saving.acquire(timeout=_PATIENCE)
            os.write(sys.stderr.fileno(), f"\n{report()}\n".encode())
            os._exit(code)

    handlers = {number: signal.signal(number, lambda *_: None) for number in _CODES}
    wakeup = signal.set_wakeup_fd(send, warn_on_full_buffer=False)
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(send)
        thread.join()
        os.close(receive)
