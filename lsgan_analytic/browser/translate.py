"""JAX functions as functions of JavaScript, in float64."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jax

from ._emit import Module
from ._program import written
from ._shorten import shortened
from ._stablehlo import exported


@dataclass(frozen=True)
class Traced:
    """A function and what it is like to call it.

    Attributes:
        function: of arrays, with an array or a tuple of arrays as its value.
        arguments: one for each argument, of the shape and the dtype that it will have.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Script:
    """JavaScript text.

    Attributes:
        text: the program.
        shapes: of every function, those of its values.
        mains: of every function, the name of its text in the program: the same for equal programs.
    """

    text: str
    shapes: dict[str, tuple[tuple[int, ...], ...]]
    mains: dict[str, str]


def translate(functions: Mapping[str, Traced]) -> Script:
    """The functions as JavaScript: ``const model = {name: (x, y) => [value, ...], ...}``, and what they call.

    Arrays are typed arrays, row after row (``Float64Array``; ``Uint32Array`` for the words of random keys);
    an array without dimensions is a number, or a boolean. The text defines ``model`` and nothing else that a
    caller needs; it runs in a page, in a Web Worker, and in node. int64 is exact below 2^53.

    Args:
        functions: name -> function and arguments. Names are those of JavaScript's properties.

    Raises:
        UnsupportedOperationError (a ValueError): for an operation that is in no table, naming the
            operation, the function, and the line of Python it came from.
        ValueError: JAX computes in float32; a program whose shapes are not known.

    Source: StableHLO's specification, https://openxla.org/stablehlo/spec.

    >>> import jax.numpy as jnp
    >>> from lsgan_analytic.browser import Traced, translate
    >>> script = translate({"norm": Traced(lambda x: jnp.sqrt(jnp.sum(x * x)), (jnp.zeros(3),))})
    >>> "Math.sqrt" in script.text
    True
    """
    translator = Translator()
    for name, traced in functions.items():
        translator.add(name, traced)
    return translator.script()


class Translator:
    """Translates functions one after another into one script."""

    def __init__(self):
        if not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            raise ValueError(
                "functions: expected JAX to compute in float64; say "
                "jax.config.update('jax_enable_x64', True) first"
            )
        self._module = Module()
        self._mains: dict[str, str] = {}
        self._shapes: dict[str, tuple[tuple[int, ...], ...]] = {}

    def add(self, name: str, traced: Traced) -> None:
        """One function more; after an UnsupportedOperationError the script is as it was."""
        title = f"{name} ({getattr(traced.function, '__qualname__', repr(traced.function))})"
        parts = exported(traced.function, traced.arguments, title)
        main = written(self._module, parts, title)
        values = jax.eval_shape(traced.function, *traced.arguments)
        self._shapes[name] = tuple(leaf.shape for leaf in jax.tree.leaves(values))
        self._mains[name] = main

    def script(self) -> Script:
        """All of them."""
        entries = ",".join(f'"{name}":{main}' for name, main in self._mains.items())
        model = f"const model={{{entries}}};"
        text = shortened("\n".join(self._module.lines))
        return Script(f"{text}\n{model}", self._shapes, dict(self._mains))


def runtime() -> str:
    """What translated functions call; it comes before them."""
    return (files("lsgan_analytic.browser") / "page" / "runtime.js").read_text(encoding="utf-8")
