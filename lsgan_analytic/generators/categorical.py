"""A law on finitely many points, of any weights."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite
from .._types import FloatLike, Values, Vector
from .base import AbstractLineGenerator


class Categorical(AbstractLineGenerator):
    """x = k in {0, ..., n - 1} with probability softmax(logits)_k, whatever the latent law.

    Expectations are weighted sums over the n points: nothing is drawn, in sampled games neither. ``gen(z)``
    is the quantile, which makes this law of a uniform z in (0, 1). Only differences of logits count: the
    Jacobian of a game has an eigenvalue 0 along (1, ..., 1).

    Args:
        logits: a vector (n,) of finite numbers; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> gen = lsgan.Categorical(logits=[0.0, 0.0])
    >>> float(gen(0.25)), float(gen(0.75))
    (0.0, 1.0)
    """

    logits: Vector = eqx.field(converter=lambda value: finite("logits")(value))

    def __check_init__(self):
        if self.logits.ndim != 1 or self.logits.size == 0:
            raise ValueError(f"logits: expected a non-empty vector, got shape {self.logits.shape}")

    @property
    def probabilities(self) -> Vector:
        """softmax(logits), shape (n,)."""
        return jax.nn.softmax(self.logits)

    def __call__(self, z: FloatLike) -> Values:
        ends = jnp.cumsum(self.probabilities)[:-1]
        return jnp.vectorize(lambda v: jnp.sum(v > ends).astype(self.logits.dtype))(jnp.asarray(z))
