"""Unrolled GANs with optimisers."""

from typing import Any

import equinox as eqx
import jax

from .._checks import checked_int
from .._types import Players, Scalar
from ..game import AbstractGame
from ._optimizers import AbstractOptimizers, GradientTransformation, optimizer, States, updated
from .base import disc_direction, explained_derivatives


class UnrolledPerPlayer(AbstractOptimizers):
    """G descends objective_G(d_k(g), g), through k updates of D's optimiser; D takes one of them.

    d_0 = d, and d_{i+1} is d_i after an update of D's optimiser along d objective_D(d_i, g) / d disc, which
    starts from the state that it has now; the derivative in g goes through all of them, moments included.
    Both players step at once. Metz et al., "Unrolled generative adversarial networks", ICLR 2017, unroll Adam
    so. With ``optax.sgd`` it is ``Unrolled``.

    Args:
        disc, gen: ``optax.GradientTransformation``s, as for ``PerPlayer``.
        k: number of unrolled updates, >= 1; ValueError otherwise.

    >>> import optax
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.UnrolledPerPlayer(disc=optax.sgd(0.5), gen=optax.sgd(0.5), k=2)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.5, 0.5)
    """

    disc: GradientTransformation = eqx.field(static=True, converter=optimizer("disc"))
    gen: GradientTransformation = eqx.field(static=True, converter=optimizer("gen"))
    k: int = eqx.field(static=True)

    def __check_init__(self):
        checked_int(self.k, "k")

    def step(self, game: AbstractGame, players: Players, state: States) -> tuple[Players, States]:
        def disc_updated(now: Players, of_disc: Any) -> tuple[Players, Any]:
            disc, of_disc = updated(self.disc, now.disc, disc_direction(game, now), of_disc)
            return game.project(Players(disc, now.gen)), of_disc

        def unrolled(gen: Any) -> Scalar:
            start = Players(players.disc, gen), state[0]
            (end, _), _ = jax.lax.scan(lambda carry, _: (disc_updated(*carry), None), start, length=self.k)
            return -game.objectives(Players(end.disc, gen))[1]

        with explained_derivatives(self):
            return self.both_updated(
                players, Players(disc_direction(game, players), jax.grad(unrolled)(players.gen)), state
            )
