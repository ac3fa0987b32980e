"""One HTML file that shows a game: no installation, no server, the same mathematics."""

import html
import json
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jax
import numpy as np

from .._checks import checked_int
from .._files import write_whole
from .._types import Players
from ..game import AbstractGame, checked_game
from ..parameters import indices, parameter_names
from ..trajectory import checked_start
from ..updates.base import AbstractRule, checked_rule
from ..updates.simultaneous import Simultaneous
from ._scene import Box, Compiled, compiled, Scene
from ._stablehlo import UnsupportedOperationError
from .compare import differences, evaluated_by_jax, evaluated_by_node, node, TOLERANCE
from .translate import Script, Traced, Translator

_SCRIPTS = ("strings", "runtime", "engine", "landscape", "outcome")  # of the page and of its workers
_COMPARED = 200  # points for each function
_CARRIED = 3  # of them are in the page, which compares itself again where it is opened


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

    def _repr_html_(self) -> str:
        """The page inside a notebook."""
        source = html.escape(self.html, quote=True)
        return (
            f'<iframe srcdoc="{source}" style="width:100%;height:900px;border:0" title="explorer"></iframe>'
        )


def explore(
    game: AbstractGame,
    players: Players,
    *,
    rules: AbstractRule | Sequence[AbstractRule] | Mapping[str, AbstractRule] | None = None,
    box: Box | None = None,
    free: Sequence[str] | None = None,
    steps: int = 249,
    samples: int = 1000,
    title: str = "lsgan_analytic explorer",
    path: str | os.PathLike | None = "explorer.html",
) -> Page:
    """Write a page in which a click on a start shows the exact path, the predicted tube and sampled runs.

    The page is one file that needs nothing: no server, no network, no Python. It computes with what JAX
    exports of ``game`` and ``rules``, translated to JavaScript in float64.

    Args:
        game: any game. Of a ``Game`` the page also draws densities, the tube of ``predict`` and runs of
            ``simulate`` (the same key gives the same runs); of a ``FunctionGame`` paths and portrait.
        players: where the page starts.
        rules: the update rules to choose from, named by their class or by the mapping (default: simultaneous
            steps of 0.1). Their numbers can be changed in the page. A rule that cannot be translated is shown
            there with the reason.
        box: {name: (low, high)} of the parameters that can be the axes, two at least (default: the first of
            each player, 3 to either side).
        free: the parameters that move (default: those of the box); the page can change it.
        steps: steps of a path; samples: the most points of a sample.
        title: of the page.
        path: the file; None writes none.

    Returns:
        A ``Page``; in a notebook it shows itself.

    Every function is compared with JAX at 200 points inside the box: a relative difference above 1e-11 is an
    error. The comparison needs Node.js on this machine; without it there is a UserWarning. The page always
    carries a few of JAX's values and compares itself again where it is opened, since a reader's browser may
    compute otherwise, and says so if it does.

    Raises:
        ValueError: what is no game, rule or players; JAX computes in float32; an unknown name or bounds that
            are not low < high in ``box``; a game whose cost or field cannot be translated (naming the
            operation); a function that differs from JAX.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> page = lsgan.explore(
    ...     game, players, rules=lsgan.Simultaneous(step=0.4), box={"b": (-4, 2), "h": (-2.1, 3.1)}
    ... )  # doctest: +SKIP
    """
    players = checked_start(players)
    checked_game(game)
    chosen = _box(players, box)
    scene = Scene(
        title=title,
        game=game,
        players=players,
        rules=_rules(rules),
        box=chosen,
        free=tuple(chosen) if free is None else tuple(free),
        steps=checked_int(steps, "steps"),
        samples=checked_int(samples, "samples"),
    )
    indices(players, scene.free)
    return build((scene,), title, path)


def _rules(
    rules: AbstractRule | Sequence[AbstractRule] | Mapping[str, AbstractRule] | None,
) -> dict[str, AbstractRule]:
    if rules is None:
        rules = Simultaneous(step=0.1)
    if isinstance(rules, Mapping):
        return {str(name): checked_rule(rule) for name, rule in rules.items()}
    every = list(rules) if isinstance(rules, Sequence) else [rules]
    named: dict[str, AbstractRule] = {}
    for rule in every:
        name = type(checked_rule(rule)).__name__
        same = sum(each.split(" ")[0] == name for each in named)
        named[f"{name} {same + 1}" if same else name] = rule
    if not named:
        raise ValueError("rules: expected at least one rule, got none")
    return named


