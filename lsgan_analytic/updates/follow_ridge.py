"""Follow the ridge."""

import jax
import jax.numpy as jnp

from .._types import Players
from ..game import AbstractGame
from ._flat import Flat
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, Sizes


class FollowRidge(AbstractMemorylessRule):
    """Simultaneous steps; D also moves as the ridge of its objective does when G moves.

    With H the Hessian of what D ascends: the ridge d objective_D / d disc = 0 moves by -H_dd^{-1} H_dg Delta
    when G moves by Delta = -step_G d objective_G / d gen, so

        disc <- disc + step_D d objective_D / d disc - H_dd^{-1} H_dg Delta,    gen <- gen + Delta.

    Wang, Zhang & Ba, "On solving minimax optimization locally: a follow-the-ridge approach", ICLR 2020, with
    D as the follower; near a local minimax the multipliers are real: those of I + step_D H_dd and of
    I - step_G (H_gg - H_gd H_dd^{-1} H_dg). A game of two objectives is played the same way, with the ridge
    of D's own objective. H_dd^{-1} is the pseudo-inverse: where D's objective is flat no ridge is followed.

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.FollowRidge(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 1.5)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        flat = Flat(game, players, sizes)
        split = flat.split
        step = flat.sizes * flat.field(flat.here)
        hessian = jax.jacfwd(lambda theta: flat.field(theta)[:split])(flat.here)
        ridge = -jnp.linalg.pinv(hessian[:, :split]) @ (hessian[:, split:] @ step[split:])
        return flat.players(flat.here + step.at[:split].add(ridge))
