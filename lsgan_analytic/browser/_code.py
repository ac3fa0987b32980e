"""JavaScript text: arrays are typed arrays row after row, arrays of no dimension are plain numbers."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ._stablehlo import Type

ARRAYS = {
    "f64": "Float64Array",
    "i32": "Int32Array",
    "ui32": "Uint32Array",
    "i64": "Float64Array",
    "ui64": "BigUint64Array",
    "i1": "Uint8Array",
}


def literal(value: Any, element: str) -> str:
    """A number as JavaScript writes it."""
    if element == "i1":
        return "true" if value else "false"
    if element == "ui64":
        return f"{int(value) % 2**64}n"
    if element == "ui32":
        return str(int(value) % 2**32)
    if element != "f64":
        return str(int(value)) if value >= 0 else f"({int(value)})"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "(-Infinity)"
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    if value == 0:
        return "(-0)" if math.copysign(1, value) < 0 else "0"
    return f"({text})" if value < 0 else text


def new(kind: Type) -> str:
    """A new array of zeros."""
    return f"new {ARRAYS[kind.element]}({kind.size})"


def flat(indices: Iterable[str], strides: Iterable[int]) -> str:
    """The place of an entry: ``i0*6+i1``."""
    terms = [
        index if stride == 1 else f"{index}*{stride}"
        for index, stride in zip(indices, strides, strict=True)
        if index != "0" and stride
    ]
    return "+".join(terms) or "0"


def index_names(shape: Sequence[int], prefix: str = "i") -> list[str]:
    """The loop's variable of every dimension; a dimension of length 1 needs none."""
    return ["0" if length == 1 else f"{prefix}{k}" for k, length in enumerate(shape)]


def looped(shape: Sequence[int], body: str, prefix: str = "i") -> str:
    """``body`` for every index of an array of this shape."""
    names = index_names(shape, prefix)
    heads = [
        f"for(let {name}=0;{name}<{length};{name}++)"
        for name, length in zip(names, shape, strict=True)
        if name != "0"
    ]
    return "".join(heads) + "{" + body + "}"
