"""Products of arrays, sums over dimensions and windows, sorting."""

from ._code import flat, index_names, looped, new
from ._emit import Emitter, unsupported
from ._operations import array, operands, register
from ._stablehlo import Operation


@register("dot_general")
def _dot_general(emitter: Emitter, operation: Operation) -> None:
    left, right = operands(emitter, operation)
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


@register("reduce")
def _reduce(emitter: Emitter, operation: Operation) -> None:
    count = len(operation.operands) // 2
    names, kind = operands(emitter, operation), operation.operand_types[0]
    (block,), gone = operation.regions, operation.attributes["dimensions"]
    indices = index_names(kind.shape)
    stays = [index for k, index in enumerate(indices) if k not in gone]
    to, source = flat(stays, operation.type.strides), flat(indices, kind.strides)
    totals = [emitter.named(value, "a") for value in block.arguments[:count]]
    entries = [emitter.named(value) for value in block.arguments[count:]]
    text, outputs = emitter.within(block)
    fresh = [emitter.name() for _ in totals]
    computed = "".join(f"const {n}={value};" for n, value in zip(fresh, outputs, strict=True))
    place = f"[{source}]" if kind.shape else ""
    read = "".join(
        f"const {entry}={name}{place};" for entry, name in zip(entries, names[:count], strict=True)
    )
    if not operation.type.shape:
        for total, start in zip(totals, names[count:], strict=True):
            emitter.say(f"let {total}={start};")
        stored = "".join(f"{total}={n};" for total, n in zip(totals, fresh, strict=True))
        emitter.say(looped(kind.shape, f"{read}{text}{computed}{stored}"))
        emitter.names.update(zip(operation.results, totals, strict=True))
        return
    results = [emitter.named(value) for value in operation.results]
    for result, result_type, start in zip(results, operation.result_types, names[count:], strict=True):
        emitter.say(f"const {result}={new(result_type)}.fill({start});")
    before = "".join(f"const {total}={result}[{to}];" for total, result in zip(totals, results, strict=True))
    stored = "".join(f"{result}[{to}]={n};" for result, n in zip(results, fresh, strict=True))
    emitter.say(looped(kind.shape, f"{before}{read}{text}{computed}{stored}"))


@register("reduce_window")
def _reduce_window(emitter: Emitter, operation: Operation) -> None:
    """Every entry of the result over all of its window: cumulative sums are short here."""
    attributes, kind, shape = operation.attributes, operation.operand_types[0], operation.type
    dilated = [*attributes.get("base_dilations", []), *attributes.get("window_dilations", [])]
    if len(operation.operands) != 2 or any(each != 1 for each in dilated):
        raise unsupported(operation, emitter.title)
    source, start = operands(emitter, operation)
    window, (block,) = attributes["window_dimensions"], operation.regions
    strides = attributes.get("window_strides", [1] * len(window))
    low = attributes.get("padding", [0] * 2 * len(window))[::2]
    total, value = (emitter.named(argument, "a") for argument in block.arguments)
    text, (after,) = emitter.within(block)
    result, indices, inner = array(emitter, operation), index_names(shape.shape), index_names(window, "k")
    places = [emitter.name("p") for _ in window]
    found = "".join(
        f"const {place}={index}*{stride}+{offset}-{before};"
        for place, index, stride, offset, before in zip(places, indices, strides, inner, low, strict=True)
    )
    inside = "&&".join(f"{place}>=0&&{place}<{size}" for place, size in zip(places, kind.shape, strict=True))
    step = f"const {value}={source}[{flat(places, kind.strides)}];{text}{total}={after};"
    body = f"let {total}={start};{looped(window, f'{found}if({inside}){{{step}}}', 'k')}"
    emitter.say(looped(shape.shape, f"{body}{result}[{flat(indices, shape.strides)}]={total};"))


@register("sort")
def _sort(emitter: Emitter, operation: Operation) -> None:
    """Along one dimension; the order of every row by the operation's own comparison."""
    kind, axis = operation.operand_types[0], operation.attributes["dimension"]
    (block,), names = operation.regions, operands(emitter, operation)
    arguments = [emitter.named(value) for value in block.arguments]
    text, (first,) = emitter.within(block)
    less, order, row = emitter.name("f"), emitter.name("o"), emitter.name("r")
    emitter.say(f"const {less}=({','.join(arguments)})=>{{{text}\nreturn {first};}};")
    results = [emitter.named(value) for value in operation.results]
    for result, result_type in zip(results, operation.result_types, strict=True):
        emitter.say(f"const {result}={new(result_type)};")
    length, stride = kind.shape[axis], kind.strides[axis]
    others = [1 if k == axis else size for k, size in enumerate(kind.shape)]
    place = {key: f"{row}+{key}*{stride}" for key in "ij"}
    pairs = {
        key: ",".join(f"{name}[{place[a]}],{name}[{place[b]}]" for name in names)
        for key in ("ij", "ji")
        for a, b in [key]
    }
    by = f"(i,j)=>{less}({pairs['ij']})?-1:{less}({pairs['ji']})?1:i-j"
    moved = "".join(
        f"{result}[{row}+k*{stride}]={name}[{row}+{order}[k]*{stride}];"
        for result, name in zip(results, names, strict=True)
    )
    start = flat(index_names(others), kind.strides)
    sorting = f"const {row}={start};const {order}=Array.from({{length:{length}}},(_,i)=>i).sort({by});"
    emitter.say(looped(others, f"{sorting}for(let k=0;k<{length};k++){{{moved}}}"))
