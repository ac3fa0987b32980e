"""Every annotation of the package, held against what is passed, returned and stored while the tests run.

``install`` puts ``checked`` around every function of the package, inner ones too, and looks at the fields of
every module that is made. Shapes and dtypes are jaxtyping's, the dimension names of one call are one scope.
Bad input is the package's to refuse: a call whose arguments are not as annotated is made, and must raise;
that it returns is the error.
"""

import ast
import dataclasses
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any, Self

import equinox as eqx
from beartype.door import is_bearable
from jaxtyping import jaxtyped
from typing_extensions import TypeAliasType

PACKAGE = "lsgan_analytic"


class UntrueAnnotation(AssertionError):
    """Something is not as its annotation says."""


def checked(function: Callable) -> Callable:
    """``function``, its arguments and its result as they are annotated."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        signature, hints = _annotations(function)
        given = signature.bind(*args, **kwargs).arguments
        with jaxtyped("context"):
            untrue = [name for name in given if not _as_annotated(signature, hints, name, given)]
            result = function(*args, **kwargs)
            where = f"{function.__module__}.{function.__qualname__}"
            for name in untrue:
                raise UntrueAnnotation(
                    f"{where}: the annotation is untrue: {name}={_short(given[name])} is accepted, "
                    f"expected {hints[name]}"
                )
            if not _holds(result, _hint(hints, "return", given)):
                raise UntrueAnnotation(
                    f"{where}: the annotation is untrue: {_short(result)} is returned, "
                    f"expected {hints['return']}"
                )
        _check_fields(result)
        return result

    return call


def _as_annotated(signature: inspect.Signature, hints: dict, name: str, given: dict) -> bool:
    kind, value, hint = signature.parameters[name].kind, given[name], _hint(hints, name, given)
    if kind is inspect.Parameter.VAR_POSITIONAL:
        return all(_holds(one, hint) for one in value)
    if kind is inspect.Parameter.VAR_KEYWORD:
        return all(_holds(one, hint) for one in value.values())
    return _holds(value, hint)


def _hint(hints: dict, name: str, given: dict) -> Any:
    """The annotation of ``name``; ``Self`` is the class of the first argument."""
    hint = hints.get(name, Any)
    if "Self" not in str(hint):
        return hint
    first = next(iter(given.values()))
    return _replaced(hint, first if isinstance(first, type) else type(first))


def _replaced(hint: Any, own: type) -> Any:
    if hint is Self:
        return own
    if isinstance(hint, TypeAliasType):
        return _replaced(hint.__value__, own)
    parts = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if not parts or origin is typing.Literal:
        return hint
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_replaced(part, own) for part in parts)]  # noqa: UP007
    if isinstance(parts[0], list):  # the arguments of a Callable, which nobody can see
        return origin
    return origin[tuple(_replaced(part, own) for part in parts)]


_SEEN: dict[types.CodeType, tuple[inspect.Signature, dict]] = {}


def _annotations(function: Callable) -> tuple[inspect.Signature, dict]:
    """The signature and the annotations; of inner functions, which are made again and again, once."""
    if (code := function.__code__) not in _SEEN:
        hints = _hints(function, function.__module__)
        _SEEN[code] = inspect.signature(function), hints
    return _SEEN[code]


def _hints(of: Any, module: str) -> dict[str, Any]:
    """The annotations as objects; names may be those that only a type checker imports."""
    try:
        return typing.get_type_hints(of, include_extras=True)
    except NameError:
        return typing.get_type_hints(of, localns=_names(module), include_extras=True)


@functools.cache
def _names(module: str) -> dict[str, Any]:
    names = dict(vars(sys.modules[module]))
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(compile(ast.Module(node.body, []), module, "exec"), names)
    return names


def _holds(value: Any, hint: Any) -> bool:
    return is_bearable(value, _plain(hint))


@functools.cache
def _plain(hint: Any) -> Any:
    """``hint`` without the names of aliases, which beartype knows from Python 3.12 on."""
    return _replaced(hint, Self)


def _short(value: Any) -> str:
    return f"{type(value).__name__} {eqx.tree_pformat(value, hide_defaults=False)}"[:300]


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
                raise UntrueAnnotation(
                    f"{cls.__module__}.{cls.__qualname__}: the annotation is untrue: "
                    f"{name}={_short(held)}, expected {hint}"
                )


@functools.cache
def _field_hints(cls: type) -> dict[str, Any]:
    names = cls._fields if issubclass(cls, tuple) else [field.name for field in dataclasses.fields(cls)]
    hints = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith(PACKAGE):
            hints |= _hints(base, base.__module__)
    return {name: hints[name] for name in names if name in hints}


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
