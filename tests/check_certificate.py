"""Checks certificates of ``lsgan.proofs``, without it: python tests/check_certificate.py FILE ...

It reads the file, evaluates the game that is written in it by ``check_expectations.py``, and shows every step
of the proof again. It prints "checked" or the first step that it could not follow. The only common ground
with the prover is Arb.
"""

import json
import sys

from check_bounds import Checks
from check_game import DoubtError, read_box, require
from flint import ctx


def check(path):
    """None, or why the certificate could not be followed."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        told = json.load(file)
    try:
        require(told["verdict"] == "proved" and not told["left"], "it does not claim a proof")
        parts = [part | {"box": read_box(part["box"])} for part in told["parts"]]
        with ctx.workprec(max(96, 2 * told["precision"] if told["claim"] == "path" else 0)):
            getattr(Checks(told), told["claim"])(read_box(told["box"]), parts)
    except (DoubtError, KeyError, ZeroDivisionError) as doubt:
        return f"{type(doubt).__name__}: {doubt}"
    return None


if __name__ == "__main__":
    failed = False
    for name in sys.argv[1:]:
        doubt = check(name)
        failed |= doubt is not None
        print(f"{name}: {'checked' if doubt is None else doubt}")  # noqa: T201
    sys.exit(failed)
