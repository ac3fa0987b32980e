"""Simultaneous gradient play."""

from collections.abc import Callable

import jax
from jax import Array
from jax.typing import ArrayLike

from .._checks import positive
from .._types import Players, Scalar
from ..game import field, HasObjectives
from .base import AbstractRule


def _pair(step: ArrayLike | tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
    disc, gen = step if isinstance(step, tuple) else (step, step)
    return positive("step")(disc), positive("step")(gen)


class Simultaneous(AbstractRule):
    """Both players step at once: theta_{k+1} = theta_k + step * field(theta_k).

    Args:
        step: a number > 0, or a pair (disc, gen); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> [float(s) for s in lsgan.Simultaneous(step=(0.5, 0.25)).step_sizes]
    [0.5, 0.25]
    """

    step_sizes: tuple[Scalar, Scalar]

    def __init__(self, step: ArrayLike | tuple[ArrayLike, ArrayLike]):
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
