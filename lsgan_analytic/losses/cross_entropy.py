"""Cross-entropy: the GAN of Goodfellow et al., saturating and not."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import checked_float
from .._types import FloatLike, Values
from .base import AbstractIntegrand, AbstractLoss, Amount, LogProbability


class _CrossEntropy(AbstractLoss):
    """J = E[smoothing log D + (1 - smoothing) log(1 - D)] on data + E[log(1 - D)] on generated points."""

    smoothing: float = eqx.field(static=True, default=1.0)
    real: AbstractIntegrand = eqx.field(init=False)
    fake: AbstractIntegrand = eqx.field(init=False)

    def __post_init__(self) -> None:
        self.smoothing = checked_float(self.smoothing, "smoothing", 0, 1)
        self.real, self.fake = LogProbability(self.smoothing), LogProbability(0.0)

    def best_response(self, log_ratio: FloatLike) -> Values:
        """smoothing p/(p + q); with smoothing = 1 the cost there is 2 JSD(p, q) - log 4."""
        return self.smoothing * jax.nn.sigmoid(jnp.asarray(log_ratio))


class Minimax(_CrossEntropy):
    """J = E[log D(x)] + E[log(1 - D(G(z)))]: D ascends J, G descends it (zero-sum, "saturating").

    Goodfellow et al., "Generative adversarial nets", NeurIPS 2014. With one-sided label smoothing the first
    term is E[smoothing log D + (1 - smoothing) log(1 - D)] (Salimans et al. 2016).

    Args:
        smoothing: in [0, 1]; ValueError otherwise. 1: none.

    The D of these formulas is D(x) for a probability, by way of its logit, and 1/(1 + e^{-D(x)}) for a
    critic: its value is taken for the logit, as in the Dirac-GAN. A discriminator that is neither is refused
    (ValueError).

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.Minimax().real(0.0))  # log 1/2 at the logit 0  # doctest: +ELLIPSIS
    -0.693147...
    """

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        cost = real(self.real) + fake(self.fake)
        return cost, cost


class NonSaturating(_CrossEntropy):
    """D ascends the J of ``Minimax``; G descends -E[log D(G(z))], whose slope does not vanish with D.

    Goodfellow et al. (2014), section 3. Arguments, and what D is, as for ``Minimax``.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.NonSaturating(smoothing=0.9).best_response(0.0))
    0.45
    """

    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        return real(self.real) + fake(self.fake), -fake(LogProbability(1.0))
