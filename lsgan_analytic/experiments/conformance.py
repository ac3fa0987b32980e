"""Published rules and penalties against the numbers of their authors' released code.

``_peers.json`` holds what that code computes, with its origin: numbers only, after some steps of every run.
Here the same games are played from the same starts, and what differs is given a reason.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan
from lsgan_analytic.restriction import restrict

from ._captions import listed, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RECORDED = json.loads(Path(__file__).with_name("_peers.json").read_text(encoding="utf-8"))
DIRAC, BILINEAR, RIDGE = RECORDED
#: largest difference, relative to max(1, |value|), that is rounding: some runs grow 10^47-fold in 1000 steps
AGREE = 1e-11
#: (peer, row) -> why its numbers are others
REASONS = {
    (DIRAC, "GAN_consensus"): "the peer's gradient of |v|²/2 has a stray factor 1/2",
    (BILINEAR, "Adam"): "the cell has no bias correction: it is RMSProp",
    (BILINEAR, "Extragradient"): "the cell does not project the extrapolated point",
}


class Played(NamedTuple):
    """Ours of a peer's run: the game, the rule, the start, and what the peer's two numbers are of ours."""

    game: lsgan.AbstractGame
    rule: lsgan.AbstractRule
    players: lsgan.Players
    shown: Callable[[lsgan.Players], tuple[Any, Any]]
    free: tuple[str, ...] | None = None
    past: bool = False  # whether the rule's memory begins with the field at the start


def _dirac(name: str) -> Played:
    """psi of the notebook is -w: its discriminator sees the fake with the sign of the real."""
    field, order = name.split("/")
    loss, parts = {
        "GAN": (lsgan.Minimax(), ()),
        "NSGAN": (lsgan.NonSaturating(), ()),
        "WGAN_clip": (lsgan.Wasserstein(), (lsgan.Clip(0.3),)),
        "WGAN_GP": (lsgan.Wasserstein(), (lsgan.GradientPenalty(0.5, 0.3),)),
        "GAN_R1": (lsgan.Minimax(), (lsgan.R1(0.3),)),
        "NSGAN_R1": (lsgan.NonSaturating(), (lsgan.R1(0.3),)),
        "GAN_consensus": (lsgan.Minimax(), ()),
    }[field]
    rules = {
        "simultaneous": lsgan.Simultaneous(0.1),
        "alternating": lsgan.Alternating(0.1, order="gen"),
        "alternating5": lsgan.Alternating(0.1, disc_steps=5, order="gen"),
    }
    rule = lsgan.Consensus(0.1, strength=1.0) if field == "GAN_consensus" else rules[order]
    players = lsgan.Players(lsgan.Linear(w=-0.2 if field == "WGAN_clip" else -1.0), lsgan.Shift(1.0))
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, loss, parts)
    return Played(game, rule, players, lambda own: (own.gen.shift, -own.disc.w), ("w", "shift"))


def _bilinear(name: str) -> Played:
    """theta phi with phi = -w clipped to [-1, 1]."""
    start, method = name.split("/")
    x, y = (2.0, 0.5) if start == "start (2, 0.5)" else (0.3, 0.2)
    both = {
        "Gradient Descent with momentum": optax.sgd(0.1, momentum=0.1),
        "Gradient Descent with negative momentum": optax.sgd(0.1, momentum=-0.1),
        "Adam": optax.adam(0.01, b1=0.0, b2=0.99),
        "RMSProp": optax.rmsprop(0.01, decay=0.99, eps=1e-8, eps_in_sqrt=False),
    }
    rules = {
        "Simultaneous Gradient Descent": lsgan.Simultaneous(0.1),
        "Alternating Gradient Descent": lsgan.Alternating(0.1),
        "Gradient Descent with Averaging": lsgan.Averaged(
            lsgan.Simultaneous(lambda k: 2.0 / jnp.sqrt(k + 1))
        ),
        "New Extragradient": lsgan.PastExtragradient(0.5),
        "Extragradient": lsgan.Extragradient(0.6),
    } | {key: lsgan.PerPlayer(one, one) for key, one in both.items()}
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, lsgan.Wasserstein(), (lsgan.Clip(1.0),))
    players = lsgan.Players(lsgan.Linear(w=-y), lsgan.Shift(x))
    shown = lambda own: (own.gen.shift, -own.disc.w)  # noqa: E731
    return Played(game, rules[method], players, shown, ("w", "shift"), method == "New Extragradient")


def _ridge(name: str) -> Played:
    """Three functions of (x, y), of which G descends x and D ascends y."""
    which, method = name.split("/")
    functions = {
        "f1": lambda y, x: -3 * x * x - y * y + 4 * x * y,
        "f2": lambda y, x: 3 * x * x + y * y + 4 * x * y,
        "f3": lambda y, x: (
            (0.4 * x**2 - 0.1 * (y - 3 * x + 0.05 * x**3) ** 2 - 0.01 * y**4) * jnp.exp(-0.01 * (x**2 + y**2))
        ),
    }
    x, y = {"f1": (5.0, 7.0), "f2": (6.0, 5.0), "f3": (7.0, 5.0)}[which]
    rule = {
        "follow the ridge": lsgan.FollowRidge(0.05),
        "gradient descent-ascent": lsgan.Simultaneous(0.05),
        "optimistic": lsgan.Optimistic(0.05),
        "extragradient": lsgan.Extragradient(0.05),
        "consensus": lsgan.Consensus(0.05, strength=0.1),
        "symplectic": lsgan.SymplecticAdjustment(0.01, strength=1.0, align=False),
    }[method]
    players = lsgan.Players(disc=jnp.asarray(y), gen=jnp.asarray(x))
    return Played(lsgan.FunctionGame(functions[which]), rule, players, lambda own: (own.gen, own.disc))


OURS = {DIRAC: _dirac, BILINEAR: _bilinear, RIDGE: _ridge}


def played(peer: str, name: str, steps: list[int]) -> np.ndarray:
    """(len(steps), 2), ours after so many steps of the run, in the peer's numbers."""
    own = OURS[peer](name)
    part = restrict(own.game, own.players, own.free)

    @partial(jax.jit, static_argnums=1)
    def path(players: lsgan.Players, count: int) -> jax.Array:
        state = own.rule.init(players)
        if own.past:
            state = (None, lsgan.field(part, players))

        def once(now: tuple[Any, Any], _: None) -> tuple[tuple[Any, Any], jax.Array]:
            now = lsgan.advance(part, own.rule, *now)
            return now, jnp.stack(own.shown(part.whole(now[0])))

        return jax.lax.scan(once, (players, state), length=count)[1]

    with jax.numpy_dtype_promotion("standard"):
        return np.asarray(path(part.reduce(part.players), max(steps)))[np.asarray(steps) - 1]


