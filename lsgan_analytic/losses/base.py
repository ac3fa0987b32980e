"""What a loss is, and the integrands phi that losses are made of."""

import abc
from collections.abc import Callable
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Scalar, Values
from ..discriminators.base import AbstractDiscriminator
from ..discriminators.sigmoid import TURNS


class AbstractIntegrand(eqx.Module):
    """A scalar function phi; a cost is a sum of two expectations of phi(D(x)).

    Where phi is not smooth it must say so in ``kinks``: quadrature cannot see it, and second derivatives of
    an expectation come from there alone (max(0, 1 - t) has the slope of a step).
    """

    kinks: ClassVar[tuple[float, ...]] = ()  # values of its argument where phi has a kink or a jump
    turns: ClassVar[tuple[float, ...]] = ()  # values of its argument about which phi changes quickly

    @abc.abstractmethod
    def __call__(self, t: Values) -> Values:
        """phi(t), elementwise."""

    def argument(self, disc: AbstractDiscriminator) -> Callable[[Values], Values]:
        """The function of x of which phi is taken: D."""
        return disc

    def of(self, disc: AbstractDiscriminator, x: Values) -> Values:
        """phi of its argument at x."""
        return self(self.argument(disc)(x))


class AbstractScoreIntegrand(AbstractIntegrand):
    """A scalar function of the discriminator's score: its logit where it has one."""

    def argument(self, disc: AbstractDiscriminator) -> Callable[[Values], Values]:
        """The function of x of which phi is taken: the score of D."""
        return disc.score


class Squared(AbstractIntegrand):
    """phi(t) = t^2."""

    def __call__(self, t: Values) -> Values:
        return jnp.square(t)


class SquaredComplement(AbstractIntegrand):
    """phi(t) = (1 - t)^2."""

    def __call__(self, t: Values) -> Values:
        return jnp.square(1 - t)


class SquaredDistance(AbstractIntegrand):
    """phi(t) = (t - label)^2."""

    label: float = eqx.field(static=True)

    def __call__(self, t: Values) -> Values:
        return jnp.square(t - self.label)


class Scaled(AbstractIntegrand):
    """phi(t) = factor inner(t), closed wherever ``inner`` is."""

    factor: float = eqx.field(static=True)
    inner: AbstractIntegrand

    def __call__(self, t: Values) -> Values:
        return self.factor * self.inner(t)

    def of(self, disc: AbstractDiscriminator, x: Values) -> Values:
        return self.factor * self.inner.of(disc, x)


class LogProbability(AbstractScoreIntegrand):
    """phi(s) = weight log D + (1 - weight) log(1 - D) with s the logit of D; no overflow anywhere."""

    turns: ClassVar[tuple[float, ...]] = TURNS
    weight: float = eqx.field(static=True)

    def __call__(self, t: Values) -> Values:
        return -self.weight * jax.nn.softplus(-t) - (1 - self.weight) * jax.nn.softplus(t)


class Score(AbstractScoreIntegrand):
    """phi(s) = sign s."""

    sign: float = eqx.field(static=True)

    def __call__(self, t: Values) -> Values:
        return self.sign * t


class Margin(AbstractScoreIntegrand):
    """phi(s) = max(0, 1 - sign s)."""

    kinks: ClassVar[tuple[float, ...]] = (-1.0, 1.0)
    sign: float = eqx.field(static=True)

    def __call__(self, t: Values) -> Values:
        return jax.nn.relu(1 - self.sign * t)


class AbstractLoss(eqx.Module):
    """A cost J = E[real(D(x))] + E[fake(D(G(z)))] and the objective each player makes of it."""

    real: eqx.AbstractVar[AbstractIntegrand]
    fake: eqx.AbstractVar[AbstractIntegrand]

    @abc.abstractmethod
    def objectives(
        self, real: Callable[[AbstractIntegrand], Scalar], fake: Callable[[AbstractIntegrand], Scalar]
    ) -> tuple[Scalar, Scalar]:
        """(what D ascends, what G descends).

        ``real(phi)`` is E[phi(D(x))] over the data, ``fake(phi)`` is E[phi(D(G(z)))].
        """

    def best_response(self, log_ratio: Values) -> Values:
        """The value D(x) that is best for D where log p_data(x)/p_generated(x) is ``log_ratio``, D free.

        ValueError for a loss without one.
        """
        raise ValueError(f"loss: {type(self).__name__} has no pointwise best D")
