"""What a loss is, and the integrands phi that losses are made of."""

import abc
from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp

from .._types import Scalar, Values


class AbstractIntegrand(eqx.Module):
    """A scalar function phi; a cost is a sum of two expectations of phi(D(x))."""

    @abc.abstractmethod
    def __call__(self, t: Values) -> Values:
        """phi(t), elementwise."""


class Squared(AbstractIntegrand):
    """phi(t) = t^2."""

    def __call__(self, t: Values) -> Values:
        return jnp.square(t)


class SquaredComplement(AbstractIntegrand):
    """phi(t) = (1 - t)^2."""

    def __call__(self, t: Values) -> Values:
        return jnp.square(1 - t)


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