def difference(peer: str, name: str) -> float:
    """The largest difference, relative to max(1, |recorded value|)."""
    run = RECORDED[peer]["runs"][name]
    values = np.asarray(run["values"])
    return float(np.max(np.abs(played(peer, name, run["steps"]) - values) / np.maximum(1, np.abs(values))))


def row_of(peer: str, name: str) -> str:
    """The row of the figure: what is checked, without the start or the function."""
    first, last = name.split("/")
    return first if peer == DIRAC else last


@dataclass(frozen=True)
class Config:
    """The recorded runs of at most ``runs`` names a peer."""

    runs: int = 1000

    def quick(self) -> Self:
        return type(self)(runs=2)


def compute(config: Config) -> Arrays:
    """Of every recorded run its peer, its name and its largest difference."""
    every = [(peer, name) for peer in RECORDED for name in list(RECORDED[peer]["runs"])[: config.runs]]
    return {
        "peer": np.asarray([peer for peer, _ in every]),
        "name": np.asarray([name for _, name in every]),
        "difference": np.asarray([difference(*one) for one in every]),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for every rule or penalty of a peer, a dot for every run."""
    from matplotlib.figure import Figure

    rows = list(dict.fromkeys(zip(data["peer"], _rows(data), strict=True)))
    peers = list(dict.fromkeys(data["peer"]))
    place = {row: -(i + 1.2 * peers.index(row[0])) for i, row in enumerate(rows)}
    figure = Figure(figsize=(DOUBLE, 4.6), layout="constrained")
    axes = figure.subplots()
    shown = np.maximum(data["difference"], 1e-17)
    for peer, row, value in zip(data["peer"], _rows(data), shown, strict=True):
        color = BLUE if value <= AGREE else VERMILION
        axes.plot(value, place[peer, row], "o", color=color, markersize=4, markeredgewidth=0)
    for row in rows:
        found = shown[[one == row for one in zip(data["peer"], _rows(data), strict=True)]]
        if max(found) > AGREE and row in REASONS:
            axes.text(
                min(found[found > AGREE]) / 2.5,
                place[row],
                REASONS[row],
                ha="right",
                va="center",
                fontsize=7,
                color=BLACK,
            )
    for peer in peers:
        top = max(place[row] for row in rows if row[0] == peer)
        axes.text(6e-18, top + 0.95, peer, fontsize=7, fontweight="bold", va="center")
    axes.axvline(AGREE, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_yticks(list(place.values()), [label(row) for _, row in rows], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set(xscale="log", xlim=(4e-18, 10), ylim=(min(place.values()) - 0.8, 1.6))
    axes.set_xlabel(r"largest difference, relative to max(1, $|$recorded value$|$)")
    return figure


def _rows(data: Arrays) -> list[str]:
    return [row_of(str(peer), str(name)) for peer, name in zip(data["peer"], data["name"], strict=True)]


def label(row: str) -> str:
    """As it is written in the figure."""
    words = row.replace("_", ", ").replace("New Extragradient", "extrapolation from the past")
    return words if words.startswith(("GAN", "NSGAN", "WGAN", "Adam")) else words.lower()


def caption(data: Arrays, config: Config) -> str:
    """How many agree, how well, and why the others do not."""
    agree = data["difference"] <= AGREE
    rows = zip(data["peer"], _rows(data), agree, strict=True)
    others = sorted({(peer, row) for peer, row, same in rows if not same})
    reasons = [f"{label(row)}: {REASONS.get((peer, row), 'no reason is known')}" for peer, row in others]
    said = f" The others: {'; '.join(reasons)}." if reasons else ""
    peers = listed([f'"{one}"' for one in dict.fromkeys(data["peer"].tolist())])
    worst = plain(data["difference"][agree].max(initial=0), 2)
    return (
        f"{len(agree)} runs of the released code of {peers}, played here on the same game from the same "
        f"start, compared after 1, 10, 100 and up to 1000 steps. {int(agree.sum())} agree to rounding (at "
        f"most {worst}; dotted line: {plain(AGREE, 1)}; a dot at 1 x 10^-17: no difference).{said}"
    )


EXPERIMENTS = (
    Experiment(
        "conformance",
        "published rules and penalties against the numbers of their authors' code",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
