"""The text of a jaxpr that two processes share: no addresses, no names that a trace makes up."""

import dataclasses
import enum
import hashlib
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

# what does not change a number: names for people, places, and where the work is done
_SKIPPED = {"name", "debug_info", "ctx_mesh", "mesh", "in_shardings", "out_shardings"}
_RULED = ("custom_jvp_call", "custom_vjp_call")
_KNOWN = ("jax", "equinox")  # whose host functions (checks) are told apart by their names


def digest(value: Any) -> str:
    """A digest of an array or a program."""
    text = value.text if isinstance(value, Program) else _array(value)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Program:
    """A jaxpr with its constants as ``text``; ``unknown``: names of host functions nothing is known of."""

    def __init__(self, jaxpr: ClosedJaxpr):
        self.unknown: set[str] = set()
        self.text = "\n".join(self._value(jaxpr))

    def _jaxpr(self, jaxpr: Jaxpr) -> Iterator[str]:
        numbers: dict[Any, int] = {}

        def named(variables: Any) -> str:
            return " ".join(f"{numbers.setdefault(one, len(numbers))}:{one.aval}" for one in variables)

        def read(one: Any) -> str:
            return f"{_array(one.val)}:{one.aval}" if isinstance(one, Literal) else str(numbers[one])

        yield f"lambda {named(jaxpr.constvars)} ; {named(jaxpr.invars)}"
        for equation in jaxpr.eqns:
            yield f"{equation.primitive.name} {' '.join(map(read, equation.invars))}"
            for key in sorted(equation.params.keys() - _SKIPPED):
                value = equation.params[key]
                # a rule for derivatives is not run any more: those that were wanted are in the program
                if not equation.primitive.name.startswith(_RULED) or isinstance(value, ClosedJaxpr):
                    yield f"{key}="
                    yield from self._value(value)
            yield f"-> {named(equation.outvars)}"
        yield f"return {' '.join(map(read, jaxpr.outvars))}"

    def _value(self, value: Any) -> Iterator[str]:
        if isinstance(value, ClosedJaxpr):
            yield from map(_array, value.consts)
            yield from self._jaxpr(value.jaxpr)
        elif isinstance(value, Jaxpr):
            yield from self._jaxpr(value)
        elif isinstance(value, np.ndarray | np.generic | jax.Array):
            yield _array(value)
        elif isinstance(value, dict):
            yield from self._value(tuple(sorted(value.items(), key=str)))
        elif isinstance(value, tuple | list):
            yield f"{type(value).__name__} of {len(value)}"
            for one in value:
                yield from self._value(one)
        elif isinstance(value, type | enum.Enum):
            yield str(value)
        elif dataclasses.is_dataclass(value):
            yield type(value).__name__
            yield from self._value(tuple(getattr(value, field.name) for field in dataclasses.fields(value)))
        else:
            yield self._other(value)

    def _other(self, value: Any) -> str:
        """Host functions, and what has no parts that are known."""
        name = getattr(value, "__qualname__", type(value).__qualname__)
        if callable(value) and hasattr(value, "__module__"):
            if str(value.__module__).split(".")[0] not in _KNOWN:
                self.unknown.add(name)
            return name
        text = repr(value)
        if " at 0x" in text:
            self.unknown.add(name)
            return name
        return text


def _array(value: Any) -> str:
    """The exact numbers."""
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    array = np.asarray(value)
    return f"{array.dtype.str}{array.shape}{hashlib.sha256(array.tobytes()).hexdigest()}"
