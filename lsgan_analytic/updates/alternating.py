"""Alternating gradient play."""

from typing import Literal

import equinox as eqx

from .._checks import checked_int
from .._types import Players
from ..game import AbstractGame
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, disc_stepped, gen_stepped, repeated, Sizes

Order = Literal["disc", "gen"]


class Alternating(AbstractMemorylessRule):
    """One player steps, then the other, who sees where the first one went.

    With order = "disc": n_d times disc <- disc + step d objective_D / d disc, then n_g times
    gen <- gen - step d objective_G / d gen. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014,
    algorithm 1. On the Dirac-GAN the multipliers are on the unit circle while
    sqrt(n_d n_g) step f'(0) <= 2, where simultaneous steps always diverge (Mescheder et al., ICML 2018).

    Args:
        step: as for ``Simultaneous``; ``k`` counts rounds.
        disc_steps: n_d >= 1, gen_steps: n_g >= 1, the number of steps in a round.
        order: "disc" or "gen", who goes first. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Alternating(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 1.25)
    """

    step_sizes: StepSizes
    disc_steps: int = eqx.field(static=True)
    gen_steps: int = eqx.field(static=True)
    order: Order = eqx.field(static=True)

    def __init__(self, step: Step, disc_steps: int = 1, gen_steps: int = 1, order: Order = "disc"):
        self.step_sizes = StepSizes(step)
        self.disc_steps = checked_int(disc_steps, "disc_steps")
        self.gen_steps = checked_int(gen_steps, "gen_steps")
        if order not in ("disc", "gen"):
            raise ValueError(f"order: expected 'disc' or 'gen', the player who goes first, got {order!r}")
        self.order = order

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        turns = [
            (lambda players: disc_stepped(game, players, sizes[0]), self.disc_steps),
            (lambda players: gen_stepped(game, players, sizes[1]), self.gen_steps),
        ]
        for once, times in turns if self.order == "disc" else turns[::-1]:
            players = repeated(once, times, players)
        return players
