"""A lesson about a claim takes its numbers from the claim's results: ``_recorded.json``."""

from typing import Any

from lsgan_analytic.browser import Preset

from .._recorded import RECORDED

Lesson = tuple[str, str, str, Preset]  # game, loss, regulariser, picture


def claim(
    number: int, name: str, key: tuple[str, str, str], state: dict[str, Any], predict: str, reveal: str
) -> Lesson:
    """``reveal`` has places [name] for the claim's numbers."""
    for place, value in RECORDED[str(number)].items():
        reveal = reveal.replace(f"[{place}]", value)
    if "[" in reveal:
        raise ValueError(f"claim {number}: expected names of its numbers in brackets, got {reveal!r}")
    return *key, Preset(f"Claim {number}: {name}", state, predict, reveal)
