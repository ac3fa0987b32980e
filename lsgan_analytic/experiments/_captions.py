"""Words of captions: numbers as they are printed, and the settings of an experiment."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any, SupportsFloat

from ._settings import fields

_LONG = 12  # more entries than this are not listed


def plain(value: SupportsFloat, digits: int = 3) -> str:
    """``digits`` significant digits, without an exponent from 0.001 to 10^5, with a power of ten outside."""
    number = float(value)
    if not math.isfinite(number):
        return str(number).replace("inf", "infinity")
    if number == 0:
        return "0"
    if 1e-3 <= abs(number) < 1e5:
        return _fixed(number, digits)
    mantissa, exponent = f"{number:.{max(digits - 1, 0)}e}".split("e")
    return f"{mantissa} x 10^{int(exponent)}"


def _fixed(number: float, digits: int) -> str:
    if number == round(number):
        return f"{number:.0f}"
    places = digits - 1 - math.floor(math.log10(abs(number)))
    return f"{number:.{max(places, 0)}f}"


def given(value: SupportsFloat) -> str:
    """A number of a configuration, as it was chosen: without zeros at the end."""
    return f"{float(value):g}"


def point(names: Sequence[str], values: Iterable[SupportsFloat]) -> str:
    """``$a$ = 2.2, $b$ = -3``: a start."""
    return ", ".join(f"${name}$ = {given(value)}" for name, value in zip(names, values, strict=True))


def listed(words: Sequence[str]) -> str:
    """``one, two and three``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def of(count: int, whole: int) -> str:
    """``38 of 100 (38 %)``."""
    return f"{count} of {whole} ({100 * count / whole:.0f} %)"


def settings_of(config: Any) -> str:
    """Every field of a configuration; of long ones the number of entries."""
    return ", ".join(f"{name} = {_value(_get(config, name))}" for name in fields(config))


def _get(config: Any, name: str) -> Any:
    for part in name.split("."):
        config = getattr(config, part)
    return config


def _value(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return f"[{settings_of(value)}]"
    if isinstance(value, tuple | list):
        if len(value) > _LONG:
            return f"{len(value)} entries"
        return f"({', '.join(map(_value, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)
