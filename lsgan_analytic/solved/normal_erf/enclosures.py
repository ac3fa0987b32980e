r"""Bounds of the normal/erf quantities over a whole box of parameters.

For x ~ N(m, s^2), u = sqrt(2/v) mu, mu = a m + b and v = 1 + 2 a^2 s^2, E[D^2] is the probability
P(X <= u, Y <= u) of two standard normal variables of correlation 1 - 1/v: it rises with u, and with v at a
fixed u (Slepian, Bell Syst. Tech. J. 41 (1962) 463). So the ranges of u and v on a box enclose it. mu is
linear in each of a, b, scale and shift alone: its range is that of the corners, as is that of |a s| but for
the zeros of a and of scale.

The derivative of w E[(1 - D)^2] by the shift is -w (2/sqrt(pi)) a P(mu, v), P of ``gradient.py``. P is
log-concave in mu, so least at an end of the range of mu; there each of its factors is bounded over v,

    log P >= -log(v_1)/2 - mu^2/v_0 + log Phi(-k mu),    k of v_0 for mu > 0, of v_1 for mu <= 0.        (1)

"Proved" here means: to rounding, for which each bound gives way a little.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from ..._boxes import corner_vectors, ranges
from ..._types import Players
from ...discriminators.erf import log_half_erfc
from ...game import Game
from ...laws.normal import Normal
from ...laws.pushforward import pushforward
from ...parameters import parameter_names
from .integrals import mean_square

_ROUNDING = 256  # in units of eps and of the condition number

Range = tuple[Array, Array]


def _over(
    game: Game, players: Players, positions: tuple[int, ...], low: Array, high: Array
) -> tuple[Range, tuple[Range, Range], tuple[Range, Range], Array]:
    """Ranges of a, of (mu, v) over the data and over generated points, largest |a m| + |b|; each (m,)."""
    flat, rebuild = ravel_pytree(players)

    def one(values: Array) -> Array:
        own = rebuild(values)
        a, b = own.disc.a, own.disc.b
        made, found = pushforward(game.latent, own.gen), [a]
        # data of other laws have no part in what the generator descends
        for law in (game.data if type(game.data) is Normal else made, made):
            found += [a * law.mean + b, a * law.std, jnp.abs(a * law.mean) + jnp.abs(b)]
        scale = getattr(own.gen, "scale", jnp.ones_like(a))
        return jnp.stack([*found, scale])

    ends = jax.vmap(jax.vmap(one))(corner_vectors(flat, positions, low, high))
    a, mu1, as1, size1, mu2, as2, size2, scale = (ranges(x) for x in jnp.moveaxis(ends, -1, 0))
    v1 = _spread(as1, a[0] * a[1] > 0)
    v2 = _spread(as2, (a[0] * a[1] > 0) & (scale[0] * scale[1] > 0))
    return a, (mu1, v1), (mu2, v2), jnp.maximum(size1[1], size2[1])


def _spread(product: Range, keeps_sign: Array) -> Range:
    """The range of v = 1 + 2 (a s)^2 for the range of a s over the corners."""
    sizes = jnp.abs(jnp.stack(product))
    least = jnp.where(keeps_sign, jnp.min(sizes, axis=0), 0)
    return 1 + 2 * jnp.square(least), 1 + 2 * jnp.square(jnp.max(sizes, axis=0))


def _term_bounds(mu: Range, v: Range) -> tuple[Array, Array, Array]:
    """E[D^2] between two bounds, and the largest |u|."""
    low = mu[0] * jnp.sqrt(2 / jnp.where(mu[0] > 0, v[1], v[0]))
    high = mu[1] * jnp.sqrt(2 / jnp.where(mu[1] > 0, v[0], v[1]))
    square = jnp.vectorize(mean_square)
    return square(low, v[0] - 1), square(high, v[1] - 1), jnp.maximum(jnp.abs(low), jnp.abs(high))


@eqx.filter_jit
def cost_bounds(
    game: Game, players: Players, positions: tuple[int, ...], low: Array, high: Array
) -> tuple[Array, Array]:
    """J between two bounds over boxes low, high (m, n), for a game of ``solved_cost``."""
    _, (mu1, v1), (mu2, v2), size = _over(game, players, positions, low, high)
    first = _term_bounds(mu1, v1)
    second = _term_bounds((-mu2[1], -mu2[0]), v2)  # E[(1 - D)^2] is E[D^2] with a and b negated
    condition = 1 + (1 + jnp.maximum(first[2], second[2])) * size
    slack = _ROUNDING * jnp.finfo(low.dtype).eps * condition
    return (first[0] + second[0]) * (1 - slack), (first[1] + second[1]) * (1 + slack)


def cost_signs(
    players: Players, positions: tuple[int, ...], low: np.ndarray, high: np.ndarray
) -> dict[int, int]:
    """The sign of dJ/dshift on a box (n,), by position: that of -a, where a keeps its sign."""
    names = [parameter_names(players)[i] for i in positions]
    fixed = float(players.disc.a)  # pyright: ignore
    a = [float(end[names.index("a")]) if "a" in names else fixed for end in (low, high)]
    if "shift" not in names or not a[0] * a[1] > 0:
        return {}
    return {names.index("shift"): -1 if a[0] > 0 else 1}


@eqx.filter_jit
def log_gradient_bound(
    game: Game, players: Players, positions: tuple[int, ...], factor: float, low: Array, high: Array
) -> Array:
    """Lower bounds of log|dJ_G/dshift| over boxes low, high (m, n), by (1); -inf where a changes sign."""
    a, _, (mu, v), size = _over(game, players, positions, low, high)
    smallest = jnp.where(a[0] * a[1] > 0, jnp.minimum(jnp.abs(a[0]), jnp.abs(a[1])), 0)
    ends = jnp.stack(mu)
    worst = jnp.where(ends > 0, v[0][None], v[1][None])
    k = jnp.sqrt(2 / (worst * (2 * worst - 1)))
    tails = log_half_erfc(ends * k * float(np.sqrt(0.5))) - jnp.square(ends) / v[0][None]
    bound = jnp.log(float(2 / np.sqrt(np.pi)) * factor * smallest) - 0.5 * jnp.log(v[1])
    bound = bound + jnp.min(tails, axis=0)
    rounding = 1 + jnp.abs(bound) + (1 + jnp.max(jnp.abs(ends), axis=0)) * size
    return bound - _ROUNDING * jnp.finfo(low.dtype).eps * jnp.where(smallest > 0, rounding, 0)
