"""StableHLO as plain records: what ``jax.export`` writes, read through JAX's public interface alone."""

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
from jax import export

Value = int  # of the values of one function, numbered as they are made


@dataclass(frozen=True)
class Type:
    """The shape of an array and the name of its entries' type: f64, i32, ui32, ui64, i1, ..."""

    shape: tuple[int, ...]
    element: str

    @property
    def size(self) -> int:
        """How many entries."""
        return math.prod(self.shape)

    @property
    def strides(self) -> tuple[int, ...]:
        """Entries from one index to the next, row after row."""
        return tuple(math.prod(self.shape[k + 1 :]) for k in range(len(self.shape)))


@dataclass(frozen=True)
class Block:
    """Operations in order, what they are given and what they give back."""

    arguments: tuple[Value, ...]
    operations: tuple["Operation", ...]
    outputs: tuple[Value, ...]


@dataclass(frozen=True)
class Operation:
    """One operation, its dialect's name left out: ``add``, ``while``, ``call``."""

    name: str
    operands: tuple[Value, ...]
    results: tuple[Value, ...]
    operand_types: tuple[Type, ...]
    result_types: tuple[Type, ...]
    attributes: dict[str, Any]
    regions: tuple[Block, ...]
    source: str  # the innermost Python function it was traced in

    @property
    def type(self) -> Type:
        """Of the first result."""
        return self.result_types[0]


@dataclass(frozen=True)
class Function:
    """A function of the exported module; ``main`` is the one that was exported."""

    name: str
    block: Block


class UnsupportedOperationError(ValueError):
    """An operation that is in no table: it cannot run in a page."""


def exported(function: Callable, arguments: tuple, title: str) -> tuple[Function, ...]:
    """The functions of the program that JAX makes of ``function`` for arguments like these."""
    try:
        text = export.export(jax.jit(function, keep_unused=True))(*arguments).mlir_module()
    except NotImplementedError as error:  # of a callback JAX says no more
        raise UnsupportedOperationError(
            f"{title}: expected operations that run in a page, got a call back to Python (equinox.error_if "
            "makes one for a number that is not known when the function is traced)"
        ) from error
    context, parse = _mlir()
    with context:
        module = parse(text)
        return tuple(_Reader().function(operation) for operation in module.body.operations)


@functools.cache
def _mlir() -> tuple[Any, Callable[[str], Any]]:
    """A context that knows the dialects of an exported program, and the parser, from a lowered function."""
    module = jax.jit(lambda x: x).lower(1.0).compiler_ir("stablehlo")
    assert module is not None
    return module.context, type(module).parse


class _Reader:
    """Reads one function: MLIR's values become numbers."""

    def __init__(self):
        self.numbers: dict[Any, Value] = {}

    def number(self, value: Any) -> Value:
        return self.numbers.setdefault(value, len(self.numbers))

    def function(self, operation: Any) -> Function:
        return Function(operation.attributes["sym_name"].value, self.block(operation.regions[0].blocks[0]))

    def block(self, block: Any) -> Block:
        arguments = tuple(self.number(value) for value in block.arguments)
        *operations, last = block.operations
        read = tuple(self.operation(each) for each in operations)
        return Block(arguments, read, tuple(self.number(value) for value in last.operands))

    def operation(self, one: Any) -> Operation:
        named = one.operation
        return Operation(
            name=named.name.split(".", 1)[1]
            if named.name.startswith(("stablehlo.", "func."))
            else named.name,
            operands=tuple(self.number(value) for value in one.operands),
            results=tuple(self.number(value) for value in one.results),
            operand_types=tuple(_type(value.type) for value in one.operands),
            result_types=tuple(_type(value.type) for value in one.results),
            attributes={key: _attribute(named.attributes[key]) for key in _keys(named.attributes)},
            regions=tuple(self.block(region.blocks[0]) for region in one.regions if len(region.blocks)),
            source=_source(str(one.location)),
        )


def _keys(attributes: Any) -> list[str]:
    """Their names: entries of the map are names in one version of JAX, named attributes in another."""
    return [each if isinstance(each, str) else each.name for each in attributes]


def _type(given: Any) -> Type:
    """tensor<3x4xf64> as a Type."""
    inside = re.fullmatch(r"tensor<((?:\d+x)*)(\w+)>", str(given))
    if inside is None:
        raise ValueError(f"function: expected arrays of known shapes in its program, got {given}")
    return Type(tuple(map(int, inside[1].split("x")[:-1])), inside[2])


def _source(location: str) -> str:
    """special.py:226 (K), from JAX's location of an operation."""
    found = re.search(r'callsite\("?([^"(]*)"?\("([^"]+)":(\d+)', location)
    return f"{found[2].rsplit('/', 1)[-1]}:{found[3]} ({found[1]})" if found else "unknown"


def _attribute(value: Any) -> Any:
    """A number, a string, a list of these, or the fields of a record."""
    kind = type(value).__name__
    if kind in ("IntegerAttr", "FloatAttr", "BoolAttr", "StringAttr", "FlatSymbolRefAttr"):
        return value.value
    if kind in ("DenseI64ArrayAttr", "DenseBoolArrayAttr"):
        return list(value)
    if kind.startswith("Dense"):
        return _entries(value)
    text = str(value)
    fields = re.findall(r"(\w+) = (\[[^\]]*\]|-?\d+)", text)
    if text.startswith("#stablehlo.") and fields and "<" in text:
        return {name: [int(n) for n in re.findall(r"-?\d+", given)] for name, given in fields}
    word = re.fullmatch(r"#stablehlo<\w+ (\w+)>", text)
    return word[1] if word else text


def _entries(value: Any) -> list:
    """All entries of a constant, in order."""
    if value.is_splat:
        one = value.get_splat_value().value
        return [one] * math.prod(value.type.shape)
    return list(value)
