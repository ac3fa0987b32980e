"""A field bounded away from zero on a box, from samples: evidence, never proof."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from .._boxes import corners
from .._types import Players, Scalar
from .._window import evenly_spaced, Window
from ..expectation import expectation
from ..game import AbstractGame, field, Game
from ..parameters import vector
from ..restriction import Restriction

_CHUNK = 128  # boxes bounded at a time
_SMALLEST = 1e-4  # of the window: smaller boxes are not divided
_INNER = 8  # samples inside each box, beside its centre, corners and the middles of its faces
_CUTS = {1: 256, 2: 24, 3: 8, 4: 5, 5: 3, 6: 3, 7: 2, 8: 2}  # no box is larger than the window by this
_ROUNDING = 1e4  # in units of eps: what is left of terms that cancel to less than this is not a sign


def cells(bounds: Window) -> tuple[np.ndarray, np.ndarray]:
    """The window cut into equal boxes: low and high, (m, n)."""
    n = len(bounds.names)
    cuts = _CUTS.get(n, 2)
    index = np.stack(np.meshgrid(*[np.arange(cuts)] * n, indexing="ij"), -1).reshape(-1, n)
    low, high = (np.asarray(bounds.at((index + side) / cuts), bounds.low.dtype) for side in (0, 1))
    return low, high


def too_few(bounds: Window, budget: int) -> str | None:
    """Why so many boxes cannot show anything, or None."""
    n = len(bounds.names)
    if n not in _CUTS:
        return f"{n} free parameters are too many to be sampled (at most {max(_CUTS)})"
    least = _CUTS[n] ** n
    return (
        f"boxes={budget} are fewer than the {least} that are looked at at least" if budget < least else None
    )


def bound_by_samples(
    game: AbstractGame, players: Players, bounds: Window, budget: int, safety: float
) -> tuple[float, set[int], int, np.ndarray]:
    """(the least margin, the components it is of, boxes used, the boxes (m, 2, n) that are not excluded)."""

    def margins(low: Array, high: Array) -> tuple[Array, ...]:
        return _margins(game, players, bounds.positions, low, high, jnp.asarray(safety, low.dtype))

    low, high = cells(bounds)
    least, used, stuck = np.inf, 0, []
    components = set()
    while len(low) and used + len(low) <= budget:
        margin, which, along = in_chunks(margins, low, high)
        used += len(low)
        clear = margin > 0
        least = min([least, *margin[clear]])
        components |= set(which[clear].tolist())
        low, high, along = low[~clear], high[~clear], along[~clear]
        tiny = np.all(high - low <= _SMALLEST * bounds.width, axis=1)
        stuck += list(np.stack([low, high], 1)[tiny])
        low, high = halve(low[~tiny], high[~tiny], along[~tiny])
    rest = np.concatenate([np.reshape(stuck, (-1, 2, low.shape[1])), np.stack([low, high], 1)])
    return float(least), components, used, rest


def halve(low: np.ndarray, high: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every box cut in two across the direction ``along`` (m,)."""
    rows = np.arange(len(low))
    middle = 0.5 * (low[rows, along] + high[rows, along])
    left, right = high.copy(), low.copy()
    left[rows, along] = right[rows, along] = middle
    return np.concatenate([low, right]), np.concatenate([left, high])


def in_chunks(
    bound: Callable[[Array, Array], tuple[Array, ...]], low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, ...]:
    """``bound`` of boxes (m, n), some at a time in one of two shapes: each is compiled once."""
    size = 8 if len(low) <= 8 else _CHUNK
    parts = []
    for first in range(0, len(low), size):
        ends = [end[first : first + size] for end in (low, high)]
        short = size - len(ends[0])
        padded = [jnp.asarray(np.concatenate([end, np.repeat(end[-1:], short, 0)])) for end in ends]
        parts.append([np.asarray(part)[: size - short] for part in bound(*padded)])
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _samples(low: Array, high: Array) -> Array:
    """Points of boxes (m, n): centres first, then corners, middles of faces, and inside: (k, m, n)."""
    n = low.shape[-1]
    inner = 2 * evenly_spaced(_INNER, n) - 1
    offsets = np.concatenate([np.zeros((1, n)), np.eye(n), -np.eye(n), inner]).astype(low.dtype)
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    return jnp.concatenate([centre[None] + offsets[:, None] * half[None], corners(low, high)])


class _Part(AbstractGame):
    """A game whose objectives are those on the data, or on the generated points, alone."""

    game: Game
    of_data: bool = eqx.field(static=True)

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        """What the loss makes of one of the two laws, the expectations over the other being 0."""
        disc, data, generated = self.game.effective_parts(players)
        zero = jnp.zeros_like(vector(players)[0])
        return self.game.loss.objectives(
            lambda phi: expectation(data, disc, phi) if self.of_data else zero,
            lambda phi: zero if self.of_data else expectation(generated, disc, phi),
        )


def _term_sizes(game: AbstractGame, players: Players, positions: tuple[int, ...], force: Array) -> Array:
    """What each component of the field is the sum of, in absolute value: data, samples, penalties."""
    if not isinstance(game, Game):
        return jnp.abs(force)
    index = np.asarray(positions)
    parts = [vector(field(_Part(game, which), players))[index] for which in (True, False)]
    return sum(jnp.abs(part) for part in parts) + jnp.abs(force - parts[0] - parts[1])


@eqx.filter_jit
def _margins(
    game: AbstractGame, players: Players, positions: tuple[int, ...], low: Array, high: Array, safety: Array
) -> tuple[Array, Array, Array]:
    """What is left of the best component on each box, which it is, and the direction to cut."""
    function = Restriction(game, players, positions).field
    flat, rebuild = ravel_pytree(players)
    half = 0.5 * (high - low)
    points = _samples(low, high)

    def value_and_jacobian(point: Array) -> tuple[Array, Array]:
        slope, value = jax.jacfwd(lambda x: (function(x),) * 2, has_aux=True)(point)
        return value, slope

    def terms(point: Array, force: Array) -> Array:
        return _term_sizes(game, rebuild(flat.at[np.asarray(positions)].set(point)), positions, force)

    values, slopes = jax.vmap(jax.vmap(value_and_jacobian))(points)
    size = jnp.abs(values[0])
    steepest = jnp.max(jnp.abs(slopes), axis=0) + jnp.max(slopes, axis=0) - jnp.min(slopes, axis=0)
    spans = steepest * half[:, None, :]  # (m, i, j)
    change = jnp.max(jnp.abs(values - values[:1]), axis=0)  # a change of sign is more than |f|
    margin = size - safety * jnp.maximum(jnp.sum(spans, axis=-1), change)
    rounding = _ROUNDING * jnp.finfo(low.dtype).eps * jax.vmap(terms)(points[0], values[0])
    margin = jnp.where(jnp.isfinite(margin) & (size > rounding), margin, -jnp.inf)
    which = jnp.argmax(margin, axis=-1)
    chosen = jnp.take_along_axis(spans, which[:, None, None], axis=1)[:, 0]
    chosen = jnp.where(jnp.isfinite(chosen), chosen, 0) + 1e-12 * half  # a tie: the longest edge
    return jnp.take_along_axis(margin, which[:, None], axis=1)[:, 0], which, jnp.argmax(chosen, axis=-1)
