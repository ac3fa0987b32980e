"""Calls of LAPACK, by the functions of runtime.js."""

from ._emit import Emitter, unsupported
from ._operations import operands, register
from ._stablehlo import Operation


@register("custom_call")
def _custom_call(emitter: Emitter, operation: Operation) -> None:
    target, settings = (
        operation.attributes["call_target_name"],
        operation.attributes.get("mhlo.backend_config", ""),
    )
    given, kinds = operands(emitter, operation), operation.operand_types
    shapes: list[tuple[int, ...]] = [kind.shape for kind in kinds]
    matrix = len(kinds) > 0 and len(kinds[0].shape) == 2 and kinds[0].element == "f64"
    if matrix and target == "lapack_dgetrf_ffi" and shapes[0][0] == shapes[0][1]:
        call = f"R.lu({given[0]},{shapes[0][0]})"
    elif matrix and target == "lapack_dtrsm_ffi" and _letter(settings, "side") == "L":
        lower, transposed, unit = (
            str(_letter(settings, key) == letter).lower()
            for key, letter in (("uplo", "L"), ("trans_x", "T"), ("diag", "U"))
        )
        sizes = f"{shapes[0][0]},{shapes[1][-1]}"
        call = f"R.trsm({given[0]},{given[1]},{sizes},{lower},{transposed},{unit})"
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
