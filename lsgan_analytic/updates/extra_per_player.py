"""Extragradient steps by optimisers: ExtraAdam."""

import equinox as eqx

from .._types import Players
from ..game import AbstractGame, field
from ._optimizers import AbstractOptimizers, GradientTransformation, optimizer, States


class ExtraPerPlayer(AbstractOptimizers):
    """Extragradient whose two steps are those of optimisers; with Adam it is ExtraAdam.

    With U(v) the update of the players' optimisers for a field v, which changes their state too,

        theta_half = theta_k + U(field(theta_k)),    theta_{k+1} = theta_k + U(field(theta_half)):

    both steps start at theta_k, and the state sees both fields. Gidel et al., "A variational inequality
    perspective on generative adversarial networks", ICLR 2019, algorithm 4. With ``optax.sgd`` it is
    ``Extragradient``.

    Args:
        disc, gen: ``optax.GradientTransformation``s, as for ``PerPlayer``; their schedules count two
            updates a step.

    >>> import optax
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.ExtraPerPlayer(disc=optax.adam(0.1), gen=optax.adam(0.1))
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 4), round(float(moved.gen.shift), 4)
    (0.8999, 1.0996)
    """

    disc: GradientTransformation = eqx.field(static=True, converter=optimizer("disc"))
    gen: GradientTransformation = eqx.field(static=True, converter=optimizer("gen"))

    def step(self, game: AbstractGame, players: Players, state: States) -> tuple[Players, States]:
        half, state = self.both_updated(players, field(game, players), state)
        return self.both_updated(players, field(game, game.project(half)), state)