def _box(players: Players, box: Box | None) -> dict[str, tuple[float, float]]:
    names = parameter_names(players)
    if box is None:
        theta = np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(players)])
        places = (0, sum(np.size(leaf) for leaf in jax.tree.leaves(players.disc)))
        if len(names) < 2 or places[1] >= len(names):
            raise ValueError(f"players: expected a parameter of each player to draw, got {names}")
        return {names[k]: (float(theta[k]) - 3, float(theta[k]) + 3) for k in places}
    if not isinstance(box, Mapping) or len(box) < 2:
        raise ValueError(f"box: expected {{name: (low, high)}} for two parameters or more, got {box!r}")
    indices(players, tuple(box), "box")
    for name, (low, high) in box.items():
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"box: expected low < high for {name}, got {(low, high)}")
    return {name: (float(low), float(high)) for name, (low, high) in box.items()}


def build(scenes: Sequence[Scene], title: str, path: str | os.PathLike | None) -> Page:
    """The page of several games."""
    translator = Translator()

    def why_not(name: str, traced: Traced) -> str | None:
        try:
            translator.add(name, traced)
        except UnsupportedOperationError as error:
            return str(error)
        return None

    parts = [compiled(scene, f"s{k}", why_not, _COMPARED) for k, scene in enumerate(scenes)]
    functions = {name: traced for part in parts for name, traced in part.functions.items()}
    script = translator.script()
    compared = _compared(script, functions, parts)
    text = _written(script, parts, title, _carried(functions, parts))
    if path is not None:
        write_whole(path, lambda file: file.write(text.encode()))
    return Page(text, None if path is None else Path(path), compared)


def _compared(script: Script, functions: Mapping[str, Traced], parts: Sequence[Compiled]) -> dict[str, float]:
    """The largest difference of every function; ValueError for one above the tolerance."""
    if node() is None:
        warnings.warn(
            "the page was not compared with JAX: that needs Node.js on this machine. The page compares "
            "itself with a few values where it is opened",
            stacklevel=4,
        )
        return {}
    inputs = {name: rows for part in parts for name, rows in part.inputs.items()}
    ours, found = evaluated_by_node(script, inputs), {}
    for name, traced in functions.items():
        off = differences(ours[name], evaluated_by_jax(traced, inputs[name]))
        found[name] = float(off.max())
        if not found[name] <= TOLERANCE:
            worst = int(np.argmax(off))
            raise ValueError(
                f"game: expected JavaScript and JAX to agree within {TOLERANCE:g}; {name} differs by "
                f"{off[worst]:.2g} at {[np.asarray(x).tolist() for x in inputs[name][worst]]}"[:2000]
            )
    return found


def _carried(functions: Mapping[str, Traced], parts: Sequence[Compiled]) -> list[dict]:
    """A few inputs and JAX's values, for the page to compare itself with."""
    every = []
    for part in parts:
        for name, rows in part.inputs.items():
            if name.rsplit(".", 1)[1] not in ("cost", "look", "step", "fold"):
                continue
            few = rows[:_CARRIED]
            values = evaluated_by_jax(functions[name], few)
            kinds = [
                [
                    (
                        "u"
                        if np.asarray(x).dtype == np.uint32
                        else "i"
                        if np.asarray(x).dtype == np.int32
                        else "f"
                    )
                    if np.ndim(x)
                    else "",
                    np.asarray(x).tolist(),
                ]
                for row in few
                for x in row
            ]
            width = len(few[0])
            every.append(
                {
                    "name": name,
                    "given": [kinds[k * width : (k + 1) * width] for k in range(len(few))],
                    "values": [[v.tolist() for v in row] for row in values],
                }
            )
    return every


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
    shared = "\n".join([constants, *(_file(f"{name}.js") for name in _SCRIPTS), script.text])
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


PAGE_SCRIPTS = ("state", "svg", "plane", "panels", "density", "controls", "output", "main")


def _json(value: object) -> str:
    """For a script: numbers that JSON lacks are null, and no text ends the script."""
    return json.dumps(_plain(value), allow_nan=False, ensure_ascii=False).replace("</", "<\\/")


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
