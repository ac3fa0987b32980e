"""The operations on whole arrays, and those that hold other operations: one function each."""

from collections.abc import Callable
from typing import Any

from ._code import flat, index_names, looped, new
from ._emit import called, Emitter, scalar, unsupported
from ._stablehlo import Operation

Emit = Callable[[Emitter, Operation], None]
OPERATIONS: dict[str, Emit] = {}


def emit(emitter: Emitter, operation: Operation) -> None:
    """Emit one operation; UnsupportedOperationError for what is in no table."""
    known = OPERATIONS.get(operation.name)
    if known is not None:
        known(emitter, operation)
        return
    expression = None if operation.type.shape else scalar(emitter, operation)
    if expression is None:
        raise unsupported(operation, emitter.title)
    emitter.say(f"const {emitter.named(operation.results[0])}={expression};")


def _operation(*names: str) -> Callable[[Emit], Emit]:
    def register(function: Emit) -> Emit:
        OPERATIONS.update(dict.fromkeys(names, function))
        return function

    return register


def _array(emitter: Emitter, operation: Operation, filled: str = "") -> str:
    """A new array for the first result; its name."""
    name = emitter.named(operation.results[0])
    emitter.say(f"const {name}={new(operation.type)}{filled};")
    return name


def _operands(emitter: Emitter, operation: Operation) -> list[str]:
    return [emitter.names[value] for value in operation.operands]


def _alias(emitter: Emitter, operation: Operation) -> None:
    emitter.names.update(zip(operation.results, _operands(emitter, operation), strict=True))


@_operation("constant")
def _constant(emitter: Emitter, operation: Operation) -> None:
    text = emitter.module.constant(operation.attributes["value"], operation.type)
    emitter.names[operation.results[0]] = text


@_operation("optimization_barrier")
def _barrier(emitter: Emitter, operation: Operation) -> None:
    _alias(emitter, operation)


@_operation("iota", "broadcast_in_dim")
def _scalar_reader(emitter: Emitter, operation: Operation) -> None:
    """Of no dimension: arrays of these share loops."""
    _alias(emitter, operation)


@_operation("reshape")
def _reshape(emitter: Emitter, operation: Operation) -> None:
    (operand,), before, after = _operands(emitter, operation), operation.operand_types[0], operation.type
    if bool(before.shape) == bool(after.shape):
        _alias(emitter, operation)
    elif after.shape:
        emitter.say(f"{_array(emitter, operation)}[0]={operand};")
    else:
        emitter.say(f"const {emitter.named(operation.results[0])}={operand}[0];")


@_operation("call", "composite")
def _call(emitter: Emitter, operation: Operation) -> None:
    arguments = ",".join(_operands(emitter, operation))
    results = ",".join(emitter.named(value) for value in operation.results)
    emitter.say(f"const [{results}]={emitter.callees[called(operation)]}({arguments});")


@_operation("while")
def _while(emitter: Emitter, operation: Operation) -> None:
    condition, body = operation.regions
    starts = _operands(emitter, operation)
    names = [emitter.named(value, "w") for value in operation.results]
    for name, start in zip(names, starts, strict=True):
        emitter.say(f"let {name}={start};")
    for block in (condition, body):
        emitter.names.update(zip(block.arguments, names, strict=True))
    test, (going,) = emitter.within(condition)
    step, after = emitter.within(body)
    fresh = [emitter.name() for _ in names]
    taken = "".join(f"const {new}={value};" for new, value in zip(fresh, after, strict=True))
    moved = "".join(f"{name}={new};" for name, new in zip(names, fresh, strict=True))
    emitter.say(f"for(;;){{{test}\nif(!{going})break;\n{step}\n{taken}{moved}}}")


@_operation("case", "if")
def _case(emitter: Emitter, operation: Operation) -> None:
    (chosen,) = _operands(emitter, operation)
    names = [emitter.named(value) for value in operation.results]
    emitter.say(f"let {','.join(names)};")
    last = len(operation.regions) - 1
    for k, block in enumerate(operation.regions):
        text, outputs = emitter.within(block)
        condition = chosen if operation.name == "if" else f"{chosen}==={k}"
        head = ("else " if k else "") + ("" if k == last else f"if({condition})")
        stores = "".join(f"{name}={value};" for name, value in zip(names, outputs, strict=True))
        emitter.say(f"{head}{{{text}\n{stores}}}")


