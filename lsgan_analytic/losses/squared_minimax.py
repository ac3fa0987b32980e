"""The cost of Pulford & Kondrashov."""

from collections.abc import Callable

import jax.numpy as jnp

from .._types import FloatLike, Values
from .base import AbstractIntegrand, AbstractLoss, Amount, Squared, SquaredComplement


class SquaredMinimax(AbstractLoss):
    """J = E[D(x)^2] + E[(1 - D(G(z)))^2]; D **ascends** J and G descends it (zero-sum, dimensionless).

    This is the game of Pulford & Kondrashov (2021), doi 10.1109/ACCESS.2021.3133600. It is not the
    least-squares GAN of Mao et al. (2017), whose discriminator *descends* its cost.

    It acts on the value D(x): a probability in the papers. The value of a critic is squared as it is, with no
    logistic function in between, and then J has no bound that D could not pass.

    >>> import lsgan_analytic as lsgan
    >>> loss = lsgan.SquaredMinimax()
    >>> float(loss.real(0.5)), float(loss.fake(0.25))
    (0.25, 0.5625)
    """

    real: AbstractIntegrand = Squared()
    fake: AbstractIntegrand = SquaredComplement()

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        cost = real(self.real) + fake(self.fake)
        return cost, cost

    def best_response(self, log_ratio: FloatLike) -> Values:
        """1 where p_data > p_generated, else 0: t^2 is convex, so D is bang-bang and sup_D J = 1 + TV."""
        return jnp.where(jnp.asarray(log_ratio) > 0, 1.0, 0.0)
