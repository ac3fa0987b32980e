"""Which code made the arrays of an experiment: a fingerprint, the same for other comments and layout."""

import ast
import hashlib
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_HOME = __package__ or ""
#: how experiments are run, drawn and described: nothing of it is in the arrays
_ASIDE = {f"{_HOME}.{name}" for name in ("_run", "_style", "_captions")}
_FILE = re.compile(r"[\w-]+\.[a-z]+")
_Place = tuple[str, str]  # a module and one of its names


def fingerprint(compute: Callable[[Any], Any]) -> str:
    """Of the code of ``compute`` and of all that this names among the experiments, files with it.

    The library is not part of it, nor are annotations, docstrings and ``quick``. 16 hexadecimal digits.
    """
    found, waiting = {}, [(compute.__module__, compute.__name__)]
    while waiting:
        place = waiting.pop()
        if place not in found:
            nodes = _defined(place[0]).get(place[1], [])
            found[place] = [_form(node) for node in nodes]
            waiting += [one for node in nodes for one in _named(place[0], node)]
    total = hashlib.sha256()
    for place in sorted(found):
        total.update(repr((place, found[place])).encode())
        for path in _files(place):
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


@cache
def _tree(module: str) -> ast.Module:
    """Without docstrings and methods ``quick``."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            described = ast.get_docstring(node) is not None
            node.body = [one for one in node.body[described:] if getattr(one, "name", "") != "quick"]
    return tree


def _path(module: str) -> Path:
    return Path(importlib.import_module(module).__file__ or "")


@cache
def _defined(module: str) -> dict[str, list[ast.stmt]]:
    """The statements at the top of the module that give a name its meaning."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in _tree(module).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names = [statement.name]
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        else:
            names = []
        for name in names:
            found.setdefault(name, []).append(statement)
    return found


@cache
def _imported(module: str) -> dict[str, _Place]:
    """The names that the module has from other experiments, and where these are defined."""
    found = {}
    for statement in _tree(module).body:
        if isinstance(statement, ast.ImportFrom) and statement.level:
            package = module.rsplit(".", statement.level)[0]
            source = f"{package}.{statement.module}" if statement.module else package
            found |= {one.asname or one.name: (source, one.name) for one in statement.names}
    return {name: place for name, place in found.items() if place[0] not in _ASIDE}


def _named(module: str, node: ast.stmt) -> Iterator[_Place]:
    for name in {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}:
        if name in _defined(module):
            yield module, name
        elif name in _imported(module):
            yield _imported(module)[name]


def _form(node: Any) -> str:
    """Without annotations, and without fields that are empty: some versions of Python have more of these."""
    if isinstance(node, list):
        return f"[{', '.join(map(_form, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        f"{name}={_form(value)}"
        for name, value in ast.iter_fields(node)
        if value is not None and value != [] and name not in ("annotation", "returns")
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _files(place: _Place) -> list[Path]:
    """Files beside the module that the statements name."""
    folder = _path(place[0]).parent
    every = (one for node in _defined(place[0]).get(place[1], []) for one in ast.walk(node))
    texts = {one.value for one in every if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return sorted(folder / text for text in texts if _FILE.fullmatch(text) and (folder / text).is_file())
