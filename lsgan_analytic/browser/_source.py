"""Python that makes a game, its players or a rule again, with places for the numbers that a page changes."""

import inspect
from typing import Any

import equinox as eqx
import jax
import numpy as np

_HELD_IN = {"step": "step_sizes"}  # where a rule keeps what its argument is called


def source(part: Any, prefix: str = "") -> str | None:
    """``lsgan.Exponential(rate={{data.rate}})``; None for what this package did not define.

    Every number is a place ``{{name}}``, named as ``entry_names`` does, after ``prefix``.
    """
    if eqx.is_inexact_array(part):
        return _places(np.shape(part), prefix, ())
    if isinstance(part, bool | int | float | str | type(None)):
        return repr(part)
    if isinstance(part, tuple):
        inner = [source(each, f"{prefix}.{k}") for k, each in enumerate(part)]
        return None if None in inner else f"({', '.join(map(str, inner))}{',' if len(inner) == 1 else ''})"
    kind = type(part)
    if not isinstance(part, eqx.Module) or not kind.__module__.startswith("lsgan_analytic."):
        return None
    return _construction(part, prefix)


def _places(shape: tuple[int, ...], name: str, index: tuple[int, ...]) -> str:
    """The entries of an array as nested lists."""
    if len(index) == len(shape):
        return f"{{{{{name}[{','.join(map(str, index))}]}}}}" if index else f"{{{{{name}}}}}"
    return f"[{', '.join(_places(shape, name, (*index, k)) for k in range(shape[len(index)]))}]"


def _construction(part: eqx.Module, prefix: str) -> str | None:
    import lsgan_analytic as lsgan

    kind = type(part)
    if getattr(lsgan, kind.__name__, None) is not kind:
        return None
    arguments = []
    for name, parameter in inspect.signature(kind).parameters.items():
        field = _HELD_IN.get(name, name)
        if not hasattr(part, field) or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            return None
        value = getattr(part, field)
        if field == "step_sizes":
            text = _sizes(value, f"{prefix}.{field}" if prefix else field)
        elif not jax.tree.leaves(value) and value == parameter.default:
            continue
        else:
            text = source(value, f"{prefix}.{name}" if prefix else name)
        if text is None:
            return None
        arguments.append(f"{name}={text}")
    return f"lsgan.{kind.__name__}({', '.join(arguments)})"


def _sizes(sizes: Any, prefix: str) -> str | None:
    """A pair of step sizes; None where they change from step to step."""
    if sizes.disc.changes or sizes.gen.changes:
        return None
    return f"({{{{{prefix}.disc.sizes}}}}, {{{{{prefix}.gen.sizes}}}})"
