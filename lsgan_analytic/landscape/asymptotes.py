"""The levels that J approaches at infinity."""

from collections.abc import Mapping, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from .. import solved
from .._checks import checked_float
from .._types import Players
from .._window import checked_names
from ..game import Game
from ..parameters import checked_players, indices, Names, parameter_names

_DOUBLINGS = 20  # t = 1, 2, 4, ... along a ray


class Level(eqx.Module):
    """The limit of J along a ray.

    Attributes:
        ray: {parameter: rate}; the other parameters stay.
        value: the limit, +-inf where J has none; error: 0 for an analytic limit, else an estimate.
        reason: why, or "extrapolated".
    """

    ray: dict[str, float] = eqx.field(static=True)
    value: float = eqx.field(static=True)
    error: float = eqx.field(static=True)
    reason: str = eqx.field(static=True)


def asymptotes(
    game: Game,
    players: Players,
    free: Names = None,
    rays: Sequence[Mapping[str, float]] | None = None,
) -> tuple[Level, ...]:
    r"""The level of J along rays players + t ray, t -> inf; up and down each free axis for ``rays=None``.

    *A solved game* (``lsgan.solved``), *along an axis*, exactly. R/S/E/E, and normal/erf with h its shift:

    ======================  ==========================================================
    b -> +inf, b -> -inf    1, 1 (D is 1, or 0, on data and samples)
    h -> +inf, h -> -inf    J1, 1 + J1 for a > 0 (all samples above, below the threshold); else swapped
    g -> +inf, g -> -inf    R/S/E/E: J1, 1 + J1 for a > 0; else swapped
    scale -> +inf, -inf     normal/erf: J1 + P(z < 0), J1 + P(z > 0) for a > 0; else swapped
    a -> +inf, a -> -inf    P(X > 0) + P(G < 0), P(X < 0) + P(G > 0) (D is a step at 0)
    ======================  ==========================================================

    Over all of parameter space 0 < J < 2: neither is attained, both are approached, J -> 0 along
    {b: -1, h: +2/a} (threshold above the data and below the samples), J -> 2 along {b: 1, h: -2/a}.

    *Any other game or ray*: Aitken's extrapolation of J at t = 1, 2, 4, ... 2^19, exact for one power of t;
    the error is the change in its last step. The level is infinite where J has grown beyond 1000 and does
    not slow down, and NaN with an infinite error where nothing has settled or J is not finite.

    Raises:
        ValueError: not a Game, not players; unknown names; rays with ``free``; a ray that is zero.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> [round(level.value, 6) for level in lsgan.asymptotes(game, players, free=("b", "h"))]
    [1.0, 1.0, 0.465922, 1.465922]
    """
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a Game, got {game!r}")
    checked_players(players)
    names = parameter_names(players)
    if rays is None:
        free = names if free is None else checked_names(free, "free")
        indices(players, free)
        rays = [{name: sign} for name in free for sign in (1.0, -1.0)]
    elif free is not None:
        raise ValueError("rays: expected either rays or free, got both")
    elif isinstance(rays, Mapping | str) or not isinstance(rays, Sequence):
        raise ValueError(f"rays: expected a sequence of {{name: rate}}, got {rays!r}")
    return tuple(_level(game, players, names, _checked(players, ray)) for ray in rays)


def _checked(players: Players, ray: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(ray, Mapping):
        raise ValueError(f"rays: expected {{name: rate}}, got {ray!r}")
    indices(players, tuple(ray), "rays")
    rates = {name: checked_float(rate, f"rays[{name!r}]") for name, rate in ray.items()}
    if not any(rates.values()):
        raise ValueError(f"rays: expected a direction, got {dict(ray)!r}")
    return rates


def _level(game: Game, players: Players, names: tuple[str, ...], ray: dict[str, float]) -> Level:
    moving = [(name, rate) for name, rate in ray.items() if rate]
    if len(moving) == 1:
        known = solved.ask(lambda solved_game: solved_game.level(game, players, *moving[0]))
        if known is not None:
            return Level(ray, known.value, 0.0, known.reason)
    direction = np.asarray([ray.get(name, 0.0) for name in names])
    value, error = _extrapolate(np.asarray(_along(game, players, jnp.asarray(direction))))
    return Level(ray, value, error, "extrapolated")


@eqx.filter_jit
def _along(game: Game, players: Players, direction: Array) -> Array:
    flat, rebuild = ravel_pytree(players)
    times = 2.0 ** jnp.arange(_DOUBLINGS, dtype=flat.dtype)
    points = flat[None] + times[:, None] * direction.astype(flat.dtype)[None]
    return jax.vmap(lambda point: game.cost(rebuild(point)))(points)


def _extrapolate(values: np.ndarray) -> tuple[float, float]:
    """The limit of a sequence at t = 1, 2, 4, ... and an estimate of its error."""
    good = np.isfinite(values)
    values = values[: len(values) if good.all() else int(np.argmin(good))]
    if len(values) < 5:
        return float("nan"), float("inf")
    steps = np.diff(values)
    rounding = 64 * np.finfo(values.dtype).eps * np.abs(values[-1])
    if np.abs(steps[-1]) <= rounding:
        return float(values[-1]), float(rounding)
    if np.abs(steps[-1]) >= 0.97 * np.abs(steps[-2]):  # log t, and all that grows faster
        grown = np.abs(values[-1]) > 1e3 * (1 + np.abs(values[0]))
        return float(np.sign(steps[-1]) * np.inf if grown else np.nan), 0.0 if grown else float("inf")
    ratio = steps[1:] / steps[:-1]
    aitken = values[2:] + steps[1:] * ratio / (1 - ratio)
    return float(aitken[-1]), float(np.abs(aitken[-1] - aitken[-2]) + rounding)
