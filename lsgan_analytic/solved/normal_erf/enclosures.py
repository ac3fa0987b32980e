r"""Bounds of the normal/erf quantities over a whole box of parameters.

For x ~ N(m, s^2), u = sqrt(2/v) mu, mu = a m + b and v = 1 + 2 a^2 s^2, E[D^2] is the probability
P(X <= u, Y <= u) of two standard normal variables of correlation 1 - 1/v: it rises with u, and with v at a
fixed u (Slepian, Bell Syst. Tech. J. 41 (1962) 463). So the ranges of u and v on a box enclose it. mu is
linear in each of a, b, scale and shift alone: its range is that of the corners, and so is that of a s with
the sign of scale.

The derivative of w E[(1 - D)^2] by the shift is -w (2/sqrt(pi)) a P(mu, v), P of ``gradient.py``. P is
log-concave in mu, so least at an end of the range of mu; there each of its factors is bounded over v,

    log P >= -log(v_1)/2 - mu^2/v_0 + log Phi(-k mu),    k of v_0 for mu > 0, of v_1 for mu <= 0.        (1)

"Proved" here means: to rounding, for which each bound is widened a little.
"""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from ..._boxes import corner_vectors, ranges
from ..._types import Players, Scalar
from ...discriminators.erf import log_half_erfc
from ...game import Game
from ...generators.affine import Affine, Scale
from ...generators.shift import Shift
from ...laws.normal import Normal
from ...parameters import parameter_names
from .integrals import mean_square

_ROUNDING = 256  # in units of eps and of the condition number

Range = tuple[Array, Array]


def _of_data(game: Game, players: Players) -> tuple[Scalar, Scalar]:
    """(mean, standard deviation) of the data."""
    return game.data.mean, game.data.std  # pyright: ignore


def _of_generated(game: Game, players: Players) -> tuple[Scalar, Scalar]:
    """(mean, standard deviation times the sign of scale) of G(z): linear in scale and in shift."""
    gen, latent = players.gen, game.latent
    assert isinstance(latent, Normal)
    if isinstance(gen, Shift):
        return latent.mean + gen.shift, latent.std
    assert isinstance(gen, Affine | Scale)
    mean = gen.scale * latent.mean
    return mean + gen.shift if isinstance(gen, Affine) else mean, gen.scale * latent.std


def _argument_ranges(
    moments: Callable[[Game, Players], tuple[Scalar, Scalar]],
    game: Game,
    players: Players,
    positions: tuple[int, ...],
    low: Array,
    high: Array,
) -> tuple[Range, Range, Range, Array]:
    """Ranges of a, mu and v for a law of these ``moments``, and the largest |a m| + |b|; each (m,)."""
    flat, rebuild = ravel_pytree(players)

    def one(values: Array) -> Array:
        players = rebuild(values)
        a, b = players.disc.a, players.disc.b
        mean, deviation = moments(game, players)
        return jnp.stack([a, a * mean + b, a * deviation, jnp.abs(a * mean) + jnp.abs(b)])

    ends = jax.vmap(jax.vmap(one))(corner_vectors(flat, positions, low, high))
    a, mu, scale, size = (ranges(x) for x in jnp.moveaxis(ends, -1, 0))
    sizes = jnp.abs(jnp.stack(scale))
    least = jnp.where(scale[0] * scale[1] > 0, jnp.min(sizes, axis=0), 0)
    v = 1 + 2 * jnp.square(least), 1 + 2 * jnp.square(jnp.max(sizes, axis=0))
    return a, mu, v, size[1]


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
    _, mu, v, size = _argument_ranges(_of_data, game, players, positions, low, high)
    first = _term_bounds(mu, v)
    _, mu, v, other = _argument_ranges(_of_generated, game, players, positions, low, high)
    second = _term_bounds((-mu[1], -mu[0]), v)  # E[(1 - D)^2] is E[D^2] with a and b negated
    condition = 1 + (1 + jnp.maximum(first[2], second[2])) * jnp.maximum(size, other)
    slack = _ROUNDING * jnp.finfo(low.dtype).eps * condition
    return (first[0] + second[0]) * (1 - slack), (first[1] + second[1]) * (1 + slack)


def cost_signs(
    players: Players, positions: tuple[int, ...], low: np.ndarray, high: np.ndarray
) -> dict[int, int]:
    """The sign of dJ/dshift on a box (n,), by index in it: that of -a, where a keeps its sign."""
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
    a, mu, v, size = _argument_ranges(_of_generated, game, players, positions, low, high)
    smallest = jnp.where(a[0] * a[1] > 0, jnp.minimum(jnp.abs(a[0]), jnp.abs(a[1])), 0)
    ends = jnp.stack(mu)
    worst = jnp.where(ends > 0, v[0][None], v[1][None])
    k = jnp.sqrt(2 / worst) / jnp.sqrt(2 * worst - 1)
    tails = log_half_erfc(ends * k * float(np.sqrt(0.5))) - jnp.square(ends) / v[0][None]
    bound = jnp.log(float(2 / np.sqrt(np.pi)) * factor * smallest) - 0.5 * jnp.log(v[1])
    bound = bound + jnp.min(tails, axis=0)
    rounding = 1 + jnp.abs(bound) + (1 + jnp.max(jnp.abs(ends), axis=0)) * size
    return bound - _ROUNDING * jnp.finfo(low.dtype).eps * jnp.where(smallest > 0, rounding, 0)