@_operation("concatenate")
def _concatenate(emitter: Emitter, operation: Operation) -> None:
    axis, offset = operation.attributes["dimension"], 0
    result = _array(emitter, operation)
    for operand, kind in zip(_operands(emitter, operation), operation.operand_types, strict=True):
        indices = index_names(kind.shape)
        moved = [f"({offset}+{index})" if k == axis else index for k, index in enumerate(indices)]
        to, source = flat(moved, operation.type.strides), flat(indices, kind.strides)
        emitter.say(looped(kind.shape, f"{result}[{to}]={operand}[{source}];"))
        offset += kind.shape[axis]


@_operation("pad")
def _pad(emitter: Emitter, operation: Operation) -> None:
    operand, filling = _operands(emitter, operation)
    kind, shape = operation.operand_types[0], operation.type.shape
    low, between = operation.attributes["edge_padding_low"], operation.attributes["interior_padding"]
    result, indices = _array(emitter, operation, f".fill({filling})"), index_names(kind.shape)
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


@_operation("dynamic_slice")
def _dynamic_slice(emitter: Emitter, operation: Operation) -> None:
    operand, *starts = _operands(emitter, operation)
    whole, part = operation.operand_types[0], operation.type
    if not whole.shape:
        emitter.names[operation.results[0]] = operand
        return
    at = _clamped(emitter, starts, [a - b for a, b in zip(whole.shape, part.shape, strict=True)])
    result, indices = _array(emitter, operation), index_names(part.shape)
    moved = [f"({start}+{index})" for start, index in zip(at, indices, strict=True)]
    body = f"{result}[{flat(indices, part.strides)}]={operand}[{flat(moved, whole.strides)}];"
    emitter.say(looped(part.shape, body))


@_operation("dynamic_update_slice")
def _dynamic_update_slice(emitter: Emitter, operation: Operation) -> None:
    operand, update, *starts = _operands(emitter, operation)
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


@_operation("dot_general")
def _dot_general(emitter: Emitter, operation: Operation) -> None:
    left, right = _operands(emitter, operation)
    dims: dict[str, list[int]] = operation.attributes["dot_dimension_numbers"]
    both = [
        (dims.get(f"{side}_batching_dimensions", []), dims.get(f"{side}_contracting_dimensions", []))
        for side in ("lhs", "rhs")
    ]
    outer, inner = (
        index_names(operation.type.shape),
        index_names([operation.operand_types[0].shape[k] for k in both[0][1]], "k"),
    )
    places, used = [], len(both[0][0])
    for kind, (batch, summed) in zip(operation.operand_types, both, strict=True):
        free = [k for k in range(len(kind.shape)) if k not in (*batch, *summed)]
        named = dict(zip(batch, outer[: len(batch)], strict=True))
        named |= dict(zip(free, outer[used : used + len(free)], strict=True))
        named |= dict(zip(summed, inner, strict=True))
        used += len(free)
        places.append(flat([named[k] for k in range(len(kind.shape))], kind.strides))
    result = emitter.named(operation.results[0])
    lengths = [operation.operand_types[0].shape[k] for k in both[0][1]]
    total = "let s=0;" + looped(lengths, f"s+={left}[{places[0]}]*{right}[{places[1]}];", "k")
    if not operation.type.shape:
        emitter.say(f"let {result};{{{total}{result}=s;}}")
        return
    emitter.say(f"const {result}={new(operation.type)};")
    emitter.say(looped(operation.type.shape, f"{total}{result}[{flat(outer, operation.type.strides)}]=s;"))


