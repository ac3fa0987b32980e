"""Simultaneous gradient play."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .._checks import positive
from .._types import Players, Scalar
from ..game import field, HasObjectives
from .base import AbstractRule


def _pair(step: Any) -> tuple[Array, Array]:
    both = tuple(step) if isinstance(step, tuple | list) else (step, step)
    if len(both) != 2 or any(jnp.shape(one) != () for one in both):
        raise ValueError(f"step: expected a number or a pair (disc, gen) of numbers, got {step!r}")
    disc, gen = (positive("step")(one) for one in both)
    return disc, gen


class Simultaneous(AbstractRule):
    """Both players step at once: theta_{k+1} = theta_k + step * field(theta_k).

    Args:
        step: a number > 0, or a pair (disc, gen); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> [float(s) for s in lsgan.Simultaneous(step=(0.5, 0.25)).step_sizes]
    [0.5, 0.25]
    """

    step_sizes: tuple[Scalar, Scalar]

    def __init__(self, step: ArrayLike | Sequence[ArrayLike]):
        self.step_sizes = _pair(step)

    def init(self, players: Players) -> None:
        return None

    def step(self, game: HasObjectives, players: Players, state: None) -> tuple[Players, None]:
        direction = field(game, players)
        disc, gen = self.step_sizes

        def move(size: Array) -> Callable[[Array, Array], Array]:
            return lambda parameter, along: parameter + (size * along).astype(parameter.dtype)

        there = Players(
            disc=jax.tree.map(move(disc), players.disc, direction.disc),
            gen=jax.tree.map(move(gen), players.gen, direction.gen),
        )
        return there, state
