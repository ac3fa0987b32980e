"""LookAhead: an answer to where the opponent is going."""

import jax
import jax.numpy as jnp

from .._checks import positive_number
from .._types import Players, Scalar, ScalarLike
from ..game import AbstractGame, field
from ._step_sizes import Step, StepSizes
from .base import AbstractDirectionRule, apply_updates, Sizes, zeros


def look_ahead_size(look_ahead: ScalarLike | None) -> Scalar | None:
    """A finite number > 0, or None; ValueError otherwise."""
    return None if look_ahead is None else positive_number("look_ahead")(look_ahead)


def opponent_sizes(sizes: Sizes, look_ahead: Scalar | None) -> Sizes:
    """The sizes of the steps (of disc, of gen) that the other player looks ahead."""
    return sizes if look_ahead is None else (look_ahead, look_ahead)


class LookAhead(AbstractDirectionRule):
    """Each player steps along its field as it will be, to first order, when the opponent has stepped.

    With v_i = field of player i: direction_i = v_i + eta_j (dv_i/d theta_j) v_j. The opponent's step is
    taken as given: no player tries to shape it, as ``Lola`` does. In the notation of Letcher et al., "Stable
    opponent shaping in differentiable games", ICLR 2019: (I - alpha H_o) xi, after Zhang & Lesser, AAAI 2010.

    Args:
        step: as for ``Simultaneous``.
        look_ahead: eta, the size of the opponent's step, a finite number > 0 (ValueError otherwise); None:
            the opponent's own step size.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.LookAhead(step=0.5)
    >>> after, state = rule.step(game, players, rule.init(players))
    >>> round(float(after.disc.w), 6), round(float(after.gen.shift), 6)
    (0.25, 1.25)
    """

    step_sizes: StepSizes
    look_ahead: Scalar | None

    def __init__(self, step: Step, look_ahead: ScalarLike | None = None):
        self.step_sizes = StepSizes(step)
        self.look_ahead = look_ahead_size(look_ahead)

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        value = field(game, players)
        still = zeros(players)
        ahead = apply_updates(still, opponent_sizes(sizes, self.look_ahead), value)

        def change(along: Players) -> Players:
            return jax.jvp(lambda at: field(game, at), (players,), (along,))[1]

        correction = Players(
            change(Players(still.disc, ahead.gen)).disc, change(Players(ahead.disc, still.gen)).gen
        )
        return jax.tree.map(jnp.add, value, correction)
