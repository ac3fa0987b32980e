"""Competitive gradient descent."""

import jax
import jax.numpy as jnp

from .._types import Players, Vector
from ..game import AbstractGame
from ._flat import Flat
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, Sizes


class CompetitiveGradient(AbstractMemorylessRule):
    """The step is the Nash equilibrium of the local bilinear game, each player's step charged for its length.

    With v the field, S the step sizes and C the blocks of the field's Jacobian that couple the players
    (dv_D/d gen and dv_G/d disc), the step solves Delta = S (v + C Delta): a linear system in all parameters.
    For zero-sum and for two objectives alike. Schaefer & Anandkumar, "Competitive gradient descent", NeurIPS
    2019, equation (4). On the bilinear game sigma x y with s = step sigma, |multiplier|^2 = 1/(1 + s^2).
    With two objectives the system can be singular; a run that meets that overflows and says so.

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.CompetitiveGradient(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.4, 1.2)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        flat = Flat(game, players, sizes)
        return flat.players(flat.here + competitive_step(flat, flat.sizes))


def competitive_step(flat: Flat, sizes: Vector) -> Vector:
    """The solution of Delta = S (v + C Delta), ``sizes`` the diagonal of S."""
    coupling = jax.jacfwd(flat.field)(flat.here)
    split, n = flat.split, flat.here.size
    coupling = coupling.at[:split, :split].set(0).at[split:, split:].set(0)
    matrix = jnp.eye(n, dtype=flat.here.dtype) - sizes[:, None] * coupling
    return jnp.linalg.solve(matrix, sizes * flat.field(flat.here))
