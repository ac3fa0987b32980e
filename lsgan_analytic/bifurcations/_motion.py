"""A flow, or a rule's step with its state, as a function of one vector and of a parameter."""

import itertools
from collections.abc import Callable
from typing import Any, Self

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import PyTree

from .._checks import refused_if
from .._program import digest, Program
from .._types import Players, Scalar, Vector
from ..game import AbstractGame, checked_game
from ..parameters import dtype_of
from ..restriction import Restriction
from ..updates.base import AbstractRule, advance, checked_rule, state_at_rest

_LATER = (0, 1, 30, 1000, 10**6)  # steps
_STEADY = 1e-3
_UNKNOWN = itertools.count()

#: parameter -> a game (its flow), or (game, rule)
System = Callable[[Any], AbstractGame | tuple[AbstractGame, AbstractRule]]


class Motion(eqx.Module):
    """The map of one step over the free parameters and the rule's state, or the field over the former.

    What is no floating-point number in the state (counters, flags) stays as it is in ``state``.
    """

    system: System
    players: Players
    positions: tuple[int, ...] = eqx.field(static=True)
    state: PyTree
    is_map: bool = eqx.field(static=True)

    @classmethod
    def of(cls, system: System, players: Players, positions: tuple[int, ...], parameter: Any) -> Self:
        """That of ``system`` near ``players``: the state is the one a rule rests with at ``parameter``.

        ValueError for a flow of a game that projects: there is no continuous time for it.
        """
        _, rule = _checked_parts(system, parameter)
        state = None
        if rule is not None:
            state = _at_rest(system, players, positions, jnp.asarray(parameter, dtype_of(players)))
        return cls(system, players, positions, state, rule is not None).checked_steady(parameter, rule)

    def checked_steady(self, parameter: Any, rule: AbstractRule | None) -> Self:
        """This motion; ValueError for a rule whose step changes with its number."""
        if any(_counts(leaf) for leaf in jax.tree.leaves(self.state)):
            changes = _change(self, jnp.asarray(parameter, self.start.dtype))
            message = (
                "rule: expected one whose step does not change with its number (schedules, uniform averages "
                f"and Adam's first thousands of steps do), got {rule!r}"
            )
            checked = [refused_if(~(changes <= _STEADY), leaf, message) for leaf in self._numbers(self)]
            return eqx.tree_at(self._numbers, self, checked)
        return self

    @staticmethod
    def _numbers(motion: Any) -> list[Any]:
        return jax.tree.leaves(motion.players)

    def on(self, game: AbstractGame) -> Restriction:
        """``game`` over the free parameters."""
        return Restriction(game, self.players, self.positions)

    @property
    def start(self) -> Vector:
        """The vector of ``players`` and ``state``."""
        part = self._part
        return part.flatten(part.reduce(self.players), self.state)

    @property
    def _part(self) -> Restriction:
        return Restriction(_NoGame(), self.players, self.positions)

    def placed(self, values: Vector) -> tuple[Players, PyTree]:
        """(restricted players, state) of a vector."""
        part = self._part
        return part.unflatten(values, part.reduce(self.players), self.state)

    def players_at(self, values: Vector) -> Players:
        """All parameters of a vector."""
        return self._part.whole(self.placed(values)[0])

    def __call__(self, values: Vector, parameter: Any) -> Vector:
        """The vector after a step (map), or its velocity (flow)."""
        game, rule = _parts(self.system, parameter)
        part = self.on(game)
        if rule is None:
            return part.field(values)
        return part.flatten(*advance(part, rule, *self.placed(values)))

    def equations(self, where: Array) -> Array:
        """What is 0 at an equilibrium; the parameter is the last entry of ``where``."""
        values = self(where[:-1], where[-1])
        return values - where[:-1] if self.is_map else values

    def projected(self, values: Vector, parameter: Any) -> Scalar:
        """How far the game puts the players from where the step left them."""
        game, rule = _parts(self.system, parameter)
        if rule is None or not game.projects:
            return jnp.zeros((), values.dtype)
        part = self.on(game)
        after, _ = rule.step(part, *self.placed(values))
        apart = jax.tree.map(lambda a, b: jnp.max(jnp.abs(a - b)), part.project(after), after)
        return jnp.max(jnp.stack(jax.tree.leaves(apart)))


class _Computed(eqx.Module):
    """A system with the name of what it computes, by which compiled programs are found again."""

    system: System
    program: str = eqx.field(static=True)

    def __call__(self, parameter: Any) -> AbstractGame | tuple[AbstractGame, AbstractRule]:
        return self.system(parameter)


def named(system: System, players: Players, positions: tuple[int, ...], parameter: Any) -> System:
    """``system``, for which no program is used that was compiled when it computed something else.

    Programs are found again by the function that makes the system, and a function may read a variable that
    has changed since. So it is traced, and what a step (or the field) computes is part of the name.
    """
    _checked_parts(system, parameter)

    def once(system: System, players: Players, parameter: Any) -> Any:
        game, rule = _parts(system, parameter)
        part = Restriction(game, players, positions)
        reduced = part.reduce(players)
        return part.field(part.point) if rule is None else advance(part, rule, reduced, rule.init(reduced))

    jaxpr, _, _ = eqx.filter_make_jaxpr(once)(system, players, jnp.asarray(parameter, dtype_of(players)))
    program = Program(jaxpr)
    # of a function that JAX does not trace nothing is known: compiled anew
    return _Computed(system, digest(program) if not program.unknown else f"{next(_UNKNOWN)}")


class _NoGame(AbstractGame):
    """In the place of a game where none is asked for anything."""

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        raise NotImplementedError


@eqx.filter_jit
def _at_rest(system: System, players: Players, positions: tuple[int, ...], parameter: Array) -> PyTree:
    """The state of the rule that rests at ``players``."""
    game, rule = _parts(system, parameter)
    if rule is None:
        return None
    part = Restriction(game, players, positions)
    return state_at_rest(part, rule, part.reduce(players), 1)


def _counts(leaf: Any) -> bool:
    """Whether an entry of a rule's state counts steps: flags do not."""
    return jnp.issubdtype(jnp.asarray(leaf).dtype, jnp.integer)


@eqx.filter_jit
def _change(motion: Motion, parameter: Array) -> Scalar:
    """How much a step beside the players depends on its number, relative to its length."""
    here = motion.start
    near = here + 1e-3 * (1 + jnp.abs(here)) * jnp.cos(1 + 1.7 * jnp.arange(here.size, dtype=here.dtype))

    def moved(later: Array) -> Vector:
        state = jax.tree.map(lambda x: x + later.astype(x.dtype) if _counts(x) else x, motion.state)
        return eqx.tree_at(lambda motion: motion.state, motion, state)(near, parameter) - near

    steps = jax.vmap(moved)(jnp.asarray(_LATER))
    return jnp.max(jnp.abs(steps - steps[:1])) / jnp.max(jnp.abs(steps))


def _checked_parts(system: System, parameter: Any) -> tuple[AbstractGame, AbstractRule | None]:
    """The game and the rule; ValueError for others, and for a flow of a game that projects."""
    game, rule = _parts(system, parameter)
    checked_game(game)
    if rule is not None:
        checked_rule(rule)
    elif game.projects:
        raise ValueError(f"system: expected a game without projection (Clip, say) for a flow, got {game!r}")
    return game, rule


def _parts(system: System, parameter: Any) -> tuple[AbstractGame, AbstractRule | None]:
    found = system(parameter)
    return found if isinstance(found, tuple) else (found, None)
