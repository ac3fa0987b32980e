"""Unrolled GANs."""

from typing import Any

import equinox as eqx
import jax

from .._checks import checked_int
from .._types import Players, Scalar
from ..game import AbstractGame
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, apply_update, disc_direction, disc_stepped, repeated, Sizes


class Unrolled(AbstractMemorylessRule):
    """G descends objective_G(d_k(d, g), g), through k steps of D; D takes an ordinary step.

    d_0 = d and d_{i+1} = d_i + step d objective_D(d_i, g) / d disc; the derivative in g goes through all of
    them. Both players step at once. Metz et al., "Unrolled generative adversarial networks", ICLR 2017.

    Args:
        step: as for ``Simultaneous``; D's size is also that of its unrolled steps.
        k: number of unrolled steps, >= 1; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Unrolled(step=0.5, k=2)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 0.5)
    """

    step_sizes: StepSizes
    k: int = eqx.field(static=True)

    def __init__(self, step: Step, k: int):
        self.step_sizes = StepSizes(step)
        self.k = checked_int(k, "k")

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        def unrolled(gen: Any) -> Scalar:
            start = Players(players.disc, gen)
            answered = repeated(lambda now: disc_stepped(game, now, sizes[0]), self.k, start)
            return -game.objectives(Players(answered.disc, gen))[1]

        disc = apply_update(players.disc, sizes[0], disc_direction(game, players))
        return Players(disc, apply_update(players.gen, sizes[1], jax.grad(unrolled)(players.gen)))
