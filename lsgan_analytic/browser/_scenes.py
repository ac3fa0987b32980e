"""What a page shows of a game: scenes and presets, and the checks of their parts."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame, checked_game, Game
from ..parameters import indices, parameter_names
from ..trajectory import checked_start
from ..updates.base import AbstractRule, checked_rule
from ..updates.simultaneous import Simultaneous

Box = Mapping[str, tuple[float, float]]
_STATE = (
    *("shown", "free", "numbers", "start", "rule", "step", "settings", "steps", "samples", "runs", "key"),
    *("at", "protocol", "background", "tube", "cloud", "active", "paths"),
)


@dataclasses.dataclass(frozen=True)
class Preset:
    """A picture with a name.

    Attributes:
        title: what the list shows.
        state: what differs from the start of the scene, as ``window.explorer.set`` takes it: ``start``
            ({name: number}), ``numbers`` of the game ({"data.rate": 0.75}), ``rule`` (its name), ``step`` (a
            number or a pair), ``settings`` of the rule, ``free``, ``shown`` (two names), ``steps``,
            ``samples``, ``runs``, ``key``, ``protocol``, ``tube``, ``cloud``, ``background``, or several
            ``paths``, each with its own ``start``, ``rule`` and ``step``.
        predict: what the reader is asked before the picture moves; reveal: what it shows.
    """

    title: str
    state: dict[str, Any]
    predict: str = ""
    reveal: str = ""


@dataclasses.dataclass(frozen=True)
class Scene:
    """One game and what is shown of it; see :func:`lsgan_analytic.explore` for the arguments.

    ``title`` is what the list of games shows; ``presets`` are pictures of this game with a name. Scenes of
    one title are one game under several losses and regularisers, which the page offers as controls:
    ``loss`` and ``regularizer`` are their names there (default: those of the game's own).
    """

    title: str
    game: AbstractGame
    players: Players
    rules: AbstractRule | Sequence[AbstractRule] | Mapping[str, AbstractRule] | None = None
    box: Box | None = None
    free: Sequence[str] | None = None
    steps: int = 249
    samples: int = 1000
    presets: Sequence[Preset] = ()
    loss: str | None = None
    regularizer: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the other scenes of a page: title, loss and regulariser."""
        game = self.game
        loss = type(game.loss).__name__ if isinstance(game, Game) else ""
        parts = game.regularizers if isinstance(game, Game) else ()
        regularizer = " + ".join(type(part).__name__ for part in parts)
        return self.title, self.loss or loss, self.regularizer or regularizer


@dataclasses.dataclass(frozen=True)
class CheckedScene(Scene):
    """A scene with its parts as the page needs them."""

    rules: Mapping[str, AbstractRule] = dataclasses.field(default_factory=dict)
    box: Box = dataclasses.field(default_factory=dict)
    free: tuple[str, ...] = ()


def checked_scene(scene: Scene) -> CheckedScene:
    """The scene with its parts as the page needs them; ValueError names what is wrong."""
    if not isinstance(scene, Scene):
        raise ValueError(f"scenes: expected scenes, got {scene!r}")
    players = checked_start(scene.players)
    box = checked_box(players, scene.box)
    made = CheckedScene(
        title=scene.title,
        game=checked_game(scene.game),
        players=players,
        rules=checked_rules(scene.rules),
        box=box,
        free=tuple(box) if scene.free is None else tuple(scene.free),
        steps=checked_int(scene.steps, "steps"),
        samples=checked_int(scene.samples, "samples"),
        presets=tuple(scene.presets),
        loss=scene.loss,
        regularizer=scene.regularizer,
    )
    indices(players, made.free)
    for preset in made.presets:
        _check_preset(preset, made)
    return made


def _check_preset(preset: Preset, scene: CheckedScene) -> None:
    if not isinstance(preset, Preset):
        raise ValueError(f"presets: expected presets, got {preset!r}")
    names = parameter_names(scene.players)
    allowed = {"start": names, "free": names, "shown": tuple(scene.box)}
    if not {*preset.state} <= {*_STATE}:
        raise ValueError(f"presets: {preset.title}: expected names out of {_STATE}, got {[*preset.state]}")
    for key, known in allowed.items():
        if not {*(preset.state.get(key) or ())} <= {*known}:
            raise ValueError(
                f"presets: {preset.title}: {key}: expected names out of {known}, got {preset.state[key]!r}"
            )
    for settings in (preset.state, *preset.state.get("paths", ())):
        if settings.get("rule", next(iter(scene.rules))) not in scene.rules:
            raise ValueError(
                f"presets: {preset.title}: rule: expected one of {[*scene.rules]}, got {settings['rule']!r}"
            )


def checked_rules(
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


def checked_box(players: Players, box: Box | None) -> dict[str, tuple[float, float]]:
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
