"""A box of parameters: who moves, between which bounds, and points spread over it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from .._checks import label
from .._types import Players
from ..game import AbstractGame
from ..parameters import indices, Names, vector
from ..restriction import Restriction

Box = Mapping[str, tuple[float, float]]


class Window(NamedTuple):
    """The box {name: (low, high)} over the parameters at ``positions``, in their order."""

    names: tuple[str, ...]
    positions: tuple[int, ...]
    low: np.ndarray
    high: np.ndarray

    @property
    def width(self) -> np.ndarray:
        return self.high - self.low

    def at(self, unit: np.ndarray) -> np.ndarray:
        """The point of the box whose coordinates in [0, 1] are ``unit``."""
        return self.low + self.width * unit


def window(players: Players, box: Box, free: Names = None) -> Window:
    """``box`` checked: exactly the ``free`` parameters (those of the box for None), every low < high."""
    if not isinstance(box, Mapping) or not box:
        raise ValueError(f"box: expected {{name: (low, high)}}, got {box!r}")
    names = tuple(box) if free is None else tuple(free)
    positions = indices(players, names, "box" if free is None else "free")
    if set(names) != set(box):
        raise ValueError(f"box: expected bounds of exactly the free parameters {names}, got {tuple(box)}")
    bounds = []
    for name in names:
        ends = tuple(box[name])
        if len(ends) != 2:
            raise ValueError(f"box: expected (low, high) for {name!r}, got {box[name]!r}")
        low, high = (label(end, f"box[{name!r}]") for end in ends)
        if not low < high:
            raise ValueError(f"box: expected low < high for {name!r}, got {box[name]!r}")
        bounds.append((low, high))
    low, high = np.asarray(bounds, vector(players).dtype).T
    return Window(names, positions, low, high)


def spread(points: int, dimension: int) -> np.ndarray:
    """``points`` of [0, 1)^dimension spread evenly: the additive recurrence k alpha mod 1.

    alpha_j = phi^-j with phi^(dimension + 1) = phi + 1 (Roberts 2018); for dimension 1 the golden section.
    """
    phi = 2.0
    for _ in range(60):
        phi = (1 + phi) ** (1 / (dimension + 1))
    alpha = phi ** -np.arange(1.0, dimension + 1)
    return (0.5 + np.arange(1, points + 1)[:, None] * alpha) % 1


def unit_field(
    game: AbstractGame, players: Players, positions: tuple[int, ...], low: Array, width: Array
) -> Callable[[Array], Array]:
    """The field over the free parameters as a function of unit coordinates (its values are not scaled)."""
    function = Restriction(game, players, positions).field
    return lambda unit: function(low + width * unit)


def placed(players: Players, positions: tuple[int, ...], values: np.ndarray) -> Players:
    """k players, with the parameters at ``positions`` set to the rows of ``values`` (k, n)."""
    flat, rebuild = ravel_pytree(players)
    index = np.asarray(positions)
    return jax.vmap(lambda own: rebuild(flat.at[index].set(own)))(jnp.asarray(values, flat.dtype))
