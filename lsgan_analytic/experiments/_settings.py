"""Numbers of an experiment changed from the command line: ``--set case.c=0.7 step=0.1 updates=1000``."""

import ast
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def settings(texts: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` as names and values; ValueError for a text that is not of this form."""
    pairs = [text.partition("=") for text in texts]
    for text, (name, equals, _) in zip(texts, pairs, strict=True):
        if not (name and equals):
            raise ValueError(f"--set: expected NAME=VALUE, e.g. step=0.1, got {text!r}")
    return {name: value for name, _, value in pairs}


def changed(config: Any, values: Mapping[str, str]) -> Any:
    """``config`` with these fields, a dot before those of a part; ValueError names what does not fit."""
    for name, text in values.items():
        config = _with(config, name, name.split("."), text, config)
    return config


def fields(config: Any, before: str = "") -> Iterator[str]:
    """The names of all fields, those of parts with a dot."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            yield from fields(value, f"{before}{field.name}.")
        else:
            yield before + field.name


def _with(part: Any, name: str, path: list[str], text: str, whole: Any) -> Any:
    first, *rest = path
    if not dataclasses.is_dataclass(part) or first not in {field.name for field in dataclasses.fields(part)}:
        raise ValueError(f"--set: no field {name!r}; the fields are {', '.join(fields(whole))}")
    now = getattr(part, first)
    value = _with(now, name, rest, text, whole) if rest else _read(name, text, now)
    return dataclasses.replace(part, **{first: value})  # pyright: ignore[reportArgumentType]


def _read(name: str, text: str, now: Any) -> Any:
    """``text`` as a value of the kind of ``now``."""
    if isinstance(now, str):
        return text
    wanted = f"--set: {name}: expected a value like {now!r}, got {text!r}"
    if dataclasses.is_dataclass(now):
        raise ValueError(f"{wanted}; set one of its fields: {', '.join(fields(now, name + '.'))}")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise ValueError(wanted) from None
    if isinstance(now, float) and type(value) is int:
        return float(value)
    if isinstance(now, tuple) and isinstance(value, list | tuple):
        return _tuple(value)
    if now is not None and type(value) is not type(now):
        raise ValueError(wanted)
    return value


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list | tuple) else value
