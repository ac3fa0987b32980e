"""Published rules and penalties against the numbers of their authors' released code.

``_peers.json`` holds what that code computes, with its origin: numbers only, after some steps of every run.
Here the same games are played from the same starts, and what differs is given a reason.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic.restriction import restrict

from .._run import Arrays, Experiment
from ._config import Config
from ._figure import caption, plot, row_of as row_of
from ._games import OURS
from ._recorded import AGREE as AGREE, BILINEAR as BILINEAR, REASONS as REASONS, RECORDED


def played(peer: str, name: str, steps: list[int]) -> np.ndarray:
    """(len(steps), 2), ours after so many steps of the run, in the peer's numbers."""
    ours = OURS[peer](name)
    part = restrict(ours.game, ours.players, ours.free)

    @partial(jax.jit, static_argnums=1)
    def path(players: lsgan.Players, count: int) -> jax.Array:
        state = ours.rule.init(players)
        if ours.past:
            state = (None, lsgan.field(part, players))

        def once(now: tuple[Any, Any], _: None) -> tuple[tuple[Any, Any], jax.Array]:
            now = lsgan.advance(part, ours.rule, *now)
            return now, jnp.stack(ours.shown(part.whole(now[0])))

        return jax.lax.scan(once, (players, state), length=count)[1]

    with jax.numpy_dtype_promotion("standard"):
        return np.asarray(path(part.reduce(part.players), max(steps)))[np.asarray(steps) - 1]


def difference(peer: str, name: str) -> float:
    """The largest difference, relative to max(1, |recorded value|)."""
    run = RECORDED[peer]["runs"][name]
    values = np.asarray(run["values"])
    return float(np.max(np.abs(played(peer, name, run["steps"]) - values) / np.maximum(1, np.abs(values))))


def compute(config: Config) -> Arrays:
    """Of every recorded run its peer, its name and its largest difference."""
    every = [(peer, name) for peer in RECORDED for name in list(RECORDED[peer]["runs"])[: config.runs]]
    return {
        "peer": np.asarray([peer for peer, _ in every]),
        "name": np.asarray([name for _, name in every]),
        "difference": np.asarray([difference(*one) for one in every]),
    }


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
