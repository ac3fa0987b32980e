"""Averages of the players along a run."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import checked_float
from .._types import Players
from ..game import AbstractGame
from ._step_sizes import Count
from .base import AbstractRule, advance, checked_rule

State = tuple[Count, Players, Any]


class Averaged(AbstractRule):
    """The average of the players that another rule makes; that rule plays on undisturbed.

    With theta_0, theta_1, ... the points of the inner rule, the players of a path are

        decay None:  (theta_0 + ... + theta_k)/(k + 1),
        decay:       m_k = decay m_{k-1} + (1 - decay) theta_k,  m_0 = theta_0.

    So what is plotted, judged and compared is the average; the inner players are in the rule's state. A run
    stops when its *average* is no longer valid. Yazici et al., "The unusual effectiveness of averaging in GAN
    training", ICLR 2019.

    Args:
        rule: the inner rule.
        decay: None for the uniform average, or a number in [0, 1); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Averaged(lsgan.Simultaneous(step=0.5))
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.75, 1.25)
    """

    rule: AbstractRule
    decay: float | None = eqx.field(static=True)

    def __init__(self, rule: AbstractRule, decay: float | None = None):
        self.rule = checked_rule(rule)
        self.decay = None if decay is None else checked_float(decay, "decay", 0, 1)
        if self.decay == 1:
            raise ValueError(f"decay: expected a number in [0, 1), got {decay!r}")

    def init(self, players: Players) -> State:
        """How many points were averaged after the start, the inner players, the inner state."""
        return jnp.zeros((), jnp.int32), players, self.rule.init(players)

    def step(self, game: AbstractGame, players: Players, state: State) -> tuple[Players, State]:
        k, inner, inner_state = state
        moved, inner_state = advance(game, self.rule, inner, inner_state)

        def mixed(mean: Array, new: Array) -> Array:
            share = 1 / (k + 2).astype(mean.dtype) if self.decay is None else 1 - self.decay
            return mean + share * (new - mean)

        return jax.tree.map(mixed, players, moved), (k + 1, moved, inner_state)

    def check(self, steps: int) -> None:
        self.rule.check(steps)
