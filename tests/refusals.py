"""What it means to be refused by name."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import lsgan_analytic as lsgan

_NAMED = re.compile(r"^([a-z_]\w*(?:\[(?:\d+|'\w+')\])?(?:, [a-z_]\w*)*): \S")


def _arguments(thing: Any) -> set[str]:
    try:
        return set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return set()


def argument_names() -> set[str]:
    """The names of all arguments of all that is public: what a refusal may name."""
    names = set()
    rooms = (lsgan, lsgan.divergences, lsgan.modes, lsgan.special, lsgan.discriminators)
    for value in [value for room in rooms for value in vars(room).values()]:
        names |= _arguments(value) if callable(value) else set()
        if inspect.isclass(value):
            names = names.union(*(_arguments(own) for own in vars(value).values() if callable(own)))
    return names


ARGUMENTS = argument_names()


def refused_by_name(error: Exception) -> bool:
    """Whether this is a refusal of the package: a ValueError or TypeError that begins with an argument.

    Of a traced value it is an error of the running program, whose text holds the same sentence.
    """
    if isinstance(error, RuntimeError):
        return any(name in ARGUMENTS for name in re.findall(r"(\w+): expected ", str(error)))
    found = _NAMED.match(str(error))
    if not isinstance(error, ValueError | TypeError) or found is None:
        return False
    return all(name.split("[")[0] in ARGUMENTS for name in found.group(1).split(", "))


def text_of(error: Exception) -> str:
    """Type and beginning of an error."""
    return f"{type(error).__name__}: {str(error)[:300]}"


def error_of(function: Callable, *arguments: Any, **named: Any) -> Exception | None:
    """What calling ``function`` raises, if anything."""
    try:
        function(*arguments, **named)
    except Exception as error:  # of any kind: which, is the question
        return error
    return None
