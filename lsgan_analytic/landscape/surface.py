"""Functions of the players on a grid."""

from collections.abc import Callable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, PyTree

from .._checks import checked_int, finite, Numbers
from .._types import Players
from ..parameters import checked_players, indices


def surface(
    function: Callable[[Players], PyTree],
    players: Players,
    axes: Mapping[str, Numbers],
    chunk: int = 4096,
) -> PyTree:
    """``function(players)`` on the product of ``axes``, the other parameters as in ``players``.

    Args:
        function: e.g. ``game.cost``; any function of one pair of players that JAX can vectorise.
        players: the values of the parameters that do not vary.
        axes: parameter name -> values (a vector). The result has one axis each, in this order.
        chunk: points evaluated at a time: it bounds the memory, whatever the size of the grid.

    Raises:
        ValueError: unknown names, axes that are not vectors, values that are not finite, chunk < 1.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> lsgan.surface(game.cost, players, {"b": [-3.0, 0.0, 2.0], "h": [-2.0, 1.0]}).shape
    (3, 2)
    """
    if not callable(function):
        raise ValueError(f"function: expected a function of players, got {function!r}")
    checked_players(players)
    if not isinstance(axes, Mapping):
        raise ValueError(f"axes: expected {{name: values}}, got {axes!r}")
    positions = np.asarray(indices(players, tuple(axes), "axes"))
    return _evaluate(function, players, positions, axis_values(axes, "axes"), checked_int(chunk, "chunk"))


def axis_values(axes: Mapping[str, Numbers], argument: str) -> list[Array]:
    """The values along each axis: non-empty vectors of finite numbers."""
    values = [finite(name)(axis) for name, axis in axes.items()]
    for name, axis in zip(axes, values, strict=True):
        if axis.ndim != 1 or axis.size == 0:
            raise ValueError(f"{argument}: expected a non-empty vector for {name!r}, got shape {axis.shape}")
    return values


def placed(players: Players, positions: Array | np.ndarray, values: list[Array], index: Array) -> Players:
    """``players`` at a point of the grid, counted along it row by row."""
    flat, rebuild = ravel_pytree(players)
    place = jnp.unravel_index(index, tuple(axis.size for axis in values))
    point = jnp.stack([axis[i] for axis, i in zip(values, place, strict=True)])
    return rebuild(flat.at[positions].set(point.astype(flat.dtype)))


@eqx.filter_jit
def _evaluate(
    function: Callable[[Players], PyTree],
    players: Players,
    positions: Array | np.ndarray,
    values: list[Array],
    chunk: int,
) -> PyTree:
    shape = tuple(axis.size for axis in values)
    size = int(np.prod(shape))

    def at(index: Array) -> PyTree:
        return function(placed(players, positions, values, index))

    results = jax.lax.map(at, jnp.arange(size), batch_size=min(chunk, size))
    return jax.tree.map(lambda leaf: leaf.reshape(shape + leaf.shape[1:]), results)
