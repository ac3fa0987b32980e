"""One game of a page: what it computes, as functions for the translator and as data for the page."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._types import Players
from ..game import AbstractGame, Game
from ..parameters import dtype_of, parameter_names
from ..trajectory import checked_start
from ..updates.base import AbstractRule
from ._source import source
from ._stablehlo import UnsupportedOperationError
from ._subject import fold, Played, Subject
from .translate import Traced

Box = Mapping[str, tuple[float, float]]
WhyNot = Callable[[str, Traced], str | None]
Add = Callable[[str, Traced, list[tuple]], str | None]
POINTS = 161  # of the curves of D and of the densities


@dataclasses.dataclass(frozen=True)
class Preset:
    """A picture with a name.

    Attributes:
        title: what the list shows.
        state: as ``window.explorer.set`` takes it.
        predict: what the reader is asked before the picture moves; reveal: what it shows.
    """

    title: str
    state: dict[str, Any]
    predict: str = ""
    reveal: str = ""


@dataclasses.dataclass(frozen=True)
class Scene:
    """One game and what is shown of it; see :func:`lsgan_analytic.explore` for the arguments."""

    title: str
    game: AbstractGame
    players: Players
    rules: Mapping[str, AbstractRule]
    box: Box
    free: Sequence[str]
    steps: int = 249
    samples: int = 1000
    presets: Sequence[Preset] = ()


@dataclasses.dataclass
class Compiled:
    """A scene's functions and its entry in the page."""

    functions: dict[str, Traced]
    inputs: dict[str, list[tuple]]
    entry: dict[str, Any]


def compiled(scene: Scene, identity: str, why_not: WhyNot, count: int) -> Compiled:
    """``why_not(name, traced)`` translates a function, or says why it cannot go into the page."""
    subject = Subject(scene.game, checked_start(scene.players))
    if dtype_of(scene.players) != np.dtype("float64"):
        raise ValueError(f"players: expected parameters in float64, got {dtype_of(scene.players)}")
    drawn = _Inputs(scene, subject, count)
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
    curves, sampling = _laws(scene, subject, drawn, add)
    rules = [
        _rule(f"r{k}", title, rule, drawn, add, sampling)
        for k, (title, rule) in enumerate(scene.rules.items())
    ]
    made.entry = _entry(scene, subject, identity, rules, curves, sampling, drawn.span)
    made.entry["jacobian"] = f"{identity}.jacobian" in made.functions
    return made


def _laws(scene: Scene, subject: Subject, drawn: "_Inputs", add: Add) -> tuple[str | None, str | None]:
    """Why densities cannot be drawn, and why there are no samples; None where they can."""
    if not isinstance(scene.game, Game):
        missing = "the game is given as functions: it has no laws"
        return missing, missing
    key = np.zeros(2, np.uint32)
    add("fold", Traced(fold, (key, np.uint32(0))), drawn.keys(lambda k: np.uint32(k)))
    sampling = add(
        "draw",
        Traced(lambda own, numbers: subject.draw(own, numbers, scene.samples), (key, subject.numbers)),
        [(own, numbers) for (own, _), (_, numbers) in zip(drawn.keys(int), drawn.points(), strict=True)],
    )
    sampling = sampling or drawn.prefix_broken()
    if scene.game.data.dim != 1:
        return "the data have two dimensions", sampling
    x = np.linspace(*drawn.span, POINTS)
    rows = [(*row, x) for row in drawn.points()]
    try:
        return add("curves", Traced(subject.curves, (subject.theta, subject.numbers, x)), rows), sampling
    except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
        return f"a law has no density: {error}", sampling


def _rule(
    identity: str, title: str, rule: AbstractRule, drawn: "_Inputs", add: Add, sampling: str | None
) -> dict[str, Any]:
    """A rule's entry in the page, with the reasons for what it cannot do there."""
    entry = {"id": identity, "title": title, "counters": [], "values": [], "settings": []}
    entry |= {"python": source(rule), "reason": None, "tube": sampling, "cloud": sampling}
    try:
        played = Played(drawn.subject, rule)
    except UnsupportedOperationError as error:
        return entry | dict.fromkeys(("reason", "tube", "cloud"), str(error))
    entry["counters"], entry["values"] = played.counters.tolist(), np.asarray(played.numbers).tolist()
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
    scene: Scene,
    subject: Subject,
    identity: str,
    rules: list[dict],
    curves: str | None,
    sampling: str | None,
    span: tuple[float, float],
) -> dict[str, Any]:
    players = [
        source(part, owner) for owner, part in (("disc", scene.players.disc), ("gen", scene.players.gen))
    ]
    owners = [
        jax.tree_util.keystr(path, simple=True, separator=".")
        for path, _ in jax.tree_util.tree_leaves_with_path(scene.players)
    ]
    return {
        "id": identity,
        "title": scene.title,
        "names": list(subject.names),
        "owners": owners,
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
        "curves": curves,
        "sampling": sampling,
        "probability": _bounded(scene),
        "python": {"game": source(scene.game), "disc": players[0], "gen": players[1]},
        "presets": [dataclasses.asdict(preset) for preset in scene.presets],
    }


