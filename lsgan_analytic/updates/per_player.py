"""Every player its own optimiser."""

from typing import Any, Literal

import equinox as eqx

from .._types import Players
from ..game import AbstractGame, field
from ._optimizers import AbstractOptimizers, GradientTransformation, optimizer, States, updated
from .base import disc_direction, gen_direction


class PerPlayer(AbstractOptimizers):
    """Each player steps by an optimiser of optax: SGD, momentum, Nesterov, RMSProp, Adam, ...

    optax descends: it is given -(field), that is -d objective_D / d disc and +d objective_G / d gen, and
    its updates are added to the players. Optimistic Adam (Daskalakis et al., ICLR 2018, algorithm 1) is
    ``optax.optimistic_adam_v2(rate, nesterov=False)`` for both; its first step is that of Adam.

    Args:
        disc, gen: ``optax.GradientTransformation``s, learning rates and schedules included. They must not
            need the value of the objective.
        order: "simultaneous"; or "disc" or "gen", who goes first and is seen by the other. ValueError
            otherwise.

    The state is (optax state of disc, of gen). optax is not imported here: install it to have optimisers.

    >>> import optax
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.PerPlayer(disc=optax.sgd(0.5), gen=optax.sgd(0.5, momentum=-0.5), order="disc")
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 1.25)
    """

    disc: GradientTransformation = eqx.field(static=True, converter=optimizer("disc"))
    gen: GradientTransformation = eqx.field(static=True, converter=optimizer("gen"))
    order: Literal["simultaneous", "disc", "gen"] = eqx.field(static=True, default="simultaneous")

    def __check_init__(self):
        if self.order not in ("simultaneous", "disc", "gen"):
            raise ValueError(f"order: expected 'simultaneous', 'disc' or 'gen', got {self.order!r}")

    def step(self, game: AbstractGame, players: Players, state: States) -> tuple[Players, States]:
        of_disc, of_gen = state

        def disc_moved(pair: Players, direction: Any) -> tuple[Players, Any]:
            disc, after = updated(self.disc, pair.disc, direction, of_disc)
            return game.project(Players(disc, pair.gen)), after

        def gen_moved(pair: Players, direction: Any) -> tuple[Players, Any]:
            gen, after = updated(self.gen, pair.gen, direction, of_gen)
            return game.project(Players(pair.disc, gen)), after

        if self.order == "simultaneous":
            return self.both_updated(players, field(game, players), state)
        if self.order == "disc":
            moved, of_disc = disc_moved(players, disc_direction(game, players))
            moved, of_gen = gen_moved(moved, gen_direction(game, moved))
        else:
            moved, of_gen = gen_moved(players, gen_direction(game, players))
            moved, of_disc = disc_moved(moved, disc_direction(game, moved))
        return moved, (of_disc, of_gen)
