"""The command ``lsgan``; in a clone ``python -m experiments``. See ``command.py``, ``ensemble/``.

Says what to install where an extra is missing, before anything of it is imported.
"""

import os
import sys
from collections.abc import Sequence

from ._needs import missing, program

BROKEN_PIPE = 141  # the exit code: 128 + SIGPIPE, as of other programs whose reader went away


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: that of ``command.main`` or ``ensemble.main``; 2 where an extra is missing.

    Given ``arguments`` (not the command line's own), it leaves Ctrl-C to its caller: a KeyboardInterrupt.
    """
    texts = sys.argv[1:] if arguments is None else arguments
    ensemble = list(texts[:1]) == ["ensemble"]
    lacking = missing(["io"] if ensemble else ["figures"])
    if lacking is not None:
        sys.stderr.write(f"{program()}: {lacking}\n")
        return 2
    try:
        try:
            return _ensemble(arguments) if ensemble else _figures(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # e.g. of ``lsgan | head``; Python would try once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _figures(arguments: Sequence[str] | None) -> int:
    from .command import main as run

    return run(arguments)


def _ensemble(arguments: Sequence[str] | None) -> int:
    from ._cache import keep_compiled_programs
    from .ensemble import main as run

    if arguments is None:
        keep_compiled_programs()
    return run((sys.argv[1:] if arguments is None else arguments)[1:])


if __name__ == "__main__":
    sys.exit(main())
