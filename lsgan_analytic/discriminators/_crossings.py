"""Where a function crosses levels, for functions without an inverse."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax import lax

from .._types import Values, Vector

_HALVINGS = 60


def crossings(
    function: Callable[[Values], Values], grid: Vector, levels: Sequence[float], most: int
) -> Vector:
    """Up to ``most`` crossings of each level between neighbours of ``grid``, by bisection; NaN for the rest.

    A pair of crossings between two neighbours is missed. No derivatives go through it.
    """
    grid = jnp.sort(lax.stop_gradient(grid))
    heights = lax.stop_gradient(function(grid))

    def of_level(level: Values) -> Vector:
        above = heights > level
        (cells,) = jnp.nonzero(above[1:] != above[:-1], size=most, fill_value=grid.size)
        cell = jnp.minimum(cells, grid.size - 2)
        falling = above[cell]

        def halve(_, ends: tuple[Vector, Vector]) -> tuple[Vector, Vector]:
            low, high = ends
            middle = 0.5 * (low + high)
            before = (lax.stop_gradient(function(middle)) > level) == falling
            return jnp.where(before, middle, low), jnp.where(before, high, middle)

        low, high = lax.fori_loop(0, _HALVINGS, halve, (grid[cell], grid[cell + 1]))
        return jnp.where(cells < grid.size, 0.5 * (low + high), jnp.nan)

    return jax.vmap(of_level)(jnp.asarray(levels, grid.dtype)).ravel()
