"""Files that are whole: the one way in which this package writes them."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO


def write_whole(path: str | os.PathLike, write: Callable[[BinaryIO], Any]) -> None:
    """Let ``write`` fill a new file, and put that in the place of ``path`` when it is on the disk.

    At every moment, a loss of power included, ``path`` is the old file or the new one, whole. After an error
    or an interrupt it is the old one, and nothing is left beside it. OSError: no room, no such folder.
    """
    path = Path(path)
    temporary = path.with_name(f".{os.urandom(8).hex()}.tmp")  # the same folder: a rename moves no data
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere folders cannot be opened
        with contextlib.suppress(OSError):  # some network file systems refuse; the file is in place
            _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Bring the renaming itself to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
