"""LOLA: learning with opponent-learning awareness."""

from typing import Any

import jax

from .._types import Players, Scalar
from ..game import AbstractGame
from ._step_sizes import Step, StepSizes
from .base import (
    AbstractMemorylessRule,
    both_stepped,
    disc_direction,
    gen_direction,
    Sizes,
    stepped,
    zeros,
)


class Lola(AbstractMemorylessRule):
    """Each player ascends what it will have when the opponent has stepped, and shapes that step.

    With O_i what player i ascends and v_j = dO_j/d theta_j its opponent's field, player i steps along
    d/d theta_i [O_i + step_j (dO_i/d theta_j) . v_j], v_j differentiated too (that is what ``LookAhead``
    leaves out). To first order in the opponent's step, as in Foerster et al., "Learning with
    opponent-learning awareness", AAMAS 2018, and Letcher et al., ICLR 2019. It need not rest at
    equilibria: in Letcher's tandem game it rests at x + y = (1 - 2 step)/(1 - 4 step), not at 1.

    Args:
        step: as for ``Simultaneous``; also the size of the opponent's step looked ahead.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Lola(step=0.5)
    >>> there, state = rule.step(game, players, rule.init(players))
    >>> round(float(there.disc.w), 6), round(float(there.gen.shift), 6)
    (0.0, 1.0)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def move(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        def for_disc(disc: Any) -> Scalar:
            here = Players(disc, players.gen)
            ahead = stepped(zeros(here.gen), sizes[1], gen_direction(game, here))
            value, gain = jax.jvp(lambda gen: game.objectives(Players(disc, gen))[0], (here.gen,), (ahead,))
            return value + gain

        def for_gen(gen: Any) -> Scalar:
            here = Players(players.disc, gen)
            ahead = stepped(zeros(here.disc), sizes[0], disc_direction(game, here))
            value, gain = jax.jvp(lambda disc: game.objectives(Players(disc, gen))[1], (here.disc,), (ahead,))
            return -(value + gain)

        direction = Players(jax.grad(for_disc)(players.disc), jax.grad(for_gen)(players.gen))
        return both_stepped(players, sizes, direction)
