"""Every player its own optimiser."""

from typing import Any, Literal, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Players
from ..game import AbstractGame, field
from .base import AbstractRule, disc_direction, gen_direction


@runtime_checkable
class GradientTransformation(Protocol):
    """What is asked of an optimiser: optax's GradientTransformation has it."""

    @property
    def init(self) -> Any: ...

    @property
    def update(self) -> Any: ...


class PerPlayer(AbstractRule):
    """Each player steps by an optimiser of optax: SGD, momentum, Nesterov, RMSProp, Adam, ...

    optax descends: it is given -(field), that is -d objective_D / d disc and +d objective_G / d gen, and
    its updates are added to the players.

    Args:
        disc, gen: ``optax.GradientTransformation``s, learning rates and schedules included. They must not
            need the value of the objective.
        order: "simultaneous"; or "disc" or "gen", who goes first and is seen by the other. ValueError
            otherwise.

    The state is (optax state of disc, of gen). optax is not imported here: install it to have optimisers.

    >>> import optax
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.PerPlayer(disc=optax.sgd(0.5), gen=optax.sgd(0.5, momentum=-0.5), order="disc")
    >>> there, state = rule.step(game, players, rule.init(players))
    >>> round(float(there.disc.w), 6), round(float(there.gen.shift), 6)
    (0.5, 1.25)
    """

    disc: GradientTransformation = eqx.field(static=True)
    gen: GradientTransformation = eqx.field(static=True)
    order: Literal["simultaneous", "disc", "gen"] = eqx.field(static=True, default="simultaneous")

    def __check_init__(self):
        for name, given in (("disc", self.disc), ("gen", self.gen)):
            if not (callable(getattr(given, "init", None)) and callable(getattr(given, "update", None))):
                raise ValueError(
                    f"{name}: expected an optax.GradientTransformation, e.g. optax.sgd(0.1), got {given!r}"
                )
        if self.order not in ("simultaneous", "disc", "gen"):
            raise ValueError(f"order: expected 'simultaneous', 'disc' or 'gen', got {self.order!r}")

    def init(self, players: Players) -> tuple[Any, Any]:
        return self.disc.init(players.disc), self.gen.init(players.gen)

    def step(
        self, game: AbstractGame, players: Players, state: tuple[Any, Any]
    ) -> tuple[Players, tuple[Any, Any]]:
        of_disc, of_gen = state

        def disc_moved(own: Players, direction: Any) -> tuple[Players, Any]:
            disc, after = _updated(self.disc, own.disc, direction, of_disc)
            return game.project(Players(disc, own.gen)), after

        def gen_moved(own: Players, direction: Any) -> tuple[Players, Any]:
            gen, after = _updated(self.gen, own.gen, direction, of_gen)
            return game.project(Players(own.disc, gen)), after

        if self.order == "simultaneous":
            along = field(game, players)
            disc, of_disc = _updated(self.disc, players.disc, along.disc, of_disc)
            gen, of_gen = _updated(self.gen, players.gen, along.gen, of_gen)
            return Players(disc, gen), (of_disc, of_gen)
        if self.order == "disc":
            there, of_disc = disc_moved(players, disc_direction(game, players))
            there, of_gen = gen_moved(there, gen_direction(game, there))
        else:
            there, of_gen = gen_moved(players, gen_direction(game, players))
            there, of_disc = disc_moved(there, disc_direction(game, there))
        return there, (of_disc, of_gen)


def _updated(optimizer: GradientTransformation, own: Any, direction: Any, state: Any) -> tuple[Any, Any]:
    """One player and its optimiser's state after an update against -direction."""
    with jax.numpy_dtype_promotion("standard"):  # optax mixes its counters with floats
        updates, after = optimizer.update(jax.tree.map(jnp.negative, direction), state, own)
    moved = jax.tree.map(lambda value, by: value + by.astype(value.dtype), own, updates)
    # a scan wants the state to keep its dtypes
    return moved, jax.tree.map(lambda new, old: jnp.asarray(new).astype(jnp.asarray(old).dtype), after, state)
