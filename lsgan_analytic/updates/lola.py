"""LOLA: learning with opponent-learning awareness."""

from typing import Any

import jax
import jax.numpy as jnp

from .._types import Players, Scalar, ScalarLike
from ..game import AbstractGame, field
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


class Lola(AbstractDirectionRule):
    """Each player steps along its field, and shapes the step that its opponent is about to take.

    With O_i what player i ascends and v_i = dO_i/d theta_i its field, player i steps along

        v_i + eta_j (d v_j/d theta_i)^T (dO_i/d theta_j):

    of the first-order surrogate O_i + eta_j (dO_i/d theta_j) . v_j only the opponent's step v_j is
    differentiated. This is the published rule: Foerster et al., "Learning with opponent-learning awareness",
    AAMAS 2018, section 3.2. ``TaylorLola`` differentiates the whole surrogate. Neither need rest at
    equilibria: in the tandem game of Letcher et al. (ICLR 2019) this one rests at x + y = 1/(1 - 2 eta),
    not at 1.

    Args:
        step: as for ``Simultaneous``.
        look_ahead: eta, the size of the opponent's step, a finite number > 0 (ValueError otherwise); None:
            the opponent's own step size.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Lola(step=0.5)
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
        ahead_disc, ahead_gen = opponent_sizes(sizes, self.look_ahead)
        disc, gen = players.disc, players.gen

        def gen_step(disc: Any) -> Any:
            return apply_update(zeros(gen), ahead_gen, gen_direction(game, Players(disc, gen)))

        def disc_step(gen: Any) -> Any:
            return apply_update(zeros(disc), ahead_disc, disc_direction(game, Players(disc, gen)))

        gain_disc = jax.grad(lambda gen: game.objectives(Players(disc, gen))[0])(gen)
        gain_gen = jax.grad(lambda disc: -game.objectives(Players(disc, gen))[1])(disc)
        shaping = Players(jax.vjp(gen_step, disc)[1](gain_disc)[0], jax.vjp(disc_step, gen)[1](gain_gen)[0])
        return jax.tree.map(jnp.add, field(game, players), shaping)
