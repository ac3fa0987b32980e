"""One game of a page: what it computes, as functions for the translator and as data for the page."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..game import Game
from ..parameters import dtype_of
from ..updates.base import AbstractRule
from ._inputs import Inputs
from ._scenes import CheckedScene
from ._source import source
from ._stablehlo import UnsupportedOperationError
from ._subject import entry_names, fold, Played, Subject
from .translate import Traced

WhyNot = Callable[[str, Traced], str | None]
Add = Callable[[str, Traced, list[tuple]], str | None]
POINTS = 161  # of the curves of D and of the densities


@dataclasses.dataclass
class Compiled:
    """A scene's functions and its entry in the page."""

    functions: dict[str, Traced]
    inputs: dict[str, list[tuple]]
    entry: dict[str, Any]


def compiled(scene: CheckedScene, identity: str, why_not: WhyNot, count: int) -> Compiled:
    """``why_not(name, traced)`` translates a function, or says why it cannot go into the page."""
    subject = Subject(scene.game, scene.players)
    if dtype_of(scene.players) != np.dtype("float64"):
        raise ValueError(f"players: expected parameters in float64, got {dtype_of(scene.players)}")
    if subject.numbers.size and subject.numbers.dtype != np.dtype("float64"):
        raise ValueError(f"game: expected numbers in float64, got {subject.numbers.dtype}")
    drawn = Inputs(scene, subject, count)
    made = Compiled({}, {}, {})

    def add(name: str, traced: Traced, inputs: list[tuple]) -> str | None:
        """Put a function into the page; why not, if it cannot be."""
        full = f"{identity}.{name}"
        reason = why_not(full, traced)
        if reason is None:
            made.functions[full], made.inputs[full] = traced, inputs
        return reason

    for name in ("cost", "look", "jacobian"):
        reason = add(name, Traced(getattr(subject, name), (subject.theta, subject.numbers)), drawn.points())
        if reason is not None and name != "jacobian":
            raise ValueError(f"game: expected one that runs in a page; {reason}")
    lacks = _laws(scene, subject, drawn, add)
    rules = [
        _rule(f"r{k}", title, rule, drawn, add, lacks["sampling"])
        for k, (title, rule) in enumerate(scene.rules.items())
    ]
    made.entry = _entry(scene, subject, identity, rules, lacks, drawn.span)
    made.entry["jacobian"] = f"{identity}.jacobian" in made.functions
    return made


def _laws(scene: CheckedScene, subject: Subject, drawn: Inputs, add: Add) -> dict[str, str | None]:
    """Why there are no densities ("curves"), no W1 ("distance"), no samples ("sampling"); None: there are."""
    if not isinstance(scene.game, Game):
        return dict.fromkeys(
            ("curves", "distance", "sampling"), "the game is given as functions: it has no laws"
        )
    x = np.linspace(*drawn.span, POINTS)
    rows = [(*row, x) for row in drawn.points()]
    curves = Traced(subject.curves, (subject.theta, subject.numbers, x))
    distance = Traced(subject.distance, (subject.theta, subject.numbers))
    shown = {
        "curves": _of_line(scene.game, "curves", curves, rows, add),
        "distance": _of_line(scene.game, "distance", distance, drawn.points(), add),
    }
    return shown | {"sampling": _sampling(scene.game, subject, drawn, add)}


def _of_line(game: Game, name: str, traced: Traced, rows: list[tuple], add: Add) -> str | None:
    """A function of laws on the line, where they have it."""
    if game.data.dim != 1:
        return "the data have two dimensions"
    try:
        return add(name, traced, rows)
    except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
        return f"a law lacks what it needs: {error}"


def _sampling(game: Game, subject: Subject, drawn: Inputs, add: Add) -> str | None:
    if all(law.is_sample and law.nodes()[0].shape[0] == 1 for law in (game.data, game.latent)):
        return "data and latent are one point each: every sample is the law itself"
    key = np.zeros(2, np.uint32)
    add("fold", Traced(fold, (key, np.uint32(0))), drawn.keys(lambda k: np.uint32(k)))
    refused = add(
        "draw",
        Traced(lambda key, numbers: subject.draw(key, numbers, drawn.scene.samples), (key, subject.numbers)),
        [(key, numbers) for (key, _), (_, numbers) in zip(drawn.keys(int), drawn.points(), strict=True)],
    )
    return refused or drawn.prefix_broken()


