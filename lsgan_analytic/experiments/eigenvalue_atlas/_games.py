"""The two games, and the largest multiplier of a rule at their equilibria."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan

from ._rows import Row

NEUTRAL = 1e-7  # of |log|mu||: on the unit circle to rounding
#: name -> loss, slope sigma of the bilinear game it is near the equilibrium, title
GAMES = {
    "dirac": (lsgan.Minimax(), 0.5, r"Dirac-GAN, $\sigma=f'(0)=1/2$"),
    "bilinear": (lsgan.Wasserstein(), 1.0, r"bilinear game, $\sigma=1$"),
}


class Scaled(lsgan.AbstractGame):
    """A game with all objectives times ``factor``: optax wants its rates before they are traced."""

    game: lsgan.Game
    factor: jax.Array

    def objectives(self, players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
        rising, falling = self.game.objectives(players)
        return self.factor * rising, self.factor * falling


def multipliers(game: lsgan.Game, row: Row, steps: np.ndarray) -> np.ndarray:
    """The largest |multiplier| of a step at the equilibrium, for every step size."""
    players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    optimiser = optax.sgd(1.0, momentum=row.momentum)
    momentum = lsgan.PerPlayer(disc=optimiser, gen=optimiser, order="disc")

    def at(step: jax.Array) -> jax.Array:
        played, rule = (game, row.make(step)) if row.make else (Scaled(game, step), momentum)
        return lsgan.step_jacobian(played, rule, players, free=("w", "shift"))  # pyright: ignore

    slopes = np.asarray(jax.jit(jax.vmap(at))(jnp.asarray(steps)))
    return np.abs(np.linalg.eigvals(slopes)).max(axis=1)
