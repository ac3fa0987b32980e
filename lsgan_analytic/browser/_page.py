"""The file that shows games: scenes translated, compared with JAX and written into one page."""

import html
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from .._files import write_whole
from ._compared import Comparison
from ._scene import Compiled, compiled
from ._scenes import checked_scene, Scene
from ._stablehlo import UnsupportedOperationError
from .translate import Script, Traced, Translator

_SHARED = ("strings", "runtime", "engine", "landscape", "outcome")  # of the page and of its workers
PAGE_SCRIPTS = (
    *("state", "address", "store", "work", "drawn", "svg", "plane", "panels", "density", "controls"),
    *("play", "words", "lesson", "output", "check", "api", "main"),
)
_POINTS = 200  # where each function is compared


@dataclass(frozen=True)
class Page:
    """An explorer.

    Attributes:
        html: the whole file.
        path: where it was written, or None.
        compared: name of every function -> largest relative difference from JAX's; empty without node.
    """

    html: str
    path: Path | None
    compared: dict[str, float]

    def __repr__(self) -> str:
        where = "not written" if self.path is None else f"written to {self.path}"
        compared = f"{len(self.compared)} functions compared with JAX" if self.compared else "not compared"
        return f"Page({len(self.html) / 1e6:.2f} MB, {where}, {compared})"

    def _repr_html_(self) -> str:
        """The page inside a notebook."""
        source = html.escape(self.html, quote=True)
        return (
            f'<iframe srcdoc="{source}" style="width:100%;height:900px;border:0" title="explorer"></iframe>'
        )


def build(scenes: Sequence[Scene], title: str, path: str | os.PathLike | None) -> Page:
    """Write a page of several games; for one game see :func:`lsgan_analytic.explore`.

    Games that differ in their numbers alone (Cases A and B of the paper) share their translated functions:
    numbers are arguments. The list of pictures shows the presets of every scene.

    Args:
        scenes: the games with their rules, boxes and presets; the page starts with the first preset.
        title: of the page.
        path: the file; None writes none.

    Raises:
        ValueError: as ``explore``; no scene, or two of one title, loss and regulariser.

    >>> import jax.numpy as jnp
    >>> import lsgan_analytic as lsgan
    >>> from lsgan_analytic.browser import build, Preset, Scene
    >>> scene = Scene(
    ...     title="Bilinear",
    ...     game=lsgan.FunctionGame(lambda x, y: x * y),
    ...     players=lsgan.Players(disc=jnp.asarray(1.0), gen=jnp.asarray(0.5)),
    ...     rules={"Extragradient": lsgan.Extragradient(step=0.3)},
    ...     box={"disc": (-2, 2), "gen": (-2, 2)},
    ...     presets=(Preset("a half step", {"step": 0.5}, "Does it turn in?", "Faster than with 0.3."),),
    ... )
    >>> page = build((scene,), "Two lines", path=None)  # doctest: +SKIP
    """
    if isinstance(scenes, Scene) or not scenes:
        raise ValueError(f"scenes: expected at least one scene in a sequence, got {scenes!r}")
    scenes = [checked_scene(scene) for scene in scenes]
    keys = [scene.key for scene in scenes]
    if len({*keys}) < len(keys):
        raise ValueError(f"scenes: expected (title, loss, regularizer) that differ, got {keys}")
    translator = Translator()

    def why_not(name: str, traced: Traced) -> str | None:
        try:
            translator.add(name, traced)
        except UnsupportedOperationError as error:
            return str(error)
        return None

    parts = [compiled(scene, f"s{k}", why_not, _POINTS) for k, scene in enumerate(scenes)]
    script = translator.script()
    comparison = Comparison(
        script,
        {name: traced for part in parts for name, traced in part.functions.items()},
        {name: rows for part in parts for name, rows in part.inputs.items()},
    )
    differences = comparison.differences()
    text = _written(script, parts, title, comparison.carried())
    if path is not None:
        write_whole(path, lambda file: file.write(text.encode()))
    return Page(text, None if path is None else Path(path), differences)


def _file(name: str) -> str:
    return (files("lsgan_analytic.browser") / "page" / name).read_text(encoding="utf-8")


def _written(script: Script, parts: Sequence[Compiled], title: str, checks: list[dict]) -> str:
    """The whole file."""
    data = {
        "SCENES": [part.entry for part in parts],
        "CHECKS": checks,
        "TITLE": title,
    }
    constants = "".join(f"const {name}={_json(value)};\n" for name, value in data.items())
    shared = "\n".join([constants, *(_file(f"{name}.js") for name in _SHARED), script.text])
    places = {
        "title": html.escape(title),
        "style": _file("style.css"),
        "shared": shared,
        "worker": _file("worker.js"),
        "main": "\n".join(_file(f"{name}.js") for name in PAGE_SCRIPTS),
    }
    text = _file("page.html")
    for name, value in places.items():
        text = text.replace(f"<!--{name}-->", value)
    return text


def _json(value: object) -> str:
    """For a script: numbers that JSON lacks are null, and no text ends the script."""
    return json.dumps(_plain(value), allow_nan=False, ensure_ascii=False).replace("</", "<\\/")


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
