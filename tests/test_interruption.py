"""Interrupts at any time end a program cleanly: no thread is left at work when Python ends."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from lsgan_analytic import _threads
from lsgan_analytic._files import write_whole

SCRIPT = Path(__file__).with_name("interrupted_process.py")


def ended(waits: list[float], cache: Path) -> tuple[int, str, str]:
    """Exit code, last line and errors of the script, interrupted after each of ``waits`` (in a row)."""
    environment = os.environ | {"JAX_COMPILATION_CACHE_DIR": str(cache), "PYTHONPATH": str(SCRIPT.parents[1])}
    command = [sys.executable, "-X", "faulthandler", str(SCRIPT)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    for wait in waits:
        time.sleep(wait)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=300)
    return process.returncode, said.strip(), errors


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    "waits",
    [
        pytest.param([0.05], id="tracing"),
        *(
            pytest.param(waits, marks=pytest.mark.slow, id=str(waits))
            for waits in (
                [0.3],
                [1.0],
                [2.0],
                [4.0],
                [8.0],
                [4.0, 0.2],
                [8.0, 0.2, 0.2],
                [1.0, 0.1, 0.1, 0.1],
            )
        ),
    ],
)
def test_no_interrupt_is_a_crash(tmp_path, waits):
    """One Ctrl-C or several in a row, while it traces, compiles or plays; each with an empty cache."""
    code, said, errors = ended(waits, tmp_path)
    assert code >= 0 or (len(waits) > 1 and code == -signal.SIGINT), errors  # Python's own end by Ctrl-C
    assert "Fatal Python error" not in errors
    if len(waits) == 1:
        assert (code, said.split()[0]) in ((130, "interrupted"), (0, "partial")), errors


def test_what_runs_is_waited_for_through_further_interrupts(monkeypatch):
    """A pool whose shutdown is interrupted twice is shut down all the same."""
    begun, release, tries = threading.Event(), threading.Event(), []

    class Pool(_threads.ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            tries.append(cancel_futures)
            if len(tries) <= 2:
                raise KeyboardInterrupt
            release.set()
            super().shutdown(wait, cancel_futures=cancel_futures)

    def work():
        begun.set()
        release.wait(60)
        return 7

    monkeypatch.setattr(_threads, "ThreadPoolExecutor", Pool)
    with _threads.waited_for(1) as pool:
        running, queued = pool.submit(work), pool.submit(work)
        begun.wait(60)
    assert tries == [True] * 3
    assert running.result(0) == 7
    assert queued.cancelled()


def test_the_first_part_is_done_before_any_thread_starts():
    """It compiles: several threads would compile the same."""
    threads = []

    def function(part):
        threads.append((part[0], threading.current_thread() is threading.main_thread()))
        return part * 2

    parts = [np.arange(3 * i, 3 * i + 3) for i in range(4)]
    found = _threads.each_part(function, parts, 12)
    assert threads[0] == (0, True)
    assert not any(main for _, main in threads[1:])
    np.testing.assert_array_equal(sorted(int(part[0]) for part, _ in found), [0, 3, 6, 9])
    assert all((result == part * 2).all() for part, result in found)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("at", [0, 1])
def test_an_interrupt_is_noted_and_not_raised(monkeypatch, at):
    """In the first part, or in one of a thread: what was begun is finished and returned, the rest left."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    def function(part):
        if part[0] == 3 * at:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(4)  # the main thread looks every 0.1 s, on a busy machine less often
        return part * 2

    parts = [np.arange(3 * i, 3 * i + 3) for i in range(3)]
    handler = signal.getsignal(signal.SIGINT)
    with pytest.warns(UserWarning, match=f"interrupted: {3 * (2 - at)} of 9 starts are not finished"):
        found = _threads.each_part(function, parts, 9)
    assert [int(part[0]) for part, _ in found] == [0, 3][: at + 1]
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_file_is_the_old_one_or_the_new_one(tmp_path, error):
    path = tmp_path / "a.npz"
    write_whole(path, lambda file: file.write(b"old"))

    def fail(file):
        file.write(b"half of ")
        raise error

    with pytest.raises(type(error)):
        write_whole(path, fail)
    assert path.read_bytes() == b"old"
    write_whole(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="folders are not opened elsewhere")
def test_file_and_folder_are_brought_to_the_disk_in_order(tmp_path, monkeypatch):
    """The content before the name, and the name after it."""
    events, fsync, replace = [], os.fsync, Path.replace

    def noted(handle):
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", lambda old, new: (events.append("replace"), replace(old, new)))
    write_whole(tmp_path / "a", lambda file: file.write(b"x"))
    assert events == ["file", "replace", "folder"]