@_operation("reduce")
def _reduce(emitter: Emitter, operation: Operation) -> None:
    count = len(operation.operands) // 2
    names, kind = _operands(emitter, operation), operation.operand_types[0]
    (block,), gone = operation.regions, operation.attributes["dimensions"]
    indices = index_names(kind.shape)
    stays = [index for k, index in enumerate(indices) if k not in gone]
    to, source = flat(stays, operation.type.strides), flat(indices, kind.strides)
    totals = [emitter.named(value, "a") for value in block.arguments[:count]]
    entries = [emitter.named(value) for value in block.arguments[count:]]
    text, outputs = emitter.within(block)
    fresh = [emitter.name() for _ in totals]
    computed = "".join(f"const {n}={value};" for n, value in zip(fresh, outputs, strict=True))
    read = "".join(
        f"const {entry}={name}[{source}];" for entry, name in zip(entries, names[:count], strict=True)
    )
    if not operation.type.shape:
        for total, start in zip(totals, names[count:], strict=True):
            emitter.say(f"let {total}={start};")
        stored = "".join(f"{total}={n};" for total, n in zip(totals, fresh, strict=True))
        emitter.say(looped(kind.shape, f"{read}{text}{computed}{stored}"))
        emitter.names.update(zip(operation.results, totals, strict=True))
        return
    results = [emitter.named(value) for value in operation.results]
    for result, own, start in zip(results, operation.result_types, names[count:], strict=True):
        emitter.say(f"const {result}={new(own)}.fill({start});")
    before = "".join(f"const {total}={result}[{to}];" for total, result in zip(totals, results, strict=True))
    stored = "".join(f"{result}[{to}]={n};" for result, n in zip(results, fresh, strict=True))
    emitter.say(looped(kind.shape, f"{before}{read}{text}{computed}{stored}"))


@_operation("reduce_window")
def _reduce_window(emitter: Emitter, operation: Operation) -> None:
    """Every entry of the result over all of its window: cumulative sums are short here."""
    attributes, kind, shape = operation.attributes, operation.operand_types[0], operation.type
    dilated = [*attributes.get("base_dilations", []), *attributes.get("window_dilations", [])]
    if len(operation.operands) != 2 or any(each != 1 for each in dilated):
        raise unsupported(operation, emitter.title)
    source, start = _operands(emitter, operation)
    window, (block,) = attributes["window_dimensions"], operation.regions
    strides = attributes.get("window_strides", [1] * len(window))
    low = attributes.get("padding", [0] * 2 * len(window))[::2]
    total, value = (emitter.named(own, "a") for own in block.arguments)
    text, (after,) = emitter.within(block)
    result, indices, inner = _array(emitter, operation), index_names(shape.shape), index_names(window, "k")
    places = [emitter.name("p") for _ in window]
    found = "".join(
        f"const {place}={index}*{stride}+{offset}-{before};"
        for place, index, stride, offset, before in zip(places, indices, strides, inner, low, strict=True)
    )
    inside = "&&".join(f"{place}>=0&&{place}<{size}" for place, size in zip(places, kind.shape, strict=True))
    step = f"const {value}={source}[{flat(places, kind.strides)}];{text}{total}={after};"
    body = f"let {total}={start};{looped(window, f'{found}if({inside}){{{step}}}', 'k')}"
    emitter.say(looped(shape.shape, f"{body}{result}[{flat(indices, shape.strides)}]={total};"))


@_operation("sort")
def _sort(emitter: Emitter, operation: Operation) -> None:
    kind = operation.operand_types[0]
    if len(kind.shape) != 1:
        raise unsupported(operation, emitter.title)
    (block,), names = operation.regions, _operands(emitter, operation)
    arguments = [emitter.named(value) for value in block.arguments]
    text, (first,) = emitter.within(block)
    less, order = emitter.name("f"), emitter.name("o")
    emitter.say(f"const {less}=({','.join(arguments)})=>{{{text}\nreturn {first};}};")
    pairs = {key: ",".join(f"{name}[{key[0]}],{name}[{key[1]}]" for name in names) for key in ("ij", "ji")}
    by = f"(i,j)=>{less}({pairs['ij']})?-1:{less}({pairs['ji']})?1:i-j"
    emitter.say(f"const {order}=Array.from({{length:{kind.size}}},(_,i)=>i).sort({by});")
    for value, name in zip(operation.results, names, strict=True):
        emitter.say(f"const {emitter.named(value)}={name}.map((_,i)=>{name}[{order}[i]]);")


