"""Optimistic gradient play."""

import jax
import jax.numpy as jnp

from .._types import Flag, Players
from ..game import AbstractGame, field
from ..parameters import dtype_of
from ._step_sizes import Count, next_count, Step, StepSizes
from .base import AbstractRule, apply_updates, zeros

State = tuple[Count | None, Flag, Players]


class Optimistic(AbstractRule):
    """theta_{k+1} = theta_k + step (2 field(theta_k) - field(theta_{k-1})).

    The first step is a simultaneous one; each step takes one gradient. Daskalakis et al., "Training GANs with
    optimism", ICLR 2018. On the bilinear game sigma x y it is stable iff step sigma < 1/sqrt(3).

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Optimistic(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 1.5)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def init(self, players: Players) -> State:
        """The step number, whether it is the first step, and the field before."""
        return self.step_sizes.start(), jnp.asarray(True), zeros(players)

    def step(self, game: AbstractGame, players: Players, state: State) -> tuple[Players, State]:
        k, first, before = state
        now = field(game, players)
        direction = jax.tree.map(lambda v, past: 2 * v - jnp.where(first, v, past), now, before)
        moved = apply_updates(players, self.step_sizes(k, dtype_of(players)), direction)
        return moved, (next_count(k), jnp.asarray(False), now)

    def check(self, steps: int) -> None:
        self.step_sizes.check(steps)
