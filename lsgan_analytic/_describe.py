"""What a computation is, so that two can be told apart: its numbers by name, and its program.

Names alone do not tell: two schedules can be two functions of one name. What a function computes is known
once it is traced, so the program is compared as JAX's jaxpr, with every constant in it.
"""

import dataclasses
import enum
import functools
import json
import types
from collections.abc import Callable, Mapping
from typing import Any, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ._program import digest, Program

_SHOWN = 6  # numbers of an array that are written out
_DEPTH, _MOST = 12, 1000  # how much of what explains is noted

Facts = dict[str, str]


@dataclasses.dataclass(frozen=True)
class Description:
    """What is known of a computation.

    Attributes:
        facts: numbers and settings by name; they decide.
        program: the digest of the jaxpr; it decides. unknown: what in it cannot be compared, "" for nothing.
        inside: what the functions in it enclose, by name; it explains.
    """

    facts: Facts
    program: str
    unknown: str
    inside: Facts

    def to_json(self) -> str:
        """As text."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse; ValueError for any other text."""
        try:
            found = cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"no description of a computation: {error}") from error
        if not (isinstance(found.facts, dict) and isinstance(found.inside, dict)):
            raise ValueError("no description of a computation")
        return found

    def difference(self, here: Self, name: str) -> str:
        """How ``here`` differs from this one, which is called ``name``; "" if they are the same."""
        name = f"in the {name}"
        if difference := changed(self.facts, here.facts, name, "here"):
            return difference
        if unknown := self.unknown or here.unknown:
            return f"whether it is the same cannot be told: it runs {unknown}, which JAX does not trace"
        if self.program == here.program:
            return ""
        inside = changed(self.inside, here.inside, name, "here")
        return inside or "its numbers are the same, but a step is computed by another program"


def describe(
    computation: Callable, arguments: Mapping[str, Any], settings: Mapping[str, Any] | None = None
) -> Description:
    """Describe ``computation(**arguments)``; ``settings`` are facts that are no arguments of it."""
    read = _Reader()
    for name, value in {**arguments, **(settings or {})}.items():
        read.look(value, name, True, ())
    jaxpr, _, _ = eqx.filter_make_jaxpr(lambda given: computation(**given))(dict(arguments))
    program = Program(jaxpr)
    return Description(read.facts, digest(program), ", ".join(sorted(program.unknown)), read.inside)


def noted(values: Mapping[str, Any]) -> Facts:
    """What is known of these values by name, functions in them by what they enclose; nothing is traced."""
    read = _Reader()
    for name, value in values.items():
        read.look(value, name, True, ())
    return {**read.inside, **read.facts}


def changed(one: Facts, other: Facts, in_one: str, in_other: str) -> str:
    """The first differences, said with both values and where they are; "" if there are none."""
    said = [
        f"{name} is {one.get(name, 'nothing')} {in_one} and {other.get(name, 'nothing')} {in_other}"
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    ]
    more = f" (differences not shown: {len(said) - 3})" if len(said) > 3 else ""
    return "; ".join(said[:3]) + more


class _Reader:
    """Names what is in a value. In functions nothing decides: what they compute is in the program."""

    def __init__(self) -> None:
        self.facts: Facts = {}
        self.inside: Facts = {}

    def look(self, value: Any, name: str, decides: bool, above: tuple[int, ...]) -> None:
        """Note ``value`` and what is in it; ``above``: the objects it is part of."""
        if not decides and (len(self.inside) > _MOST or len(above) > _DEPTH or id(value) in above):
            return
        if isinstance(value, jax.Array | np.ndarray | np.generic):
            self._note(name, _numbers(value), decides)
        elif value is None or isinstance(value, bool | int | float | complex | str | bytes | enum.Enum):
            self._note(name, repr(value), decides)
        else:
            plain = isinstance(value, tuple | list | dict)
            decides = decides and (plain or dataclasses.is_dataclass(value))
            if not plain:
                self._note(name, getattr(value, "__qualname__", type(value).__qualname__), decides)
            for part, inner in _parts(value, name):
                self.look(inner, part, decides, (*above, id(value)))

    def _note(self, name: str, text: str, decides: bool) -> None:
        (self.facts if decides else self.inside)[name] = text


def _parts(value: Any, name: str) -> list[tuple[str, Any]]:
    """The parts of a value by name."""
    if isinstance(value, dict):
        return [(f"{name}[{key!r}]", inner) for key, inner in value.items()]
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # an optimiser of optax is one
        return [(f"{name}.{key}", getattr(value, key)) for key in value._fields]  # pyright: ignore
    if isinstance(value, tuple | list):
        return [(f"{name}[{i}]", inner) for i, inner in enumerate(value)]
    if isinstance(value, functools.partial):
        return [(f"{name}.func", value.func), (f"{name}.args", value.args), (f"{name}", value.keywords)]
    if isinstance(value, types.MethodType):
        return [(f"{name}.self", value.__self__), (f"{name}.function", value.__func__)]
    if isinstance(value, types.FunctionType):
        return _enclosed(value, name)
    if dataclasses.is_dataclass(value):
        fields = [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
        return [(f"{name}.{key}", getattr(value, key)) for key in fields]
    if hasattr(value, "__wrapped__"):  # jax.jit and other wrappers
        return [(name, value.__wrapped__)]
    if isinstance(value, type | types.ModuleType):
        return []
    return [(f"{name}.{key}", inner) for key, inner in getattr(value, "__dict__", {}).items()]


def _enclosed(function: types.FunctionType, name: str) -> list[tuple[str, Any]]:
    """What a function carries: constants in its text, defaults, and the variables it closes over."""
    constants = tuple(x for x in function.__code__.co_consts if isinstance(x, int | float | complex))
    found: list[tuple[str, Any]] = [
        (f"{name}.constants", constants),
        (f"{name}.defaults", function.__defaults__ or ()),
        (f"{name}.defaults", function.__kwdefaults__ or {}),
    ]
    for key, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found.append((f"{name}.{key}", cell.cell_contents))
        except ValueError:  # not yet assigned
            continue
    return found


def _numbers(value: Any) -> str:
    """Few numbers are written out, to the last bit; of many the ends and a digest."""
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        return f"{jax.random.key_impl(value)} {np.asarray(jax.random.key_data(value)).tolist()}"
    array = np.asarray(value)
    dtype = "" if array.dtype == np.float64 else f" ({array.dtype.name})"
    if array.size <= _SHOWN:
        return f"{array.tolist()!r}{dtype}"
    ends = f"{array.flat[0].item()!r}, ..., {array.flat[-1].item()!r}"
    return f"[{ends}] of shape {array.shape}{dtype} #{digest(array)}"
