"""What a discriminator is."""

import abc
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Flag, Values, Vector
from ..generators.base import AbstractGenerator


class AbstractDiscriminator(eqx.Module):
    """A function D on the data space; its array fields are its parameters.

    Only ``__call__`` is needed. The other methods tell more of D to what can use it.
    """

    @abc.abstractmethod
    def __call__(self, x: Values) -> Values:
        """D(x), elementwise."""

    def score(self, x: Values) -> Values:
        """The real-valued score: the logit of a D that is a probability, D itself of a critic."""
        return self(x)

    @property
    def is_smooth(self) -> bool:
        """Whether D is smooth at its ``breaks``. Where it is not, quadrature moves with them."""
        return False

    def breaks(self) -> Vector:
        """Points of x about which D changes quickly; quadrature ends its panels there.

        All points where D has a kink or a jump must be among them, with their derivatives in the parameters
        of D: expectations have derivatives that come from there alone. A D that is smooth at its breaks says
        so in ``is_smooth``, which is faster.
        """
        return self._nowhere()

    def crossings(self, level: float) -> Vector:
        """All x where the score is ``level``, NaN for those that do not exist: kinks of some losses.

        They need no derivatives: these come from the score. For a D on the line that returns none, as this
        one does, they are sought between the nodes of the law.
        """
        return self._nowhere()

    def _nowhere(self) -> Vector:
        leaves = jax.tree.leaves(self)
        return jnp.zeros((0,), leaves[0].dtype if leaves else jnp.result_type(float))

    def given(self, gen: AbstractGenerator) -> "AbstractDiscriminator":
        """The function of x when the generator is ``gen``: D itself, unless D answers the generator."""
        return self

    def normalized(self) -> Self:
        """The same critic scaled to Lipschitz constant 1 (spectral normalisation)."""
        raise ValueError(f"disc: {type(self).__name__} has no spectral norm; use e.g. Linear")

    def in_domain(self) -> Flag:
        """Whether the parameters are where D is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)


class AbstractProbability(AbstractDiscriminator):
    """A discriminator given by its logit: D(x) = 1/(1 + e^{-score(x)}), in (0, 1)."""

    def __call__(self, x: Values) -> Values:
        return jax.nn.sigmoid(self.score(x))

    @abc.abstractmethod
    def score(self, x: Values) -> Values:
        """The logit log D(x)/(1 - D(x))."""
