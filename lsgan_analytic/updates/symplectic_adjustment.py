"""Symplectic gradient adjustment."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import positive_number
from .._types import Players, Scalar, ScalarLike
from ..game import AbstractGame, field
from ..parameters import vector
from ._step_sizes import Step, StepSizes
from .base import AbstractDirectionRule, Sizes

_EPSILON = 0.1


class SymplecticAdjustment(AbstractDirectionRule):
    """Simultaneous steps along v + lambda A v, A = (J - J^T)/2 the rotating part of the field's Jacobian J.

    In the notation of Balduzzi et al., "The mechanics of n-player differentiable games", ICML 2018, with
    xi = -v the simultaneous gradient and A' = -A the antisymmetric part of its Jacobian, this descends
    xi + lambda A'^T xi. With ``align`` the sign of lambda is that of
    <xi, grad H> <A'^T xi, grad H> / n + 1/10, grad H = J^T v (their algorithm 1): towards stable equilibria,
    away from unstable ones.

    Args:
        step: as for ``Simultaneous``.
        strength: |lambda|, a finite number > 0; ValueError otherwise.
        align: whether the sign of lambda is chosen so; else it is +.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.SymplecticAdjustment(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.0, 1.0)
    """

    step_sizes: StepSizes
    strength: Scalar
    align: bool = eqx.field(static=True)

    def __init__(self, step: Step, strength: ScalarLike = 1.0, align: bool = True):
        self.step_sizes = StepSizes(step)
        self.strength = positive_number("strength")(strength)
        if not isinstance(align, bool):
            raise ValueError(f"align: expected True or False, got {align!r}")
        self.align = align

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        value, vjp = jax.vjp(lambda at: field(game, at), players)
        (slope,) = vjp(value)
        _, turn = jax.jvp(lambda at: field(game, at), (players,), (value,))
        adjustment = jax.tree.map(lambda forward, back: (forward - back) / 2, turn, slope)
        sign = self._sign(vector(value), vector(slope), vector(adjustment)) if self.align else 1

        def adjusted(v: Array, by: Array) -> Array:
            return v + (sign * self.strength.astype(v.dtype)).astype(v.dtype) * by

        return jax.tree.map(adjusted, value, adjustment)

    def _sign(self, value: Array, slope: Array, adjustment: Array) -> Scalar:
        # xi = -v and A'^T xi = -A v: the two signs cancel
        aligned = jnp.sum(value * slope) * jnp.sum(adjustment * slope) / value.size + _EPSILON
        return jnp.where(aligned >= 0, 1, -1).astype(value.dtype)
