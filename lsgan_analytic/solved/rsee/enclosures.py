r"""Bounds of the solved R/S/E/E quantities over a whole box of parameters.

With phi(u) = Q(u) e^{-u^2}, Q = erfc/2, and I_k(A, B) = int_0^inf s^k e^{-s} phi(A s + B) ds,

    dK/dB = -(2/sqrt(pi)) I_0,    dK/dA = -(2/sqrt(pi)) I_1.

*Lower bounds of I_k over A in [A_0, A_1], B in [B_0, B_1].* log phi is concave. For A > 0, with w = A s,

    I_k = A^{-(k+1)} int_0^inf w^k e^{-w/A} phi(w + B) dw:

the integral grows with A, and is log-concave in B since its integrand is in (w, B) (Prekopa 1973), so that

    I_k(A, B) >= (A_0/A_1)^{k+1} min( I_k(A_0, B_0), I_k(A_0, B_1) ),                                (1)

and the mirror image for A < 0. For any sign of A, and any S > 0, from the part s <= S alone,

    I_k(A, B) >= int_0^S s^k e^{-s} ds  min( phi(u_0), phi(u_1) ),  [u_0, u_1] all of A s + B.       (2)

*Bounds of K*: it falls with A and with B, so its corners enclose it. A, B are linear in each parameter
alone, so that their own extremes are at the corners of the box. "Proved" here means: to rounding, for which
each bound is widened a little.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from ... import special
from ..._boxes import corner_vectors, ranges
from ..._types import Players
from ...discriminators.erf import log_half_erfc
from ...game import Game
from ...laws.exponential import Exponential, ShiftedExponential
from ...laws.pushforward import pushforward
from ...losses.base import Squared, SquaredComplement
from ...parameters import parameter_names
from .integrals import arguments

_REACHES = (0.03, 0.1, 0.3, 1.0, 3.0)  # S of (2)


def _log_integral_bounds(a: tuple[Array, Array], b: tuple[Array, Array]) -> Array:
    """log of lower bounds of (2/sqrt(pi)) I_k, k = 0, 1, over m boxes, the larger of (1) and (2): (2, m)."""
    one_sign = a[0] * a[1] > 0
    near = jnp.where(one_sign, jnp.where(a[0] > 0, a[0], a[1]), 1)  # the end of [A_0, A_1] next to 0
    far = jnp.where(one_sign, jnp.where(a[0] > 0, a[1], a[0]), 1)
    of_a, of_b = special.log_abs_K_derivatives(jnp.stack([near, near]), jnp.stack(b))
    shrink = jnp.log(near / far)
    whole = jnp.stack([shrink + jnp.min(of_b, axis=0), 2 * shrink + jnp.min(of_a, axis=0)])
    whole = jnp.where(one_sign, whole, -jnp.inf)

    reach = jnp.asarray(_REACHES, near.dtype)[:, None]
    mass = jnp.stack([-jnp.expm1(-reach), 1 - (1 + reach) * jnp.exp(-reach)])  # (2, S, 1)
    ends = b[0][None] + jnp.minimum(0, a[0][None] * reach), b[1][None] + jnp.maximum(0, a[1][None] * reach)
    u = jnp.stack(ends)
    least = jnp.min(log_half_erfc(u) - jnp.square(u), axis=0)
    part = jnp.max(least[None] + jnp.log(float(2 / np.sqrt(np.pi)) * mass), axis=1)
    best = jnp.maximum(whole, part)
    size = 1 + jnp.maximum(jnp.square(b[0]), jnp.square(b[1]))[None] + jnp.abs(best)
    return best - 64 * jnp.finfo(best.dtype).eps * size


def _arguments(game: Game, players: Players, positions: tuple[int, ...], low: Array, high: Array) -> Array:
    """(a, A1, B1, A2, B2) at the corners of the boxes: shape (2^n, m, 5); A1, B1 are 0 for other data."""
    flat, rebuild = ravel_pytree(players)

    def one(values: Array) -> Array:
        players = rebuild(values)
        solved = type(game.data) in (Exponential, ShiftedExponential)
        disc = players.disc
        real = arguments(game.data, disc, Squared()) if solved else (jnp.zeros_like(disc.a),) * 2  # pyright: ignore
        made = pushforward(game.latent, players.gen)
        return jnp.stack([disc.a, *real, *arguments(made, disc, SquaredComplement())])  # pyright: ignore

    return jax.vmap(jax.vmap(one))(corner_vectors(flat, positions, low, high))


@eqx.filter_jit
def log_force_bounds(
    game: Game, players: Players, positions: tuple[int, ...], factor: float, low: Array, high: Array
) -> tuple[Array, Array]:
    """Lower bounds of log|f_g| and log|f_h| over boxes low, high (m, n); -inf where a changes sign.

    f_g = 2 w scale^2 a |K_A| and f_h = w a |K_B| at (a g 2 scale^2, a h + b), w = ``generator_factor``.
    """
    a, _, _, A, B = (ranges(x) for x in jnp.moveaxis(_arguments(game, players, positions, low, high), -1, 0))
    smallest = jnp.where(a[0] * a[1] > 0, jnp.minimum(jnp.abs(a[0]), jnp.abs(a[1])), 0)
    gain = jnp.log(factor * smallest)
    of_h, of_g = _log_integral_bounds(A, B)
    return gain + jnp.log(2 * jnp.square(game.latent.scale)) + of_g, gain + of_h  # pyright: ignore


@eqx.filter_jit
def cost_bounds(
    game: Game, players: Players, positions: tuple[int, ...], low: Array, high: Array
) -> tuple[Array, Array]:
    """J between two bounds over boxes low, high (m, n), for a game of ``solved_cost``."""
    ends = _arguments(game, players, positions, low, high)
    _, a1, b1, a2, b2 = (ranges(x) for x in jnp.moveaxis(ends, -1, 0))
    # K falls with both of its arguments
    slopes, offsets = jnp.stack([*a1, *a2]), jnp.stack([*b1, *b2])
    low1, high1, low2, high2 = special.K(slopes, offsets)
    least, most = high1 + high2, low1 + low2
    size = 1 + sum(jnp.square(x[0]) + jnp.square(x[1]) for x in (b1, b2))
    slack = 16 * jnp.finfo(least.dtype).eps * size
    return least * (1 - slack), most * (1 + slack)


def cost_signs(
    players: Players, positions: tuple[int, ...], low: np.ndarray, high: np.ndarray
) -> dict[int, int]:
    """Signs of dJ/dg and dJ/dh on a box (n,), by index in it: those of -a, where a keeps its sign."""
    names = [parameter_names(players)[i] for i in positions]
    fixed = float(players.disc.a)  # pyright: ignore
    a = [float(end[names.index("a")]) if "a" in names else fixed for end in (low, high)]
    if not a[0] * a[1] > 0:
        return {}
    sign = -1 if a[0] > 0 else 1
    return {place: sign for place, name in enumerate(names) if name in ("g", "h")}
