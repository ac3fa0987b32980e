"""Adaptive competitive gradient descent."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import checked_float, positive_number
from .._types import Players, Scalar, ScalarLike, Vector
from ..game import AbstractGame
from ..parameters import dtype_of, vector
from ._flat import Flat
from ._step_sizes import Count, Step, StepSizes
from .base import AbstractRule, explained_derivatives
from .competitive_gradient import competitive_step

State = tuple[Count, Vector]


class AdaptiveCompetitiveGradient(AbstractRule):
    """Competitive gradient descent in which every parameter has a step size of RMSProp.

    With v the field, m_k = decay m_{k-1} + (1 - decay) v^2 (m_0 = 0) and

        S = step sqrt(1 - decay^k) / (sqrt(m_k) + epsilon),

    one number a parameter, the step solves Delta = S (v + C Delta) as that of ``CompetitiveGradient`` does.
    Schaefer, Zheng & Anandkumar, "Implicit competitive regularization in GANs", ICML 2020 (ACGD); epsilon is
    where their code has it.

    Args:
        step: as for ``Simultaneous``.
        decay: a number in [0, 1); epsilon: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.AdaptiveCompetitiveGradient(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 3), round(float(moved.gen.shift), 3)
    (0.4, 1.2)
    """

    step_sizes: StepSizes
    decay: float = eqx.field(static=True)
    epsilon: Scalar

    def __init__(self, step: Step, decay: float = 0.99, epsilon: ScalarLike = 1e-5):
        self.step_sizes = StepSizes(step)
        self.decay = checked_float(decay, "decay", 0, 1)
        if self.decay == 1:
            raise ValueError(f"decay: expected a number in [0, 1), got {decay!r}")
        self.epsilon = positive_number("epsilon")(epsilon)

    def init(self, players: Players) -> State:
        """The number of the step and the mean square of the field."""
        return jnp.zeros((), jnp.int32), jnp.zeros_like(vector(players))

    def step(self, game: AbstractGame, players: Players, state: State) -> tuple[Players, State]:
        k, square = state
        with explained_derivatives(self):
            flat = Flat(game, players, self.step_sizes(k, dtype_of(players)))
            square = self.decay * square + (1 - self.decay) * flat.field(flat.here) ** 2
            correction = jnp.sqrt(1 - self.decay ** (k + 1).astype(square.dtype))
            sizes = flat.sizes * correction / (jnp.sqrt(square) + self.epsilon.astype(square.dtype))
            return flat.players(flat.here + competitive_step(flat, sizes)), (k + 1, square)

    def check(self, steps: int) -> None:
        self.step_sizes.check(steps)
