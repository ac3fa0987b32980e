"""Numbers of the lessons, taken from the committed results, which an installed package does not hold.

``write`` writes them anew; a test compares them with the results.
"""

import json
from pathlib import Path

from .._captions import plain
from .._run import load
from ..claims import CLAIMS
from ..logistic import Config

_FILE = Path(__file__).with_suffix(".json")
_TOLD = (1, 3, 4, 5, 7, 9, 11, 13, 15, 16, 18, 20, 21)  # the claims with lessons
RECORDED: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))


def recorded(figures: Path) -> dict[str, dict[str, str]]:
    """The numbers of each claim by name, in three digits, and the steps of the cases of ``logistic``."""
    numbers = {}
    for claim in CLAIMS:
        if claim.number in _TOLD:
            found = claim.found(load(figures / f"{claim.name}.npz"))
            numbers[str(claim.number)] = {name: plain(one.value) for name, one in found.items()}
    logistic = load(figures / "logistic.npz")
    names = [f"steps_{case}" for case in range(1, len(Config().cases) + 1)]
    return numbers | {"logistic": {name: str(int(logistic[name])) for name in names}}


def write(figures: Path) -> None:
    """Write ``_recorded.json`` anew."""
    _FILE.write_text(json.dumps(recorded(figures), indent=1, ensure_ascii=False) + "\n", "utf-8")
