"""Gathers and scatters: entries whose places are numbers of the program."""

from typing import Any

from ._code import flat, index_names, looped
from ._emit import Emitter, unsupported
from ._operations import array, operands, register
from ._stablehlo import Operation


def _named_dims(attribute: Any, key: str) -> list[int]:
    return attribute.get(key, [])


@register("gather")
def _gather(emitter: Emitter, operation: Operation) -> None:
    operand, starts = operands(emitter, operation)
    kind, at, shape = *operation.operand_types, operation.type
    dims, sizes = operation.attributes["dimension_numbers"], operation.attributes["slice_sizes"]
    offset, collapsed = _named_dims(dims, "offset_dims"), _named_dims(dims, "collapsed_slice_dims")
    batching, start_batching = (
        _named_dims(dims, "operand_batching_dims"),
        _named_dims(dims, "start_indices_batching_dims"),
    )
    mapped, vector = (
        _named_dims(dims, "start_index_map"),
        dims["index_vector_dim"][0] if "index_vector_dim" in dims else 0,
    )
    indices = index_names(shape.shape)
    outer = [index for k, index in enumerate(indices) if k not in offset]
    rows = [k for k in range(len(at.shape)) if k != vector]
    window = [k for k in range(len(kind.shape)) if k not in (*collapsed, *batching)]
    places = []
    for k, length in enumerate(kind.shape):
        inner = indices[offset[window.index(k)]] if k in window else "0"
        start = "0"
        if k in mapped:
            where = dict(zip(rows, outer, strict=True)) | {vector: str(mapped.index(k))}
            place = flat([where[j] for j in range(len(at.shape))], at.strides)
            start = f"R.clamp({starts}[{place}],{length - sizes[k]})"
        elif k in batching:
            start = outer[rows.index(start_batching[batching.index(k)])]
        places.append(start if inner == "0" else inner if start == "0" else f"({start}+{inner})")
    read = f"{operand}[{flat(places, kind.strides)}]"
    if not shape.shape:
        emitter.say(f"const {emitter.named(operation.results[0])}={read};")
        return
    result = array(emitter, operation)
    emitter.say(looped(shape.shape, f"{result}[{flat(indices, shape.strides)}]={read};"))


@register("scatter")
def _scatter(emitter: Emitter, operation: Operation) -> None:
    if len(operation.operands) != 3:
        raise unsupported(operation, emitter.title)
    operand, starts, updates = operands(emitter, operation)
    kind, at, given = operation.operand_types
    dims = operation.attributes["scatter_dimension_numbers"]
    window, inserted = _named_dims(dims, "update_window_dims"), _named_dims(dims, "inserted_window_dims")
    batching, start_batching = (
        _named_dims(dims, "input_batching_dims"),
        _named_dims(dims, "scatter_indices_batching_dims"),
    )
    mapped = _named_dims(dims, "scatter_dims_to_operand_dims")
    vector = dims["index_vector_dim"][0] if "index_vector_dim" in dims else 0
    indices = index_names(given.shape)
    outer = [index for k, index in enumerate(indices) if k not in window]
    rows = [k for k in range(len(at.shape)) if k != vector]
    window_axes = [k for k in range(len(kind.shape)) if k not in (*inserted, *batching)]
    places = []
    for k in range(len(kind.shape)):
        terms = [indices[window[window_axes.index(k)]]] if k in window_axes else []
        if k in mapped:
            where = dict(zip(rows, outer, strict=True)) | {vector: str(mapped.index(k))}
            terms.append(f"{starts}[{flat([where[j] for j in range(len(at.shape))], at.strides)}]")
        if k in batching:
            terms.append(outer[rows.index(start_batching[batching.index(k)])])
        places.append("+".join(terms) or "0")
    result, (block,) = emitter.named(operation.results[0]), operation.regions
    emitter.say(f"const {result}={operand}.slice();")
    old, value = (emitter.named(argument) for argument in block.arguments)
    text, (after,) = emitter.within(block)
    names = [emitter.name("p") for _ in places]
    found = "".join(f"const {name}={place};" for name, place in zip(names, places, strict=True))
    inside = "&&".join(f"{n}>=0&&{n}<{length}" for n, length in zip(names, kind.shape, strict=True)) or "true"
    to, source = flat(names, kind.strides), flat(indices, given.strides)
    read = f"{updates}[{source}]" if given.shape else updates
    body = f"const {old}={result}[{to}],{value}={read};{text}{result}[{to}]={after};"
    emitter.say(looped(given.shape, f"{found}if({inside}){{{body}}}"))
