"""A game given as plain functions of the players' parameters."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from ._types import Players, Scalar
from .game import AbstractGame

Objective = Callable[[Any, Any], Scalar]


class FunctionGame(AbstractGame):
    """A two-player differentiable game given by its objectives.

    The first player ascends ``objective_disc(x, y)`` in x, the second descends ``objective_gen(x, y)`` in y;
    with one function f the game is zero-sum: max over x, min over y of f(x, y). x = ``players.disc`` and
    y = ``players.gen`` are any pytrees of floating-point arrays, so that the rules, trajectories and analysis
    of this package serve any such game.

    Args:
        objective_disc, objective_gen: functions of (x, y) with scalar values that JAX can differentiate
            (twice for rules and analysis that need a Jacobian of the field).

    ``cost_terms`` are (f, 0) in a zero-sum game, else both objectives. ValueError for what is no function
    and, when they are evaluated, for values that are not scalars.

    >>> import jax.numpy as jnp
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.FunctionGame(lambda x, y: x * y)  # bilinear: simultaneous steps spiral outwards
    >>> players = lsgan.Players(disc=jnp.array(1.0), gen=jnp.array(0.0))
    >>> path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.5), players, steps=2)
    >>> path.players.disc.tolist(), path.players.gen.tolist()
    ([1.0, 1.0, 0.75], [0.0, -0.5, -1.0])
    >>> lsgan.parameter_names(players)
    ('disc', 'gen')
    """

    objective_disc: Objective
    objective_gen: Objective | None = None

    def __check_init__(self):
        if not callable(self.objective_disc):
            raise ValueError(f"objective_disc: expected a function f(x, y), got {self.objective_disc!r}")
        if not (self.objective_gen is None or callable(self.objective_gen)):
            got = self.objective_gen
            raise ValueError(f"objective_gen: expected a function f(x, y) or None, got {got!r}")

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        rising = _scalar(self.objective_disc(players.disc, players.gen), "objective_disc")
        if self.objective_gen is None:
            return rising, rising
        return rising, _scalar(self.objective_gen(players.disc, players.gen), "objective_gen")

    def cost_terms(self, players: Players) -> tuple[Scalar, Scalar]:
        rising, falling = self.objectives(players)
        return (rising, jnp.zeros_like(rising)) if self.objective_gen is None else (rising, falling)


def _scalar(value: Any, name: str) -> Scalar:
    if jnp.shape(value) != ():
        raise ValueError(f"{name}: expected a function with scalar values, got shape {jnp.shape(value)}")
    return jnp.asarray(value)
