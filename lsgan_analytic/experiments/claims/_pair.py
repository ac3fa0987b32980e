"""The model of several claims: N(0, std) against a shift of noise of the same width; two losses."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

import lsgan_analytic as lsgan

MINIMAX = lsgan.Minimax()
NON_SATURATING = lsgan.NonSaturating()


def slopes(
    loss: lsgan.losses.AbstractLoss,
    gaps: jax.Array,
    std: float,
    labels: Sequence[float] = (1.0, 0.0),
    noise: float = 0.0,
) -> jax.Array:
    """d(what G descends)/d gap in the game, at every gap: how strongly the generator is pulled back.

    D = (real p + fake q)/(p + q) is the best for these labels, and held; with ``noise`` the game has instance
    noise and D is the best for what it sees.
    """
    seen = float(jnp.hypot(std, noise))
    disc = lsgan.OptimalDiscriminator(lsgan.Normal(0.0, seen), lsgan.Normal(0.0, seen), *labels, frozen=True)
    parts = (lsgan.InstanceNoise(noise),) if noise else ()
    game = lsgan.Game(lsgan.Normal(0.0, std), lsgan.Normal(0.0, std), loss, parts)

    def slope(gap):
        return jax.grad(lambda gen: game.objectives(lsgan.Players(disc, gen))[1])(lsgan.Shift(gap)).shift

    return jax.jit(jax.vmap(slope))(gaps)
