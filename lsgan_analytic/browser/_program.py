"""A whole program: every operation by its table, every function once."""

from collections.abc import Sequence

from . import _arrays, _control, _indexing, _lapack, _sums  # noqa: F401  # they fill the table
from ._emit import called, Emitter, Module, scalar, unsupported
from ._operations import OPERATIONS
from ._stablehlo import Block, Function, Operation


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


def written(module: Module, functions: Sequence[Function], title: str) -> str:
    """The name of ``main`` among the functions of a program, when all of them are in ``module``."""
    waiting = {each.name: each for each in functions}
    done: dict[str, str] = {}

    def write(function: Function) -> None:
        for name in _calls(function.block):
            if name not in done:
                write(waiting[name])
        done[function.name] = module.function(Emitter(module, done, title).function(function))

    write(waiting["main"])
    return done["main"]


def _calls(block: Block) -> list[str]:
    """The functions that a block calls."""
    names = []
    for operation in block.operations:
        if operation.name in ("call", "composite"):
            names.append(called(operation))
        names += [name for inner in operation.regions for name in _calls(inner)]
    return names
