"""A box of parameters: who moves, between which bounds, and points spread over it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from ._checks import checked_float
from ._types import Players
from .game import AbstractGame, checked_game
from .parameters import checked_players, indices, Names, vector
from .restriction import Restriction

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


def checked_parts(game: AbstractGame, players: Players) -> None:
    """ValueError unless there is a game and a pair of players."""
    checked_game(game)
    checked_players(players)


def checked_names(names: Sequence[str], argument: str) -> tuple[str, ...]:
    """Names as a tuple; what they name is checked elsewhere."""
    if isinstance(names, str) or not isinstance(names, Sequence | np.ndarray):
        raise ValueError(f"{argument}: expected a sequence of names, got {names!r}")
    return tuple(names)


def checked_window(game: AbstractGame, players: Players, box: Box, free: Names = None) -> Window:
    """``window``, of a game and players that are looked at first."""
    checked_parts(game, players)
    return window(players, box, free)


def window(players: Players, box: Box, free: Names = None) -> Window:
    """``box`` checked: exactly the ``free`` parameters (those of the box for None), every low < high."""
    checked_players(players)
    if not isinstance(box, Mapping) or not box:
        raise ValueError(f"box: expected {{name: (low, high)}}, got {box!r}")
    names = tuple(box) if free is None else checked_names(free, "free")
    positions = indices(players, names, "box" if free is None else "free")
    if set(names) != set(box):
        raise ValueError(f"box: expected bounds of exactly the free parameters {names}, got {tuple(box)}")
    bounds = []
    for name in names:
        ends = box[name]
        if isinstance(ends, str) or not isinstance(ends, Sequence | np.ndarray) or len(ends) != 2:
            raise ValueError(f"box: expected (low, high) for {name!r}, got {ends!r}")
        low, high = (checked_float(end, f"box[{name!r}]") for end in ends)
        if not low < high:
            raise ValueError(f"box: expected low < high for {name!r}, got {ends!r}")
        bounds.append((low, high))
    low, high = np.asarray(bounds, vector(players).dtype).T
    if not np.all((low < high) & np.isfinite(high - low)):
        raise ValueError(f"box: expected widths that {low.dtype} resolves, got {dict(box)!r}")
    return Window(names, positions, low, high)


def evenly_spaced(points: int, dimension: int) -> np.ndarray:
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
    return jax.vmap(lambda entries: rebuild(flat.at[index].set(entries)))(jnp.asarray(values, flat.dtype))
