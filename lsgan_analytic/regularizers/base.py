"""What a regulariser may change of a game."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Players, Scalar, Values
from ..discriminators.base import AbstractDiscriminator
from ..laws.base import AbstractLaw


class AbstractRegularizer(eqx.Module):
    """Five places to step in; each leaves things as they are unless a regulariser says otherwise."""

    def transform_discriminator(self, disc: AbstractDiscriminator) -> AbstractDiscriminator:
        """The discriminator that plays in place of ``disc``."""
        return disc

    def transform_law(self, law: AbstractLaw) -> AbstractLaw:
        """What the discriminator sees in place of ``law``, of the data and of the generated points."""
        return law

    def discriminator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar | float:
        """Subtracted from what D ascends."""
        return 0.0

    def generator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar | float:
        """Added to what G descends."""
        return 0.0

    def sees_averages(self, dim: int) -> bool:
        """Whether only averages over the points (or pairs) of a sample in ``dim`` dimensions matter.

        Samples can then be drawn on nodes. One with a penalty or a law of its own must say so.
        """
        names = ("discriminator_penalty", "generator_penalty", "transform_law")
        return all(getattr(type(self), name) is getattr(AbstractRegularizer, name) for name in names)

    def project(self, players: Players) -> Players:
        """Where the players are put after every step."""
        return players


def score_slope(disc: AbstractDiscriminator) -> Callable[[Values], Values]:
    """The slope ds/dx of the score as a function of one point; ValueError for a D that jumps."""
    if not disc.is_continuous:
        raise ValueError(
            f"disc: {type(disc).__name__} jumps, so that the mean of its squared slope is infinite; expected "
            "a continuous discriminator under a penalty on the slope"
        )
    return jax.grad(disc.score)


def squared_slope(disc: AbstractDiscriminator, x: Values) -> Values:
    """|ds/dx|^2 of the score s of D at points x: (n,) or, in two dimensions, (n, 2)."""
    slope = jax.vmap(score_slope(disc))(x)
    return jnp.sum(jnp.square(slope.reshape(x.shape[0], -1)), axis=1)
