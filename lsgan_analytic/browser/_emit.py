"""One function of a StableHLO program as a function of JavaScript.

Neighbouring operations on single numbers, and those that only say which entry to read (slices, broadcasts,
transposes, counting), share one loop: their values between are local constants, not arrays.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ._code import ARRAYS, flat, index_names, literal, looped, new
from ._elementwise import KINDS, template
from ._stablehlo import Block, Function, Operation, Type, UnsupportedOperationError, Value


def unsupported(operation: Operation, function: str) -> UnsupportedOperationError:
    """The error that names an operation and where it came from."""
    kinds = ", ".join(f"{operand.element}{list(operand.shape)}" for operand in operation.operand_types)
    name = f"{operation.name} {operation.attributes.get('call_target_name', '')}".strip()
    return UnsupportedOperationError(
        f"{function}: expected operations that run in a page, got {name} of ({kinds}), from "
        f"{operation.source}"
    )


@dataclass
class Module:
    """What the functions of a page share: constants and functions, each written once."""

    constants: dict[tuple, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)  # text -> name
    lines: list[str] = field(default_factory=list)

    def function(self, text: str) -> str:
        """The name of a function ``(x)=>...``; an equal one may be there already."""
        if text not in self.functions:
            name = self.functions[text] = f"f{len(self.functions)}"
            self.lines.append(f"const {name}={text};")
        return self.functions[text]

    def constant(self, values: list, kind: Type) -> str:
        """The expression of a constant."""
        if not kind.shape:
            return literal(values[0], kind.element)
        written = [literal(value, kind.element) for value in values]
        key = (kind.element, *written)
        if key not in self.constants:
            name = self.constants[key] = f"c{len(self.constants)}"
            same = len(set(written)) == 1
            entries = f"({len(written)}).fill({written[0]})" if same else f"([{','.join(written)}])"
            self.lines.append(f"const {name}=new {ARRAYS[kind.element]}{entries};")
        return self.constants[key]


@dataclass
class Group:
    """Operations of one shape that will share a loop."""

    shape: tuple[int, ...]
    operations: list[Operation] = field(default_factory=list)


class Emitter:
    """Writes one function; ``callees`` are the names of those it calls, ``title`` names it in errors."""

    def __init__(self, module: Module, callees: Mapping[str, str], title: str):
        self.module, self.callees, self.title = module, callees, title
        self.names: dict[Value, str] = {}
        self.lines: list[str] = []
        self._counter = itertools.count()

    def function(self, function: Function) -> str:
        """Its text: arguments one after another, results in a list."""
        block = function.block
        arguments = [self.named(value) for value in block.arguments]
        outputs = self.block(block)
        return "\n".join([f"({','.join(arguments)})=>{{", *self.lines, f"return [{','.join(outputs)}];}}"])

    def name(self, prefix: str = "v") -> str:
        """A name that the function has not used."""
        return f"{prefix}{next(self._counter)}"

    def named(self, value: Value, prefix: str = "v") -> str:
        self.names[value] = self.name(prefix)
        return self.names[value]

    def say(self, line: str) -> None:
        self.lines.append(line)

    def within(self, block: Block) -> tuple[str, list[str]]:
        """The text of a nested block, whose arguments have names already, and its outputs."""
        outer, self.lines = self.lines, []
        outputs = self.block(block)
        inner, self.lines = self.lines, outer
        return "\n".join(inner), outputs

    def block(self, block: Block) -> list[str]:
        """Emit a block; the expressions of its outputs."""
        from ._program import emit  # the two call each other: operations have blocks

        uses = Counter([*block.outputs, *(value for each in block.operations for value in _used(each))])
        groups: dict[Value, Group] = {}
        for operation in block.operations:
            shape = operation.type.shape if operation.results else ()
            fused = bool(shape) and _fusible(operation)
            waiting = {id(groups[v]): groups[v] for v in _used(operation) if v in groups}
            for group in waiting.values():
                if not (fused and group.shape == shape and _same_entry(operation)):
                    self._flush(group, groups, uses)
            if not fused:
                emit(self, operation)
                continue
            group = next((one for one in groups.values() if one.shape == shape), None) or Group(shape)
            group.operations.append(operation)
            groups[operation.results[0]] = group
        for group in list({id(one): one for one in groups.values()}.values()):
            self._flush(group, groups, uses)
        return [self.names[value] for value in block.outputs]

    def _flush(self, group: Group, groups: dict[Value, Group], uses: Counter) -> None:
        """The loop of a group; what is used outside it becomes an array."""
        inside = Counter(value for each in group.operations for value in each.operands)
        local: dict[Value, str] = {}
        indices = index_names(group.shape)
        place = flat(indices, Type(group.shape, "f64").strides)
        body, stores = [], []
        for operation in group.operations:
            value = operation.results[0]
            expression = entry(self, operation, indices, local, place)
            if operation.name in READERS and uses[value] <= 1:
                local[value] = expression  # read where it is used, and only there
            else:
                local[value] = self.name("t")
                body.append(f"const {local[value]}={expression};")
        for operation in group.operations:
            value = operation.results[0]
            del groups[value]
            if uses[value] > inside[value]:
                self.say(f"const {self.named(value)}={new(operation.type)};")
                stores.append(f"{self.names[value]}[{place}]={local[value]};")
        self.say(looped(group.shape, "".join(body + stores)))


def _used(operation: Operation) -> list[Value]:
    """The values it uses, in its blocks too."""
    inner = [value for block in operation.regions for each in block.operations for value in _used(each)]
    return [*operation.operands, *inner, *(value for block in operation.regions for value in block.outputs)]


READERS = {"broadcast_in_dim", "slice", "transpose", "reverse", "iota"}


def _fusible(operation: Operation) -> bool:
    return operation.name in READERS or template(operation) is not None


def _same_entry(operation: Operation) -> bool:
    """Whether entry i of it reads entry i of its operands only."""
    return operation.name not in READERS


def scalar(emitter: Emitter, operation: Operation) -> str | None:
    """The expression of an operation on plain numbers; None where it has none."""
    pattern = template(operation)
    if pattern is None:
        return None
    return pattern.format(*(emitter.names[value] for value in operation.operands))


def entry(
    emitter: Emitter, operation: Operation, indices: Sequence[str], local: dict[Value, str], place: str
) -> str:
    """The expression of one entry of an operation in a loop over ``indices``."""
    if operation.name in READERS:
        return _read(emitter, operation, indices)

    def operand(value: Value, kind: Type) -> str:
        if value in local:
            return local[value]
        return emitter.names[value] + (f"[{place}]" if kind.shape else "")

    pattern = template(operation)
    assert pattern is not None
    every = zip(operation.operands, operation.operand_types, strict=True)
    return pattern.format(*(operand(*each) for each in every))


def _read(emitter: Emitter, operation: Operation, indices: Sequence[str]) -> str:
    """Which entry of its operand a reader reads."""
    attributes = operation.attributes
    if operation.name == "iota":
        count = indices[int(attributes["iota_dimension"])]
        return f"BigInt({count})" if KINDS[operation.type.element] == "w" else count
    source, kind = emitter.names[operation.operands[0]], operation.operand_types[0]
    if not kind.shape:
        return source
    if operation.name == "broadcast_in_dim":
        chosen = [
            "0" if length == 1 else indices[int(k)]
            for k, length in zip(attributes["broadcast_dimensions"], kind.shape, strict=True)
        ]
    elif operation.name == "transpose":
        places: list[int] = list(attributes["permutation"])
        chosen = [indices[places.index(k)] for k in range(len(kind.shape))]
    elif operation.name == "reverse":
        chosen = [
            f"({length - 1}-{index})" if k in attributes["dimensions"] else index
            for k, (index, length) in enumerate(zip(indices, kind.shape, strict=True))
        ]
    else:  # slice
        starts, steps = attributes["start_indices"], attributes["strides"]
        chosen = [
            _moved(index, start, step) for index, start, step in zip(indices, starts, steps, strict=True)
        ]
    return f"{source}[{flat(chosen, kind.strides)}]"


def _moved(index: str, start: int, step: int) -> str:
    """start + step index."""
    if index == "0":
        return str(start)
    along = index if step == 1 else f"{index}*{step}"
    return f"({start}+{along})" if start else along if step == 1 else f"({along})"


def called(operation: Operation) -> str:
    """The function that a call calls."""
    return operation.attributes.get("callee") or operation.attributes["decomposition"]
