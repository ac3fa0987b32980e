"""Names for the parameters of players, and vectors of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

from ._types import Players

Names = Sequence[str] | None


def _leaf_name(path: tuple) -> tuple[str, str]:
    """('disc', 'a') from a pytree path; deeper fields are joined with dots."""
    parts = [str(_key(entry)) for entry in path]
    return parts[0], ".".join(parts[1:])


def _key(entry: Any) -> Any:
    """The field, index or key that an entry of a pytree path stands for."""
    return next(getattr(entry, kind) for kind in ("name", "idx", "key") if hasattr(entry, kind))


def parameter_names(players: PyTree) -> tuple[str, ...]:
    """The names of all parameters, of players or of one player, in the order of gradients and Hessians.

    The field's name; ``disc.b``, ``gen.b`` where both players have one of that name; ``w[0]`` for the
    entries of an array.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.parameter_names(lsgan.Players(disc=lsgan.Erf(a=1.0, b=0.0), gen=lsgan.Square(g=1.0, h=0.0)))
    ('a', 'b', 'g', 'h')
    """
    every = jax.tree_util.tree_leaves_with_path(players)
    leaves = [(*_leaf_name(path), np.shape(x)) for path, x in every]
    counts = Counter(name for _, name, _ in leaves)
    names = []
    for owner, name, shape in leaves:
        full = ".".join(filter(None, (owner, name))) if counts[name] > 1 or not name else name
        names += [full + (str(list(index)) if index else "") for index in np.ndindex(shape)]
    return tuple(names)


def checked_players(players: Players) -> Players:
    """``players``, if they are some; ValueError otherwise."""
    if not isinstance(players, Players):
        raise ValueError(f"players: expected lsgan.Players(disc=..., gen=...), got {players!r}")
    return players


def vector(players: Players) -> Array:
    """All parameters as one vector, in the order of :func:`parameter_names`."""
    return ravel_pytree(players)[0]


def dtype_of(players: PyTree) -> jnp.dtype:
    """The floating-point dtype of the parameters: the widest, if there are several."""
    kinds = [leaf.dtype for leaf in jax.tree.leaves(players) if eqx.is_inexact_array(leaf)]
    return jnp.dtype(np.result_type(*kinds)) if kinds else jnp.dtype(jnp.result_type(float))


def indices(players: Players, free: Names, argument: str = "free") -> tuple[int, ...]:
    """Positions of the ``free`` parameters; all of them for None. ValueError for unknown or no names."""
    names = parameter_names(checked_players(players))
    if free is None:
        return tuple(range(len(names)))
    if isinstance(free, str) or not isinstance(free, Iterable):
        raise ValueError(f"{argument}: expected a sequence of names out of {names}, got {free!r}")
    free = tuple(free)
    known = all(isinstance(name, str) and name in names for name in free)
    if not (free and known and len({*free}) == len(free)):
        raise ValueError(f"{argument}: expected distinct names out of {names}, at least one, got {free}")
    return tuple(names.index(name) for name in free)


def partition_inexact(tree: PyTree) -> tuple[Array, PyTree, Callable[[Array, PyTree], PyTree]]:
    """(the floating-point numbers of a pytree as one vector, all else, how to put them together again)."""
    inexact, rest = eqx.partition(tree, eqx.is_inexact_array)
    flat, rebuild = ravel_pytree(inexact)
    return flat, rest, lambda values, others: eqx.combine(rebuild(values), others)
