"""No stationary point on a box: a bound of the field away from zero, not a failed search."""

import enum
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import count, label
from .._types import Players
from ..game import AbstractGame
from ..parameters import Names
from ..restriction import Restriction
from ._enclosures import corners, generator_factor, log_force_bounds
from ._window import Box, Window, window

_CHUNK = 128  # boxes bounded at a time
_SMALLEST = 1e-4  # of the window: smaller boxes are not divided


class Verdict(enum.Enum):
    """What is known of the stationary points of a game on a box."""

    found = "stationary points were found"
    none_proved = "none: a component of the field keeps its sign on the box (proved, to rounding)"
    none_bounded = "none: the field stays away from zero on the box (bound from sampled slopes, not proof)"
    undecided = "none found, and none excluded"


class Certificate(eqx.Module):
    """Why a box holds no stationary point, or where one may be.

    Attributes:
        verdict: ``none_proved``, ``none_bounded`` or ``undecided``.
        component: the name of the component of the field that is bounded; "any" where it depends on the
            part of the box.
        log_bound: natural logarithm of a lower bound of the size of that component on the box (per unit
            of the parameter); -inf where undecided.
        boxes: how many boxes were bounded.
        unresolved: (m, 2, n) the boxes (low, high) that could not be excluded.
        reason: a sentence.
    """

    verdict: Verdict = eqx.field(static=True)
    component: str = eqx.field(static=True)
    log_bound: float = eqx.field(static=True)
    boxes: int = eqx.field(static=True)
    unresolved: np.ndarray
    reason: str = eqx.field(static=True)


def no_stationary_point(
    game: AbstractGame,
    players: Players,
    box: Box,
    free: Names = None,
    boxes: int = 20_000,
    safety: float = 1.5,
) -> Certificate:
    """Try to show that the field has no zero on ``box``.

    1. *Proof*, for the generator of R/S/E/E (erf D, square G, Rayleigh z, and w E[(1 - D(G))^2] its cost;
       any data): f_h = 2 w a E[(1 - D(G)) D'(G)/a] and f_g have the sign of a, and ``_enclosures.py`` bounds
       them from below. The arithmetic is floating point, and gives way by more than its rounding.
    2. *Bound*, for any game, where 1. does not apply: a box with centre c and half-widths r is excluded if
       some |f_i(c)| > safety sum_j L_ij r_j, L_ij the largest |df_i/dtheta_j| seen at centre and corners;
       other boxes are halved. What happens between the corners is covered by ``safety`` alone: not a proof.

    Args:
        box: {name: (low, high)} for the free parameters; free: their order (None: that of the box).
        boxes: the most boxes to bound; safety: the factor on sampled slopes, >= 1.

    Raises:
        ValueError: bounds that are not low < high, or not of exactly the free parameters; boxes < 1,
            safety < 1.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> shown = lsgan.no_stationary_point(game, players, {"b": (-8, 8), "h": (-8, 8)})
    >>> shown.verdict.name, shown.component
    ('none_proved', 'h')
    """
    bounds = window(players, box, free)
    boxes, safety = count(boxes, "boxes"), label(safety, "safety", low=1.0)
    return prove(game, players, bounds) or _bound(game, players, bounds, boxes, safety)


def prove(game: AbstractGame, players: Players, bounds: Window) -> Certificate | None:
    """A sign kept by f_h or f_g on the whole box; None where that is not known."""
    names = [name for name in ("h", "g") if name in bounds.names]
    factor = generator_factor(game, players)
    if factor is None or not names:
        return None
    n = len(bounds.names)
    cuts = {1: 256, 2: 24, 3: 8}.get(n, 5)  # smaller boxes make a sharper bound
    index = np.stack(np.meshgrid(*[np.arange(cuts)] * n, indexing="ij"), -1).reshape(-1, n)
    ends = [jnp.asarray(bounds.at((index + side) / cuts), bounds.low.dtype) for side in (0, 1)]
    of_g, of_h = log_force_bounds(game, players, bounds.positions, factor, *ends)  # pyright: ignore
    logs = {"g": float(jnp.min(of_g)), "h": float(jnp.min(of_h))}
    name = max(names, key=logs.__getitem__)
    if not np.isfinite(logs[name]):
        return None
    return Certificate(
        Verdict.none_proved,
        name,
        logs[name],
        len(index),
        np.zeros((0, 2, n)),
        f"dJ_G/d{name} is a times an integral of a negative function, and a keeps its sign: "
        f"|dJ_G/d{name}| > 10^{logs[name] / np.log(10):.2f} on the box (J_G: what the generator descends)",
    )


def _bound(game: AbstractGame, players: Players, bounds: Window, budget: int, safety: float) -> Certificate:
    def margins(low: Array, high: Array) -> tuple[Array, ...]:
        return _margins(game, players, bounds.positions, low, high, jnp.asarray(safety, low.dtype))

    low, high = bounds.low[None], bounds.high[None]
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
    if len(rest):
        reason = f"{len(rest)} of the boxes could not be excluded"
        return Certificate(Verdict.undecided, "any", -np.inf, used, rest, reason)
    component = bounds.names[components.pop()] if len(components) == 1 else "any"
    reason = f"sampled slopes times {safety} leave at least {least:.3g} of the field on each of {used} boxes"
    return Certificate(Verdict.none_bounded, component, float(np.log(least)), used, rest, reason)


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


@eqx.filter_jit
def _margins(
    game: AbstractGame, players: Players, positions: tuple[int, ...], low: Array, high: Array, safety: Array
) -> tuple[Array, Array, Array]:
    """What is left of the best component on each box, which it is, and the direction to cut."""
    function = Restriction(game, players, positions).field
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    points = jnp.concatenate([centre[None], corners(low, high)])

    def look(point: Array) -> tuple[Array, Array]:
        slope, value = jax.jacfwd(lambda x: (function(x),) * 2, has_aux=True)(point)
        return value, slope

    values, slopes = jax.vmap(jax.vmap(look))(points)
    spans = jnp.max(jnp.abs(slopes), axis=0) * half[:, None, :]  # (m, i, j)
    margin = jnp.abs(values[0]) - safety * jnp.sum(spans, axis=-1)
    margin = jnp.where(jnp.isfinite(margin), margin, -jnp.inf)
    which = jnp.argmax(margin, axis=-1)
    own = jnp.take_along_axis(spans, which[:, None, None], axis=1)[:, 0]
    own = jnp.where(jnp.isfinite(own), own, 0) + 1e-12 * half  # a tie: the longest edge
    return jnp.take_along_axis(margin, which[:, None], axis=1)[:, 0], which, jnp.argmax(own, axis=-1)