def _bounded(scene: Scene) -> bool:
    """Whether D(x) is a probability."""
    from ..discriminators.base import AbstractProbability

    return isinstance(scene.players.disc, AbstractProbability)


class _Inputs:
    """Where functions are compared: inside the box, other numbers near their own values; a fixed seed."""

    def __init__(self, scene: Scene, subject: Subject, count: int):
        self.scene, self.subject, self.count = scene, subject, count
        self.random = np.random.default_rng(2021)
        self.names = parameter_names(scene.players)
        low, high = (
            np.asarray(subject.theta) + sign * (0.1 + 0.2 * np.abs(np.asarray(subject.theta)))
            for sign in (-1, 1)
        )
        for name, (least, most) in scene.box.items():
            low[self.names.index(name)], high[self.names.index(name)] = least, most
        self.low, self.high = low, high
        self._points = [
            (self.random.uniform(low, high), self._near(np.asarray(subject.numbers))) for _ in range(count)
        ]
        self.samples: list[tuple[np.ndarray, np.ndarray]] = []
        self.span = self._span()

    def _near(self, values: np.ndarray) -> np.ndarray:
        return values * self.random.uniform(0.8, 1.25, values.shape)

    def points(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return self._points

    def keys(self, second: Any) -> list[tuple]:
        words = self.random.integers(0, 2**32, (self.count, 2), dtype=np.uint32)
        return [(own, second(k)) for k, own in enumerate(words)]

    def steps(self, played: Played) -> list[tuple]:
        """Inputs of a step: states not of the start alone, some parameters held."""
        extra = np.asarray(played.vector).size - np.asarray(self.subject.theta).size
        rows = []
        for theta, numbers in self._points:
            moves = (self.random.random(theta.size) < 0.7).astype(float)
            moves[self.random.integers(theta.size)] = 1.0
            own = np.concatenate([theta, 0.1 * np.abs(self.random.normal(size=extra))])
            counters = played.counters + self.random.integers(0, 5, played.counters.shape).astype(np.int32)
            rows.append((own, counters, moves, numbers, self._near(np.asarray(played.numbers))))
        return rows

    def sample(self, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points and how many of them count."""
        x, z = self.samples[k % len(self.samples)]
        return x, z, np.asarray(float(max(1, x.shape[0] // (1 + k % 3))))

    def _span(self) -> tuple[float, float]:
        """Where the densities are drawn: the data, and what is generated in the box."""
        game = self.scene.game
        if not isinstance(game, Game):
            return 0.0, 1.0
        key = np.asarray(jax.random.key_data(jax.random.key(0)))
        count = self.scene.samples
        for k in range(3):
            own = np.asarray(fold(jnp.asarray(key), jnp.uint32(k)))
            pair = self.subject.draw(jnp.asarray(own), self.subject.numbers, count)
            self.samples.append((np.asarray(pair[0]), np.asarray(pair[1])))
        if game.data.dim != 1:
            return 0.0, 1.0
        x, z = self.samples[0]
        at = [np.quantile(x, [0.0, 0.98])]
        for theta in (self.low, np.asarray(self.subject.theta), self.high):
            generated = np.asarray(self.subject.players_at(jnp.asarray(theta)).gen(jnp.asarray(z)))
            at.append(np.quantile(generated, [0.0, 0.98]))
        low, high = float(np.min(at)), float(np.max(at))
        margin = 0.05 * (high - low) or 1.0
        return low - margin, high + margin

    def prefix_broken(self) -> str | None:
        """Whether the first m of many draws are the draws of m, as the page takes them."""
        key, many = jax.random.key_data(jax.random.key(7)), self.scene.samples
        few = max(1, many // 7)
        long, short = (self.subject.draw(key, self.subject.numbers, count) for count in (many, few))
        same = all(bool(jnp.all(a[:few] == b)) for a, b in zip(long, short, strict=True))
        return None if same else "the law's samples of different sizes do not begin alike"
