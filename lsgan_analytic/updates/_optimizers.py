"""Optimisers of optax for both players: what rules that use them have in common."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Players
from .base import AbstractRule


@runtime_checkable
class GradientTransformation(Protocol):
    """What is asked of an optimiser: optax's GradientTransformation has it."""

    @property
    def init(self) -> Any: ...

    @property
    def update(self) -> Any: ...


def optimizer(name: str) -> Callable[[Any], Any]:
    """Converter of a field: the optimiser itself; ValueError for what is none.

    Before the field is set: equinox warns of arrays in a static one.
    """

    def check(given: Any) -> Any:
        if not (callable(getattr(given, "init", None)) and callable(getattr(given, "update", None))):
            raise ValueError(
                f"{name}: expected an optax.GradientTransformation, e.g. optax.sgd(0.1), got {given!r}"
            )
        return given

    return check


States = tuple[Any, Any]  # of the optimisers of disc and of gen


class AbstractOptimizers(AbstractRule):
    """A rule whose players step by optimisers; its state begins with theirs."""

    disc: eqx.AbstractVar[GradientTransformation]
    gen: eqx.AbstractVar[GradientTransformation]

    def init(self, players: Players) -> Any:
        return self.disc.init(players.disc), self.gen.init(players.gen)

    def both_updated(self, players: Players, along: Players, states: States) -> tuple[Players, States]:
        """Both players and their optimisers' states after an update along ``along``."""
        disc, of_disc = updated(self.disc, players.disc, along.disc, states[0])
        gen, of_gen = updated(self.gen, players.gen, along.gen, states[1])
        return Players(disc, gen), (of_disc, of_gen)


def updated(optimizer: GradientTransformation, player: Any, direction: Any, state: Any) -> tuple[Any, Any]:
    """One player and its optimiser's state after an update against -direction."""
    with jax.numpy_dtype_promotion("standard"):  # optax mixes its counters with floats
        updates, after = optimizer.update(jax.tree.map(jnp.negative, direction), state, player)
    moved = jax.tree.map(lambda value, by: value + by.astype(value.dtype), player, updates)
    # a scan wants the state to keep its dtypes
    return moved, jax.tree.map(lambda new, old: jnp.asarray(new).astype(jnp.asarray(old).dtype), after, state)
