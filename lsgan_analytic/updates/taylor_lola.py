"""Taylor LOLA: LOLA with its whole first-order surrogate differentiated."""

from typing import Any

import jax

from .._types import Players, Scalar, ScalarLike
from ..game import AbstractGame
from ._step_sizes import Step, StepSizes
from .base import (
    AbstractDirectionRule,
    apply_update,
    disc_direction,
    gen_direction,
    Sizes,
    zeros,
)
from .look_ahead import look_ahead_size, opponent_sizes


class TaylorLola(AbstractDirectionRule):
    """Each player ascends what it will have, to first order, when the opponent has stepped.

    With O_i what player i ascends and v_j = dO_j/d theta_j its opponent's field, player i steps along

        d/d theta_i [O_i + eta_j (dO_i/d theta_j) . v_j],

    both factors differentiated: the shaping of ``Lola`` and the anticipation of ``LookAhead`` together, in
    the notation of Letcher et al., "Stable opponent shaping in differentiable games", ICLR 2019,
    (I - alpha H_o) xi - alpha chi, which they call LOLA. Willi et al., "COLA", ICML 2022, tell this Taylor
    LOLA from exact LOLA, the gradient of O_i(theta_i, theta_j + eta_j v_j) itself. It need not rest at
    equilibria: in Letcher's tandem game it rests at x + y = (1 - 2 eta)/(1 - 4 eta), not at 1.

    Args:
        step: as for ``Simultaneous``.
        look_ahead: eta, the size of the opponent's step, a finite number > 0 (ValueError otherwise); None:
            the opponent's own step size.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.TaylorLola(step=0.5)
    >>> after, state = rule.step(game, players, rule.init(players))
    >>> round(float(after.disc.w), 6), round(float(after.gen.shift), 6)
    (0.0, 1.0)
    """

    step_sizes: StepSizes
    look_ahead: Scalar | None

    def __init__(self, step: Step, look_ahead: ScalarLike | None = None):
        self.step_sizes = StepSizes(step)
        self.look_ahead = look_ahead_size(look_ahead)

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        ahead_disc, ahead_gen = opponent_sizes(sizes, self.look_ahead)

        def for_disc(disc: Any) -> Scalar:
            now = Players(disc, players.gen)
            step = apply_update(zeros(now.gen), ahead_gen, gen_direction(game, now))
            value, gain = jax.jvp(lambda gen: game.objectives(Players(disc, gen))[0], (now.gen,), (step,))
            return value + gain

        def for_gen(gen: Any) -> Scalar:
            now = Players(players.disc, gen)
            step = apply_update(zeros(now.disc), ahead_disc, disc_direction(game, now))
            value, gain = jax.jvp(lambda disc: game.objectives(Players(disc, gen))[1], (now.disc,), (step,))
            return -(value + gain)

        return Players(jax.grad(for_disc)(players.disc), jax.grad(for_gen)(players.gen))
