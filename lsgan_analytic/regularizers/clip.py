"""Weight clipping."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Players, Scalar
from ._arguments import positive_number
from .base import AbstractRegularizer


class Clip(AbstractRegularizer):
    """Every parameter of the discriminator is put back into [-bound, bound] after every step.

    Arjovsky et al., "Wasserstein GAN", ICML 2017.

    Args:
        bound: a finite number > 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> players = lsgan.Players(disc=lsgan.Linear(w=3.0, b=-0.01), gen=lsgan.Shift(shift=7.0))
    >>> clipped = lsgan.Clip(bound=0.5).project(players)
    >>> clipped.disc.w.item(), clipped.disc.b.item(), clipped.gen.shift.item()
    (0.5, -0.01, 7.0)
    """

    bound: Scalar = eqx.field(converter=positive_number("bound"))

    def project(self, players: Players) -> Players:
        clipped = jax.tree.map(lambda w: jnp.clip(w, -self.bound, self.bound), players.disc)
        return Players(clipped, players.gen)
