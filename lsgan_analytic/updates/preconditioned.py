"""The direction of a rule, given to optimisers."""

from typing import Any

import equinox as eqx

from .._types import Players
from ..game import AbstractGame
from ..parameters import dtype_of
from ._optimizers import AbstractOptimizers, GradientTransformation, optimizer, States
from ._step_sizes import Count, next_count
from .base import AbstractDirectionRule, explained_derivatives


class Preconditioned(AbstractOptimizers):
    """Optimisers follow the direction of another rule in place of the field.

    theta_{k+1} = theta_k + U(direction(theta_k)), U the update of the players' optimisers: RMSProp over the
    symplectic adjustment or over consensus, as Balduzzi et al., "The mechanics of n-player differentiable
    games", ICML 2018, and Mescheder et al., "The numerics of GANs", NeurIPS 2017, train their networks. Of
    the rule's own step only what it looks ahead (``Lola``, ``LookAhead``, ``TaylorLola``, ``Extragradient``)
    is used.

    Args:
        rule: one with a direction: those above, ``SymplecticAdjustment``, ``Consensus`` or ``Simultaneous``;
            ValueError otherwise.
        disc, gen: ``optax.GradientTransformation``s, as for ``PerPlayer``.

    >>> import optax
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> adjusted = lsgan.SymplecticAdjustment(step=1.0, strength=0.5)
    >>> rule = lsgan.Preconditioned(adjusted, disc=optax.sgd(0.5), gen=optax.sgd(0.5))
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.25, 1.25)
    """

    rule: AbstractDirectionRule
    disc: GradientTransformation = eqx.field(static=True, converter=optimizer("disc"))
    gen: GradientTransformation = eqx.field(static=True, converter=optimizer("gen"))

    def __check_init__(self):
        if not isinstance(self.rule, AbstractDirectionRule):
            raise ValueError(
                "rule: expected one with a direction for both players, e.g. "
                f"lsgan.SymplecticAdjustment(step=1.0), got {self.rule!r}"
            )

    def init(self, players: Players) -> tuple[States, Count | None]:
        return super().init(players), self.rule.step_sizes.start()

    def step(self, game: AbstractGame, players: Players, state: Any) -> tuple[Players, Any]:
        states, k = state
        with explained_derivatives(self.rule):
            along = self.rule.direction(game, players, self.rule.step_sizes(k, dtype_of(players)))
        moved, states = self.both_updated(players, along, states)
        return moved, (states, next_count(k))

    def check(self, steps: int) -> None:
        self.rule.check(steps)
