"""The table of operations on whole arrays, filled by the modules that import ``register``."""

from collections.abc import Callable

from ._code import new
from ._emit import Emitter
from ._stablehlo import Operation

Emit = Callable[[Emitter, Operation], None]
OPERATIONS: dict[str, Emit] = {}


def register(*names: str) -> Callable[[Emit], Emit]:
    """Decorator: emits the operations of these names."""

    def decorate(function: Emit) -> Emit:
        OPERATIONS.update(dict.fromkeys(names, function))
        return function

    return decorate


def array(emitter: Emitter, operation: Operation, filled: str = "") -> str:
    """A new array for the first result; its name."""
    name = emitter.named(operation.results[0])
    emitter.say(f"const {name}={new(operation.type)}{filled};")
    return name


def operands(emitter: Emitter, operation: Operation) -> list[str]:
    """Their expressions."""
    return [emitter.names[value] for value in operation.operands]


def alias(emitter: Emitter, operation: Operation) -> None:
    """The results are the operands."""
    emitter.names.update(zip(operation.results, operands(emitter, operation), strict=True))
