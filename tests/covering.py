"""Covering designs: few rows in which every pair of values of two different slots occurs."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import pytest

Choice = tuple[str, str]  # (slot, key)
Row = dict[str, str]


def pairs(slots: Mapping[str, Sequence[str]]) -> list[tuple[Choice, Choice]]:
    """All pairs of keys of two different slots."""
    return [
        ((one, a), (other, b))
        for one, other in itertools.combinations(slots, 2)
        for a in slots[one]
        for b in slots[other]
    ]


def covering(
    slots: Mapping[str, Sequence[str]], fits: Callable[[Choice, Choice], bool]
) -> tuple[list[Row], list[tuple[Choice, Choice]]]:
    """(rows in which every pair occurs, the pairs that are in no row because some two parts do not fit).

    Greedy and deterministic: a row begins with an uncovered pair, and each further slot takes the key that
    covers most of what is still uncovered, the least used one of equals.
    """
    every = pairs(slots)
    left = dict.fromkeys(every)
    used = dict.fromkeys(((slot, key) for slot in slots for key in slots[slot]), 0)
    order = {slot: place for place, slot in enumerate(slots)}

    def pair(one: Choice, other: Choice) -> tuple[Choice, Choice]:
        return (one, other) if order[one[0]] < order[other[0]] else (other, one)

    def filled(row: list[Choice], rest: Sequence[str]) -> list[Choice] | None:
        if not rest:
            return row
        can = [(rest[0], key) for key in slots[rest[0]] if all(fits(old, (rest[0], key)) for old in row)]
        gain = {new: sum(pair(old, new) in left for old in row) for new in can}
        for new in sorted(can, key=lambda new: (-gain[new], used[new])):
            whole = filled([*row, new], rest[1:])
            if whole is not None:
                return whole
        return None

    rows, impossible = [], []
    for start in every:
        if start not in left:
            continue
        rest = sorted((slot for slot in slots if slot not in dict(start)), key=lambda slot: len(slots[slot]))
        row = filled(list(start), rest) if fits(*start) else None
        if row is None:
            impossible.append(start)
            del left[start]
            continue
        for one, other in itertools.combinations(row, 2):
            left.pop(pair(one, other), None)
        for choice in row:
            used[choice] += 1
        rows.append(dict(row))
    return rows, impossible


def slow_but(rows: Sequence[Row], every: int) -> list:
    """The rows as pytest's parameters, all but one of ``every`` under ``-m slow``."""
    return [
        pytest.param(row, id="-".join(row.values()), marks=[pytest.mark.slow] * (number % every != 0))
        for number, row in enumerate(rows)
    ]