def _rule(
    identity: str, title: str, rule: AbstractRule, drawn: Inputs, add: Add, sampling: str | None
) -> dict[str, Any]:
    """A rule's entry in the page, with the reasons for what it cannot do there."""
    entry = {"id": identity, "title": title, "counters": [], "values": [], "settings": [], "number_names": []}
    entry |= {"python": source(rule), "reason": None, "tube": sampling, "cloud": sampling}
    try:
        played = Played(drawn.subject, rule)
    except UnsupportedOperationError as error:
        return entry | dict.fromkeys(("reason", "tube", "cloud"), str(error))
    entry["counters"], entry["values"] = played.counters.tolist(), np.asarray(played.numbers).tolist()
    entry["number_names"] = entry_names(rule)
    entry["settings"] = _scalars(played.numbers, played.number_names)
    subject, moves, steps = drawn.subject, np.ones(drawn.subject.theta.size), drawn.steps(played)
    given = (played.vector, played.counters, moves, subject.numbers, played.numbers)
    starts = [row[:1] for row in drawn.points()]
    reason = add(f"{identity}.start", Traced(played.start, (subject.theta,)), starts)
    reason = reason or add(f"{identity}.step", Traced(played.step, given), steps)
    if reason is not None:
        return entry | dict.fromkeys(("reason", "tube", "cloud"), reason)
    if sampling is None:
        entry["tube"] = add(f"{identity}.influence", Traced(played.influence, given), steps)
        points = (*drawn.samples[0], jnp.asarray(1.0))
        every = [(*row, *drawn.sample(k)) for k, row in enumerate(steps)]
        entry["cloud"] = add(f"{identity}.sampled", Traced(played.on_sample, (*given, *points)), every)
    return entry


def _scalars(values: Any, names: list[tuple[str, tuple[int, ...]]]) -> list[dict[str, Any]]:
    """Of the leaves that are single numbers: name, place in the vector, value."""
    starts = np.cumsum([0, *(int(np.prod(shape)) for _, shape in names)])
    return [
        {"name": name, "index": int(start), "value": float(values[start])}
        for (name, shape), start in zip(names, starts, strict=False)
        if shape == ()
    ]


def _entry(
    scene: CheckedScene,
    subject: Subject,
    identity: str,
    rules: list[dict],
    lacks: dict[str, str | None],
    span: tuple[float, float],
) -> dict[str, Any]:
    players = [
        source(part, owner) for owner, part in (("disc", scene.players.disc), ("gen", scene.players.gen))
    ]
    return {
        "id": identity,
        **dict(zip(("title", "loss", "regularizer"), scene.key, strict=True)),
        "names": list(subject.names),
        "owners": entry_names(scene.players),
        "number_names": entry_names(scene.game),
        "theta": np.asarray(subject.theta).tolist(),
        "numbers": _scalars(subject.numbers, subject.number_names),
        "values": np.asarray(subject.numbers).tolist(),
        "box": {name: [float(low), float(high)] for name, (low, high) in scene.box.items()},
        "free": list(scene.free),
        "steps": scene.steps,
        "samples": scene.samples,
        "span": list(span),
        "points": POINTS,
        "rules": rules,
        **lacks,
        "atoms": subject.atoms() if lacks["curves"] is None else [False, False],
        "probability": _bounded(scene),
        "python": {"game": source(scene.game), "disc": players[0], "gen": players[1]},
        "presets": [dataclasses.asdict(preset) for preset in scene.presets],
    }


def _bounded(scene: CheckedScene) -> bool:
    """Whether D(x) is a probability."""
    from ..discriminators.base import AbstractProbability

    return isinstance(scene.players.disc, AbstractProbability)
