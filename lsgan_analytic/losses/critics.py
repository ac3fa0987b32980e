"""Losses on the score, unbounded as a critic's value: Wasserstein and hinge."""

from collections.abc import Callable

import jax.numpy as jnp

from .._types import FloatLike, Values
from .base import AbstractIntegrand, AbstractLoss, Amount, Margin, Score


class Wasserstein(AbstractLoss):
    """J = E[s(x)] - E[s(G(z))] with s the score of D; D ascends J, G descends it (zero-sum).

    Arjovsky et al., "Wasserstein GAN", ICML 2017: with s 1-Lipschitz the best J is the distance W1. Nothing
    here makes it so: add ``Clip``, ``GradientPenalty`` or ``SpectralNorm`` to the game.

    s(x) is D(x) for a critic and log D(x)/(1 - D(x)) for a probability, so s is any real number; a
    discriminator that is neither is refused (ValueError).

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Wasserstein().fake(3.0))
    -3.0
    """

    real: AbstractIntegrand = Score(1.0)
    fake: AbstractIntegrand = Score(-1.0)

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        cost = real(self.real) + fake(self.fake)
        return cost, cost


class Hinge(AbstractLoss):
    """D **descends** J = E[max(0, 1 - s(x))] + E[max(0, 1 + s(G(z)))], G descends -E[s(G(z))].

    Lim & Ye, "Geometric GAN" (2017); s is the score of D. The best s is the sign of p - q, J = 2 - 2 TV.

    As for ``Wasserstein``, s(x) is D(x) for a critic and log D(x)/(1 - D(x)) for a probability; a
    discriminator that is neither is refused (ValueError).

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Hinge().real(0.25)), float(lsgan.Hinge().fake(-2.0))
    (0.75, 0.0)
    """

    real: AbstractIntegrand = Margin(1.0)
    fake: AbstractIntegrand = Margin(-1.0)

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        return -(real(self.real) + fake(self.fake)), fake(Score(-1.0))

    def best_response(self, log_ratio: FloatLike) -> Values:
        """1 where p_data > p_generated, else -1 (a score)."""
        return jnp.where(jnp.asarray(log_ratio) > 0, 1.0, -1.0)
