"""Operations that hold other operations, and calls."""

from ._emit import called, Emitter
from ._operations import operands, register
from ._stablehlo import Operation


@register("call", "composite")
def _call(emitter: Emitter, operation: Operation) -> None:
    arguments = ",".join(operands(emitter, operation))
    results = ",".join(emitter.named(value) for value in operation.results)
    emitter.say(f"const [{results}]={emitter.callees[called(operation)]}({arguments});")


@register("while")
def _while(emitter: Emitter, operation: Operation) -> None:
    condition, body = operation.regions
    starts = operands(emitter, operation)
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


@register("case", "if")
def _case(emitter: Emitter, operation: Operation) -> None:
    (chosen,) = operands(emitter, operation)
    names = [emitter.named(value) for value in operation.results]
    emitter.say(f"let {','.join(names)};")
    last = len(operation.regions) - 1
    for k, block in enumerate(operation.regions):
        text, outputs = emitter.within(block)
        condition = chosen if operation.name == "if" else f"{chosen}==={k}"
        head = ("else " if k else "") + ("" if k == last else f"if({condition})")
        stores = "".join(f"{name}={value};" for name, value in zip(names, outputs, strict=True))
        emitter.say(f"{head}{{{text}\n{stores}}}")
