r"""The logarithm of the gradient of J, from closed forms of its derivatives.

For x ~ N(m, s^2) let G(a, b, m, s) = E[(erfc(a x + b)/2)^2], mu = a m + b, v = 1 + 2 a^2 s^2 and
k = sqrt(2/(v (2 v - 1))). With Phi, phi of the standard normal law and e = v^{-1/2} e^{-mu^2/v},

    P = e Phi(-k mu) = E[erfc(a x + b)/2 e^{-(a x + b)^2}],    R = -dP/dmu - (2 mu/v) P = e k phi(k mu),   (1)

    dG/db = -(2/sqrt(pi)) P,      dG/da = -(2/sqrt(pi)) ((m - 2 a b s^2)/v P - a s^2 R),                   (2)
    dG/dm = -(2/sqrt(pi)) a P,    dG/ds =  (2/sqrt(pi)) a^2 s ((2 mu/v) P + R),                            (3)

where dG/da is E[x f(x)] = m E[f] + s^2 E[f'] (Stein), and dG/ds is s d2G/dm2 (the heat equation). Terms of
opposite sign cancel near the roots of these derivatives alone. J = G(-a, -b, data) + G(a, b, generated).
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from ..._signed_sum import log_abs_sum
from ..._types import Players, Scalar, Vector
from ...discriminators.erf import Erf, log_half_erfc
from ...game import Game
from ...laws.normal import Normal
from ...laws.pushforward import pushforward
from ...losses.base import AbstractIntegrand, Squared, SquaredComplement

_SIGN = {Squared: -1, SquaredComplement: 1}
_C = float(2 / np.sqrt(np.pi))


def log_gradient(game: Game, players: Players) -> tuple[Players, Players]:
    """(log|dJ/dp|, sign) by (2) and (3) and the chain rule, summed over both terms."""
    flat, rebuild = ravel_pytree(players)

    def slopes(values: Array) -> Array:
        """(a, b, m, s) of the two terms, shape (2, 4)."""
        players = rebuild(values)
        real = _arguments(game.data, players.disc, game.loss.real)  # pyright: ignore
        fake = _arguments(pushforward(game.latent, players.gen), players.disc, game.loss.fake)  # pyright: ignore
        return jnp.stack([real, fake])

    at, inner = slopes(flat), jax.jacobian(slopes)(flat)  # (2, 4), (2, 4, n)
    logs, outer = jax.vmap(_derivatives)(at)  # (2, 2), (2, 4, 2)
    size, sign = log_abs_sum(logs[:, None, :, None], outer[..., None] * inner[:, :, None, :])
    return rebuild(size), rebuild(sign)


def _arguments(law: Normal, disc: Erf, phi: AbstractIntegrand) -> Vector:
    sign = _SIGN[type(phi)]
    return jnp.stack([sign * disc.a, sign * disc.b, law.mean, law.std])


def log_basis(mu: Scalar, v: Scalar) -> tuple[Scalar, Scalar]:
    """(log P, log R) of (1)."""
    k = jnp.sqrt(2 / v) / jnp.sqrt(2 * v - 1)  # the product of the roots' arguments may overflow
    common = -0.5 * jnp.log(v) - jnp.square(mu) / v
    log_phi = -0.5 * jnp.square(k * mu) - float(0.5 * np.log(2 * np.pi))
    return common + log_half_erfc(k * mu * float(np.sqrt(0.5))), common + jnp.log(k) + log_phi


def _derivatives(at: Vector) -> tuple[Array, Array]:
    """(log P, log R), and the coefficients of P and R in dG/d(a, b, m, s): shapes (2,), (4, 2)."""
    a, b, m, s = at
    mu, v = a * m + b, 1 + 2 * jnp.square(a * s)
    zero, area = jnp.zeros_like(a), a * jnp.square(s)
    rows = (
        (-(m - 2 * area * b) / v, area),
        (-jnp.ones_like(a), zero),
        (-a, zero),
        (2 * a * a * s * mu / v, a * a * s),
    )
    return jnp.stack(log_basis(mu, v)), _C * jnp.stack([jnp.stack(row) for row in rows])
