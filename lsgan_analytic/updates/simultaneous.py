"""Simultaneous gradient play."""

from .._types import Players
from ..game import AbstractGame, field
from ._step_sizes import Step, StepSizes
from .base import AbstractDirectionRule, Sizes


class Simultaneous(AbstractDirectionRule):
    """Both players step at once: theta_{k+1} = theta_k + step * field(theta_k).

    Args:
        step: a number > 0; or an array with one size for each step; or a function of the step number
            k = 0, 1, ...; or a pair (disc, gen) of these. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> [float(s) for s in lsgan.Simultaneous(step=(0.5, 0.25)).step_sizes()]
    [0.5, 0.25]
    >>> [float(s) for s in lsgan.Simultaneous(step=(lambda k: 0.5 / (k + 1), 0.25)).step_sizes(1)]
    [0.25, 0.25]
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        return field(game, players)
