"""Names for the parameters of players, vectors of them, and games in which some are held fixed."""

from collections import Counter
from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

from ._types import Players, Scalar
from .game import field, HasObjectives, project

Names = Sequence[str] | None


def _leaf_name(path: tuple) -> tuple[str, str]:
    """('disc', 'a') from a pytree path; deeper fields are joined with dots."""
    parts = [str(getattr(entry, "name", getattr(entry, "idx", entry))) for entry in path]
    return parts[0], ".".join(parts[1:])


def parameter_names(players: Players) -> tuple[str, ...]:
    """The names of all parameters, in the order of gradients and Hessians.

    The field's name; ``disc.b``, ``gen.b`` where both players have one of that name; ``w[0]`` for the
    entries of an array.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.parameter_names(lsgan.Players(disc=lsgan.Erf(a=1.0, b=0.0), gen=lsgan.Square(g=1.0, h=0.0)))
    ('a', 'b', 'g', 'h')
    """
    leaves = [(*_leaf_name(path), np.shape(x)) for path, x in jax.tree_util.tree_leaves_with_path(players)]
    seen = Counter(name for _, name, _ in leaves)
    names = []
    for owner, name, shape in leaves:
        full = f"{owner}.{name}" if seen[name] > 1 else name
        names += [full + (str(list(index)) if index else "") for index in np.ndindex(shape)]
    return tuple(names)


def vector(players: Players) -> Array:
    """All parameters as one vector, in the order of :func:`parameter_names`."""
    return ravel_pytree(players)[0]


def indices(players: Players, free: Names, argument: str = "free") -> tuple[int, ...]:
    """Positions of the ``free`` parameters; all of them for None. ValueError for unknown or no names."""
    names = parameter_names(players)
    if free is None:
        return tuple(range(len(names)))
    if isinstance(free, str):
        raise ValueError(f"{argument}: expected a sequence of names, got the string {free!r}")
    unknown = [name for name in free if name not in names]
    if unknown or not free or len(set(free)) != len(free):
        raise ValueError(
            f"{argument}: expected distinct names out of {names}, at least one, got {tuple(free)}"
        )
    return tuple(names.index(name) for name in free)


def hold(players: Players, positions: Sequence[int]) -> Players:
    """The same players, with derivatives of all orders only in the parameters at ``positions``."""
    leaves, form = jax.tree.flatten(players)
    moving = np.zeros(sum(leaf.size for leaf in leaves), bool)
    moving[list(positions)] = True
    ends = np.cumsum([leaf.size for leaf in leaves])

    def held(leaf: Array, own: np.ndarray) -> Array:
        # leaf by leaf, so that derivatives in what stays are not computed at all
        if own.all():
            return leaf
        still = jax.lax.stop_gradient(leaf)
        return jnp.where(own.reshape(leaf.shape), leaf, still) if own.any() else still

    parts = np.split(moving, ends[:-1])
    return jax.tree.unflatten(form, [held(leaf, own) for leaf, own in zip(leaves, parts, strict=True)])


class HeldGame:
    """A game in which only some parameters can move: its field is zero in all others, at every order.

    A rule that plays it therefore leaves the others alone, however it combines derivatives.
    """

    def __init__(self, game: HasObjectives, positions: Sequence[int]):
        self._game, self._positions = game, tuple(positions)

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        """Those of the game."""
        return self._game.objectives(hold(players, self._positions))

    def project(self, players: Players) -> Players:
        """That of the game, on the parameters that can move."""
        flat, rebuild = ravel_pytree(players)
        index = np.asarray(self._positions)
        return rebuild(flat.at[index].set(vector(project(self._game, players))[index]))

    def kept(self, before: Players, after: Players) -> Players:
        """``after``, with what is held as it was ``before``."""
        flat, rebuild = ravel_pytree(before)
        index = np.asarray(self._positions)
        return rebuild(flat.at[index].set(vector(after)[index]))


class _Numbers(eqx.Module):
    """A player that is a vector: the free parameters of one."""

    values: Array


class FreeGame:
    """The game between the free parameters alone: nothing else is a parameter of its players.

    Of one step of a rule on it, players and state have no entry that could not move.
    """

    def __init__(self, game: HasObjectives, players: Players, positions: Sequence[int]):
        self._game = game
        self._flat, self._rebuild = ravel_pytree(players)
        split = sum(leaf.size for leaf in jax.tree.leaves(players.disc))
        self._disc = np.asarray([i for i in positions if i < split], int)
        self._gen = np.asarray([i for i in positions if i >= split], int)
        #: where the entries of (disc, gen) are in the order of ``positions``
        self.order = tuple([*self._disc.tolist(), *self._gen.tolist()].index(i) for i in positions)

    def start(self) -> Players:
        """The free parameters."""
        return Players(_Numbers(self._flat[self._disc]), _Numbers(self._flat[self._gen]))  # pyright: ignore

    def whole(self, players: Players) -> Players:
        """All parameters, the free ones from ``players``."""
        disc, gen = players.disc.values, players.gen.values  # pyright: ignore
        return self._rebuild(self._flat.at[self._disc].set(disc).at[self._gen].set(gen))

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        """Those of the game."""
        return self._game.objectives(self.whole(players))

    def project(self, players: Players) -> Players:
        """That of the game, on the free parameters."""
        flat = vector(project(self._game, self.whole(players)))
        return Players(_Numbers(flat[self._disc]), _Numbers(flat[self._gen]))  # pyright: ignore


def numbers(tree: PyTree) -> tuple[Array, PyTree, Callable[[Array, PyTree], PyTree]]:
    """(the floating-point numbers of a pytree as one vector, all else, how to put them together again)."""
    moving, rest = eqx.partition(tree, eqx.is_inexact_array)
    flat, rebuild = ravel_pytree(moving)
    return flat, rest, lambda values, others: eqx.combine(rebuild(values), others)


def field_of(
    game: HasObjectives, players: Players, positions: Sequence[int]
) -> tuple[Callable[[Array], Array], Array]:
    """The field over the parameters at ``positions``, as a function of these, and where they are now."""
    flat, rebuild = ravel_pytree(players)
    index = np.asarray(positions)
    held = HeldGame(game, positions)

    def moving_field(moving: Array) -> Array:
        return vector(field(held, rebuild(flat.at[index].set(moving))))[index]

    return moving_field, flat[index]
