"""LookAhead: an answer to where the opponent is going."""

import jax
import jax.numpy as jnp

from .._types import Players
from ..game import AbstractGame, field
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, both_stepped, Sizes, zeros


class LookAhead(AbstractMemorylessRule):
    """Each player steps along its field as it will be, to first order, when the opponent has stepped.

    With v_i = field of player i: direction_i = v_i + step_j (dv_i/d theta_j) v_j. The opponent's step is
    taken as given: no player tries to shape it, as ``Lola`` does. In the notation of Letcher et al., "Stable
    opponent shaping in differentiable games", ICLR 2019: (I - alpha H_o) xi, after Zhang & Lesser, AAAI 2010.

    Args:
        step: as for ``Simultaneous``; also the size of the opponent's step looked ahead.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.LookAhead(step=0.5)
    >>> there, state = rule.step(game, players, rule.init(players))
    >>> round(float(there.disc.w), 6), round(float(there.gen.shift), 6)
    (0.25, 1.25)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def move(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        value = field(game, players)
        still = zeros(players)
        ahead = both_stepped(still, sizes, value)

        def change(along: Players) -> Players:
            return jax.jvp(lambda own: field(game, own), (players,), (along,))[1]

        seen = Players(
            change(Players(still.disc, ahead.gen)).disc, change(Players(ahead.disc, still.gen)).gen
        )
        return both_stepped(players, sizes, jax.tree.map(jnp.add, value, seen))
