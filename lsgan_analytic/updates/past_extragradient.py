"""Extrapolation from the past."""

from .._types import Players
from ..game import AbstractGame, field
from ..parameters import dtype_of
from ._step_sizes import Count, next_count, Step, StepSizes
from .base import AbstractRule, apply_updates, half_stepped, zeros

State = tuple[Count | None, Players]


class PastExtragradient(AbstractRule):
    """Extragradient that extrapolates along the last field it saw: one gradient a step.

    theta_half = theta_k + step v_{k-1}, v_k = field(theta_half), theta_{k+1} = theta_k + step v_k, with
    v_{-1} = 0: the first step is a simultaneous one. Popov, "A modification of the Arrow-Hurwicz method for
    search of saddle points" (1980); Gidel et al., ICLR 2019. The points theta_half follow ``Optimistic``.

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.PastExtragradient(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 1.5)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def init(self, players: Players) -> State:
        return self.step_sizes.start(), zeros(players)

    def step(self, game: AbstractGame, players: Players, state: State) -> tuple[Players, State]:
        k, past = state
        sizes = self.step_sizes(k, dtype_of(players))
        half = half_stepped(game, players, sizes, past)
        now = field(game, half)
        return apply_updates(players, sizes, now), (next_count(k), now)

    def check(self, steps: int) -> None:
        self.step_sizes.check(steps)
