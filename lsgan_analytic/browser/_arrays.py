"""The operations that move whole arrays: one function each."""

from ._code import flat, index_names, looped
from ._emit import Emitter
from ._operations import alias, array, operands, register
from ._stablehlo import Operation


@register("constant")
def _constant(emitter: Emitter, operation: Operation) -> None:
    text = emitter.module.constant(operation.attributes["value"], operation.type)
    emitter.names[operation.results[0]] = text


@register("optimization_barrier")
def _barrier(emitter: Emitter, operation: Operation) -> None:
    alias(emitter, operation)


@register("iota", "broadcast_in_dim")
def _scalar_reader(emitter: Emitter, operation: Operation) -> None:
    """Of no dimension: arrays of these share loops."""
    alias(emitter, operation)


@register("reshape")
def _reshape(emitter: Emitter, operation: Operation) -> None:
    (operand,), before, after = operands(emitter, operation), operation.operand_types[0], operation.type
    if bool(before.shape) == bool(after.shape):
        alias(emitter, operation)
    elif after.shape:
        emitter.say(f"{array(emitter, operation)}[0]={operand};")
    else:
        emitter.say(f"const {emitter.named(operation.results[0])}={operand}[0];")


@register("concatenate")
def _concatenate(emitter: Emitter, operation: Operation) -> None:
    axis, offset = operation.attributes["dimension"], 0
    result = array(emitter, operation)
    for operand, kind in zip(operands(emitter, operation), operation.operand_types, strict=True):
        indices = index_names(kind.shape)
        moved = [f"({offset}+{index})" if k == axis else index for k, index in enumerate(indices)]
        to, source = flat(moved, operation.type.strides), flat(indices, kind.strides)
        emitter.say(looped(kind.shape, f"{result}[{to}]={operand}[{source}];"))
        offset += kind.shape[axis]


@register("pad")
def _pad(emitter: Emitter, operation: Operation) -> None:
    operand, filling = operands(emitter, operation)
    kind, shape = operation.operand_types[0], operation.type.shape
    low, between = operation.attributes["edge_padding_low"], operation.attributes["interior_padding"]
    result, indices = array(emitter, operation, f".fill({filling})"), index_names(kind.shape)
    places = [emitter.name("p") for _ in shape]
    made = "".join(
        f"const {place}={start}+{index}*{gap + 1};"
        for place, start, index, gap in zip(places, low, indices, between, strict=True)
    )
    inside = "&&".join(f"{place}>=0&&{place}<{size}" for place, size in zip(places, shape, strict=True))
    store = f"{result}[{flat(places, operation.type.strides)}]={operand}[{flat(indices, kind.strides)}];"
    emitter.say(looped(kind.shape, f"{made}if({inside}){store}"))


def _clamped(emitter: Emitter, starts: list[str], most: list[int]) -> list[str]:
    """Constants with the starts, moved to where the slice fits."""
    names = [emitter.name("p") for _ in starts]
    for name, start, end in zip(names, starts, most, strict=True):
        emitter.say(f"const {name}=R.clamp({start},{end});")
    return names


@register("dynamic_slice")
def _dynamic_slice(emitter: Emitter, operation: Operation) -> None:
    operand, *starts = operands(emitter, operation)
    whole, part = operation.operand_types[0], operation.type
    if not whole.shape:
        emitter.names[operation.results[0]] = operand
        return
    at = _clamped(emitter, starts, [a - b for a, b in zip(whole.shape, part.shape, strict=True)])
    result, indices = array(emitter, operation), index_names(part.shape)
    moved = [f"({start}+{index})" for start, index in zip(at, indices, strict=True)]
    body = f"{result}[{flat(indices, part.strides)}]={operand}[{flat(moved, whole.strides)}];"
    emitter.say(looped(part.shape, body))


@register("dynamic_update_slice")
def _dynamic_update_slice(emitter: Emitter, operation: Operation) -> None:
    operand, update, *starts = operands(emitter, operation)
    whole, part = operation.operand_types[:2]
    if not whole.shape:
        emitter.names[operation.results[0]] = update
        return
    at = _clamped(emitter, starts, [a - b for a, b in zip(whole.shape, part.shape, strict=True)])
    result, indices = emitter.named(operation.results[0]), index_names(part.shape)
    emitter.say(f"const {result}={operand}.slice();")
    moved = [f"({start}+{index})" for start, index in zip(at, indices, strict=True)]
    body = f"{result}[{flat(moved, whole.strides)}]={update}[{flat(indices, part.strides)}];"
    emitter.say(looped(part.shape, body))
