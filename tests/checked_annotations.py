"""Every annotation of the package, held against what is passed, returned and stored while the tests run.

``install`` puts ``checked`` around every function of the package, inner ones too, and looks at the fields of
every module that is made. Shapes and dtypes are jaxtyping's, the dimension names of one call are one scope.
Bad input is the package's to refuse: a call whose arguments are not as annotated is made, and must raise;
that it returns is the error. What a ``Callable`` takes and returns is not looked at, nor is more than one
entry of a sequence, taken at random.
"""

import ast
import dataclasses
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any, NoReturn, Self

import equinox as eqx
import numpy as np
from beartype import BeartypeConf
from beartype.door import is_bearable
from jaxtyping import jaxtyped
from typing_extensions import TypeAliasType

PACKAGE = "lsgan_analytic"
_CONF = BeartypeConf(is_pep484_tower=True)  # an int is a float, as it is to type checkers


class UntrueAnnotationError(AssertionError):
    """Something is not as its annotation says."""


def _untrue(where: str, what: str, hint: Any) -> NoReturn:
    raise UntrueAnnotationError(f"{where}: the annotation is untrue: {what}, expected {hint}")


def checked(function: Callable) -> Callable:
    """``function``, its arguments and its result as they are annotated."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        __tracebackhide__ = True
        annotations = _annotations(function)
        try:
            given = annotations.signature.bind(*args, **kwargs).arguments
        except TypeError:  # arguments too many or too few
            return function(*args, **kwargs)
        with jaxtyped("context"):
            untrue = [name for name, value in given.items() if not annotations.hold(name, value, given)]
            result = function(*args, **kwargs)
            where = f"{function.__module__}.{function.__qualname__}"
            for name in untrue:
                _untrue(where, f"{name}={_short(given[name])} is accepted", annotations.shown[name])
            if not annotations.hold("return", result, given):
                _untrue(where, f"{_short(result)} is returned", annotations.shown["return"])
        if not isinstance(result, eqx.Module):
            _check_fields(result)
        return result

    return call


class _Annotations:
    """Of one function: as they stand, and as beartype takes them."""

    def __init__(self, function: Callable):
        self.signature = inspect.signature(function)
        self.shown = _hints(function, function.__module__)
        self.plain = {name: _plain(hint) for name, hint in self.shown.items()}
        self.with_self = [name for name, hint in self.shown.items() if "Self" in str(hint)]

    def hold(self, name: str, value: Any, given: dict[str, Any]) -> bool:
        """Whether ``value`` is what ``name`` is to be, in a call with the arguments ``given``."""
        if name not in self.plain:
            return True
        hint = self.plain[name]
        if name in self.with_self:
            first = next(iter(given.values()))
            hint = _replaced(hint, first if isinstance(first, type) else type(first))
        kind = name in given and self.signature.parameters[name].kind
        several = {inspect.Parameter.VAR_POSITIONAL: tuple, inspect.Parameter.VAR_KEYWORD: dict.values}
        return all(_holds(one, hint) for one in (several[kind](value) if kind in several else (value,)))


@functools.cache
def _replaced(hint: Any, own: type) -> Any:
    """``hint`` with ``own`` for ``Self``, and what aliases stand for (beartype knows them from 3.12 on)."""
    if hint is Self:
        return own
    if isinstance(hint, TypeAliasType):
        return _replaced(hint.__value__, own)
    parts, origin = typing.get_args(hint), typing.get_origin(hint)
    if not parts or origin is typing.Literal:
        return hint
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_replaced(part, own) for part in parts)]  # noqa: UP007
    if origin is Callable:  # what it takes and returns cannot be seen
        return origin
    return origin[tuple(_replaced(part, own) for part in parts)]


def _plain(hint: Any) -> Any:
    parameters = typing.ParamSpecArgs | typing.ParamSpecKwargs
    return hint if isinstance(hint, parameters) else _replaced(hint, Self)  # those cannot be hashed


_SEEN: dict[tuple, _Annotations] = {}


def _annotations(function: Callable) -> _Annotations:
    """Once for each inner function, which are made again and again; code of two modules may be equal."""
    key = function.__module__, function.__qualname__, function.__code__
    if key not in _SEEN:
        _SEEN[key] = _Annotations(function)
    return _SEEN[key]


def _hints(of: Any, module: str) -> dict[str, Any]:
    """The annotations as objects; names may be those that only a type checker imports."""
    try:
        return typing.get_type_hints(of, include_extras=True)
    except NameError:
        return typing.get_type_hints(of, localns=_names(module), include_extras=True)


@functools.cache
def _names(module: str) -> dict[str, Any]:
    names = dict(vars(sys.modules[module]))
    # in a thread: Python 3.11 miscounts its recursion where it parses at a great depth, inside traced calls
    with ThreadPoolExecutor(1) as thread:
        tree = thread.submit(ast.parse, inspect.getsource(sys.modules[module])).result()
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(compile(ast.Module(node.body, []), module, "exec"), names)
    return names


def _holds(value: Any, hint: Any) -> bool:
    if isinstance(hint, typing.ParamSpecArgs | typing.ParamSpecKwargs):  # whatever another function takes
        return True
    if isinstance(value, np.integer | np.floating):  # a number of NumPy is one of Python here
        return is_bearable(value, hint, conf=_CONF) or is_bearable(value.item(), hint, conf=_CONF)
    return is_bearable(value, hint, conf=_CONF)


def _short(value: Any) -> str:
    return f"{type(value).__name__} {eqx.tree_pformat(value)}"[:300]


def _check_fields(value: Any) -> None:
    """The fields of a module when it is made, and of records when they are returned."""
    cls = type(value)
    if not cls.__module__.startswith(PACKAGE):
        return
    if not (dataclasses.is_dataclass(cls) or (issubclass(cls, tuple) and hasattr(cls, "_fields"))):
        return
    with jaxtyped("context"):
        for name, hint in _field_hints(cls).items():
            if not _holds(held := getattr(value, name), hint):
                _untrue(f"{cls.__module__}.{cls.__qualname__}", f"{name}={_short(held)}", hint)


@functools.cache
def _field_hints(cls: type) -> dict[str, Any]:
    names = cls._fields if issubclass(cls, tuple) else [field.name for field in dataclasses.fields(cls)]
    hints = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith(PACKAGE):
            hints |= _hints(base, base.__module__)
    return {name: _plain(hints[name]) for name in names if name in hints}


class _Decorate(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.decorator_list.append(ast.copy_location(ast.Name("__checked__", ast.Load()), node))
        return node


class _Loader(SourceFileLoader):
    def path_stats(self, path):
        raise OSError  # no compiled file is read or written: those are of the functions as they stand

    def source_to_code(self, data, path, *, _optimize=-1):
        tree = _Decorate().visit(ast.parse(data, path))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True, optimize=_optimize)

    def exec_module(self, module):
        module.__checked__ = checked
        super().exec_module(module)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != PACKAGE and not name.startswith(PACKAGE + "."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Before the package is imported."""
    sys.meta_path.insert(0, _Finder)
    eqx.Module.__check_init__ = _check_fields  # the last of those of a module


def uninstall() -> None:
    """Before the package is imported, too."""
    sys.meta_path.remove(_Finder)
    del eqx.Module.__check_init__
