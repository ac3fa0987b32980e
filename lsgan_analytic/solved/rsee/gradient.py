"""The logarithm of the gradient of J, from those of the derivatives of K."""

import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree

from ..._signed_sum import log_abs_sum
from ..._types import Players
from ...game import Game
from ...laws.pushforward import pushforward
from ...special import log_abs_K_derivatives
from .integrals import arguments


def log_gradient(game: Game, players: Players) -> tuple[Players, Players]:
    """(log|dJ/dp|, sign): dJ/dp = -sum |dK/dA| dA/dp + |dK/dB| dB/dp over both terms."""
    flat, rebuild = ravel_pytree(players)

    def slopes(values: Array) -> Array:
        """A and B of the two terms, shape (2, 2)."""
        players = rebuild(values)
        real = arguments(game.data, players.disc, game.loss.real)  # pyright: ignore
        fake = arguments(pushforward(game.latent, players.gen), players.disc, game.loss.fake)  # pyright: ignore
        return jnp.stack([jnp.stack(real), jnp.stack(fake)])

    at, weights = slopes(flat), jax.jacobian(slopes)(flat)
    logs = jnp.stack(log_abs_K_derivatives(at[:, 0], at[:, 1]), axis=1)[..., None]
    size, sign = log_abs_sum(logs, -weights)
    return rebuild(size), rebuild(sign)
