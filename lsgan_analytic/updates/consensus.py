"""Consensus optimisation."""

import jax

from .._checks import positive_number
from .._types import Players, Scalar, ScalarLike
from ..game import AbstractGame, field
from ._step_sizes import Step, StepSizes
from .base import AbstractDirectionRule, Sizes


class Consensus(AbstractDirectionRule):
    """Simultaneous steps along v - strength grad(|v|^2 / 2) = v - strength J^T v.

    v is the field, J its Jacobian. Mescheder, Nowozin & Geiger, "The numerics of GANs", NeurIPS 2017. Besides
    the equilibria every other point where the two terms balance is a place to rest. On the Dirac-GAN the
    eigenvalues of this field are -strength f'(0)^2 +- i f'(0).

    Args:
        step: as for ``Simultaneous``.
        strength: gamma, a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Consensus(step=0.5, strength=0.1)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.45, 1.45)
    """

    step_sizes: StepSizes
    strength: Scalar

    def __init__(self, step: Step, strength: ScalarLike):
        self.step_sizes = StepSizes(step)
        self.strength = positive_number("strength")(strength)

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        value, vjp = jax.vjp(lambda at: field(game, at), players)
        (slope,) = vjp(value)
        return jax.tree.map(lambda v, by: v - self.strength.astype(v.dtype) * by, value, slope)