def _named_dims(attribute: Any, key: str) -> list[int]:
    return attribute.get(key, [])


@_operation("gather")
def _gather(emitter: Emitter, operation: Operation) -> None:
    operand, starts = _operands(emitter, operation)
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
    result = _array(emitter, operation)
    emitter.say(looped(shape.shape, f"{result}[{flat(indices, shape.strides)}]={read};"))


@_operation("scatter")
def _scatter(emitter: Emitter, operation: Operation) -> None:
    if len(operation.operands) != 3:
        raise unsupported(operation, emitter.title)
    operand, starts, updates = _operands(emitter, operation)
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
    kept = [k for k in range(len(kind.shape)) if k not in (*inserted, *batching)]
    places = []
    for k in range(len(kind.shape)):
        terms = [indices[window[kept.index(k)]]] if k in kept else []
        if k in mapped:
            where = dict(zip(rows, outer, strict=True)) | {vector: str(mapped.index(k))}
            terms.append(f"{starts}[{flat([where[j] for j in range(len(at.shape))], at.strides)}]")
        if k in batching:
            terms.append(outer[rows.index(start_batching[batching.index(k)])])
        places.append("+".join(terms) or "0")
    result, (block,) = emitter.named(operation.results[0]), operation.regions
    emitter.say(f"const {result}={operand}.slice();")
    old, value = (emitter.named(own) for own in block.arguments)
    text, (after,) = emitter.within(block)
    names = [emitter.name("p") for _ in places]
    found = "".join(f"const {name}={place};" for name, place in zip(names, places, strict=True))
    inside = "&&".join(f"{n}>=0&&{n}<{length}" for n, length in zip(names, kind.shape, strict=True)) or "true"
    to, source = flat(names, kind.strides), flat(indices, given.strides)
    read = f"{updates}[{source}]" if given.shape else updates
    body = f"const {old}={result}[{to}],{value}={read};{text}{result}[{to}]={after};"
    emitter.say(looped(given.shape, f"{found}if({inside}){{{body}}}"))


@_operation("custom_call")
def _custom_call(emitter: Emitter, operation: Operation) -> None:
    target, settings = (
        operation.attributes["call_target_name"],
        operation.attributes.get("mhlo.backend_config", ""),
    )
    operands, kinds = _operands(emitter, operation), operation.operand_types
    shapes: list[tuple[int, ...]] = [kind.shape for kind in kinds]
    matrix = len(kinds) > 0 and len(kinds[0].shape) == 2 and kinds[0].element == "f64"
    if matrix and target == "lapack_dgetrf_ffi" and shapes[0][0] == shapes[0][1]:
        call = f"R.lu({operands[0]},{shapes[0][0]})"
    elif matrix and target == "lapack_dtrsm_ffi" and _letter(settings, "side") == "L":
        lower, transposed, unit = (
            str(_letter(settings, key) == letter).lower()
            for key, letter in (("uplo", "L"), ("trans_x", "T"), ("diag", "U"))
        )
        sizes = f"{shapes[0][0]},{shapes[1][-1]}"
        call = f"R.trsm({operands[0]},{operands[1]},{sizes},{lower},{transposed},{unit})"
    else:
        raise unsupported(operation, emitter.title)
    results = ",".join(emitter.named(value) for value in operation.results)
    emitter.say(f"let [{results}]={call};")
    for value, kind in zip(operation.results, operation.result_types, strict=True):
        if not kind.shape:
            emitter.say(f"{emitter.names[value]}={emitter.names[value]}[0];")


def _letter(settings: str, key: str) -> str:
    """The letter that LAPACK's interface gives as its code."""
    _, found, rest = settings.partition(f"{key} = ")
    return chr(int(rest.split(" ")[0])) if found else ""
