"""What an update rule is, and what rules are made of."""

import abc
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._types import Players, Scalar
from ..game import AbstractGame
from ..parameters import dtype_of
from ._step_sizes import Count, next_count, StepSizes

Sizes = tuple[Scalar, Scalar]


class AbstractRule(eqx.Module):
    """One step of training. The same rule plays exact and sampled games."""

    @abc.abstractmethod
    def init(self, players: Players) -> Any:
        """The state of the rule before the first step (a pytree)."""

    @abc.abstractmethod
    def step(self, game: AbstractGame, players: Players, state: Any) -> tuple[Players, Any]:
        """The players and the state after one step."""

    def check(self, steps: int) -> None:
        """ValueError for a rule that cannot take just so many steps."""


class AbstractMemorylessRule(AbstractRule):
    """A rule that remembers nothing but the number of the step, and that only if its step sizes change."""

    step_sizes: eqx.AbstractVar[StepSizes]

    @abc.abstractmethod
    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        """The players after a step of these sizes."""

    def init(self, players: Players) -> Count | None:
        return self.step_sizes.start()

    def step(self, game: AbstractGame, players: Players, state: Count | None) -> tuple[Players, Count | None]:
        with explained_derivatives(self):
            return self.update(game, players, self.step_sizes(state, dtype_of(players))), next_count(state)

    def check(self, steps: int) -> None:
        self.step_sizes.check(steps)


class AbstractDirectionRule(AbstractMemorylessRule):
    """A rule that moves both players at once along one direction, which ``Preconditioned`` can use."""

    @abc.abstractmethod
    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        """What both players step along; ``sizes`` are those of the steps it looks ahead, where it does."""

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        return apply_updates(players, sizes, self.direction(game, players, sizes))


@contextlib.contextmanager
def explained_derivatives(rule: AbstractRule) -> Iterator[None]:
    """Errors of JAX about missing second derivatives become a ValueError that names ``game``."""
    try:
        yield
    except (TypeError, NotImplementedError) as error:
        if "custom_vjp" not in str(error) and "custom_lin" not in str(error):
            raise
        raise ValueError(
            f"game: {type(rule).__name__} takes second derivatives and expected objectives that have "
            "them, got some with a gradient of their own (jax.custom_vjp) and no more"
        ) from error


def checked_rule(rule: AbstractRule) -> AbstractRule:
    """``rule``, if it is one; ValueError otherwise."""
    if not isinstance(rule, AbstractRule):
        raise ValueError(f"rule: expected an update rule, e.g. lsgan.Simultaneous(step=0.4), got {rule!r}")
    return rule


def advance(game: AbstractGame, rule: AbstractRule, players: Players, state: Any) -> tuple[Players, Any]:
    """One step of training: the rule's step, and then where the game puts the players.

    Everything that plays plays this: trajectories, ensembles and their prediction, Jacobians of a step,
    exponents, continuation. Same arguments and results as ``rule.step``.

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(point, point, lsgan.Wasserstein(), regularizers=(lsgan.Clip(0.1),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.1), gen=lsgan.Shift(shift=-2.0))
    >>> rule = lsgan.Simultaneous(step=0.5)
    >>> after, state = lsgan.advance(game, rule, players, rule.init(players))
    >>> round(float(after.disc.w), 6), round(float(after.gen.shift), 6)
    (0.1, -1.95)
    """
    players, state = rule.step(game, players, state)
    return game.project(players), state


def state_at_rest(game: AbstractGame, rule: AbstractRule, players: Players, steps: int) -> Any:
    """The state of a rule that has taken ``steps`` steps and was put back to ``players`` after each."""

    def remember(state: Any, _: None) -> tuple[Any, None]:
        return advance(game, rule, players, state)[1], None

    return jax.lax.scan(remember, rule.init(players), length=steps)[0]


def apply_update(player: Any, size: Array, direction: Any) -> Any:
    """One player after a step along ``direction``."""
    return jax.tree.map(lambda value, along: value + size.astype(value.dtype) * along, player, direction)


def apply_updates(players: Players, sizes: Sizes, direction: Players) -> Players:
    """Both players after a step along ``direction``, each of its own size."""
    return Players(
        apply_update(players.disc, sizes[0], direction.disc),
        apply_update(players.gen, sizes[1], direction.gen),
    )


def half_stepped(game: AbstractGame, players: Players, sizes: Sizes, direction: Players) -> Players:
    """Where a rule looks ahead to on its way: both players stepped, put where the game puts players."""
    return game.project(apply_updates(players, sizes, direction))


def disc_stepped(game: AbstractGame, players: Players, size: Scalar) -> Players:
    """The players after a gradient step of the discriminator alone, put where the game puts players."""
    return game.project(Players(apply_update(players.disc, size, disc_direction(game, players)), players.gen))


def gen_stepped(game: AbstractGame, players: Players, size: Scalar) -> Players:
    """The same of the generator."""
    return game.project(Players(players.disc, apply_update(players.gen, size, gen_direction(game, players))))


def zeros(tree: Any) -> Any:
    """The same pytree, all zeros."""
    return jax.tree.map(jnp.zeros_like, tree)


def disc_direction(game: AbstractGame, players: Players) -> Any:
    """The discriminator's part of the field: + d objective_D / d disc."""
    return jax.grad(lambda disc: game.objectives(Players(disc, players.gen))[0])(players.disc)


def gen_direction(game: AbstractGame, players: Players) -> Any:
    """The generator's part of the field: - d objective_G / d gen."""
    return jax.grad(lambda gen: -game.objectives(Players(players.disc, gen))[1])(players.gen)


def repeated(once: Callable[[Players], Players], times: int, players: Players) -> Players:
    """``once`` so many times; differentiable, and compiled once."""
    if times == 1:
        return once(players)
    return jax.lax.scan(lambda now, _: (once(now), None), players, length=times)[0]
