"""The least-squares GAN of Mao et al."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import checked_float
from .._types import FloatLike, Values
from .base import AbstractIntegrand, AbstractLoss, Amount, Scaled, Squared, SquaredComplement, SquaredDistance


def _distance(to: float) -> AbstractIntegrand:
    """(t - to)^2 / 2; the two squares that have closed forms are types of their own."""
    return Scaled(0.5, {0.0: Squared(), 1.0: SquaredComplement()}.get(to) or SquaredDistance(to))


class LeastSquares(AbstractLoss):
    """D **descends** E[(D(x) - real)^2]/2 + E[(D(G(z)) - fake)^2]/2, G descends E[(D(G(z)) - target)^2]/2.

    Mao et al., "Least squares generative adversarial networks", ICCV 2017. The cost J is D's criterion. It
    is not the game of Pulford & Kondrashov (``SquaredMinimax``), in which D ascends. The best D is
    (real p + fake q)/(p + q); with real - target = 1 and real - fake = 2 the generator then descends half
    the Pearson chi-square divergence between p + q and 2 q.

    It acts on the value D(x), whatever D is: a critic's raw output, as in Mao et al., or a probability.

    Args:
        fake, real, target: the three labels, Python numbers; ValueError unless finite.

    >>> import lsgan_analytic as lsgan
    >>> loss = lsgan.LeastSquares(fake=0, real=1, target=1)
    >>> float(loss.real(0.5)), float(loss.best_response(0.0))
    (0.125, 0.5)
    """

    fake_label: float = eqx.field(static=True)
    real_label: float = eqx.field(static=True)
    target_label: float = eqx.field(static=True)
    real: AbstractIntegrand
    fake: AbstractIntegrand

    def __init__(self, fake: float = 0.0, real: float = 1.0, target: float = 1.0):
        self.fake_label, self.real_label = checked_float(fake, "fake"), checked_float(real, "real")
        self.target_label = checked_float(target, "target")
        self.real, self.fake = _distance(self.real_label), _distance(self.fake_label)

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        return -(real(self.real) + fake(self.fake)), fake(_distance(self.target_label))

    def best_response(self, log_ratio: FloatLike) -> Values:
        """(real p + fake q)/(p + q)."""
        share = jax.nn.sigmoid(jnp.asarray(log_ratio))
        return self.real_label * share + self.fake_label * (1 - share)
