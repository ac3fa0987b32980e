"""Indicators of intervals."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import finite
from .._types import FloatLike, Values, Vector
from .base import AbstractCritic


class Interval(AbstractCritic):
    """D(x) = sum_i 1[left_i <= x <= right_i], a critic made of steps; its parameters are the edges.

    The discriminator of Li, Madry, Peebles & Schmidt, "On the limitations of first-order approximation in GAN
    dynamics", ICML 2018. Where intervals overlap D counts them; one with left > right is empty, and then
    nothing pulls at its edges. D has no slope in its edges, but expectations have: they are taken by
    differences of the law's cdf where it is exact, else by a rule with panels that end at the edges; the
    derivatives are the densities there. On a sample they are counts, and their slope is 0.

    Args:
        left, right: vectors (n,) or single edges (units of x), finite; ValueError otherwise, and for two
            shapes that differ.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.Interval(left=[-2.0, 1.0], right=[-1.0, 2.0])
    >>> [float(disc(x)) for x in (-1.5, 0.0, 1.5)]
    [1.0, 0.0, 1.0]
    """

    left: Vector = eqx.field(converter=lambda value: jnp.atleast_1d(finite("left")(value)))
    right: Vector = eqx.field(converter=lambda value: jnp.atleast_1d(finite("right")(value)))

    def __check_init__(self):
        if self.left.ndim != 1 or self.left.shape != self.right.shape:
            raise ValueError(
                f"left, right: expected two vectors of one length, got {self.left.shape}, {self.right.shape}"
            )

    def __call__(self, x: FloatLike) -> Values:
        def count(v: Values) -> Values:
            return jnp.sum(jnp.where((self.left <= v) & (v <= self.right), 1, 0).astype(self.left.dtype))

        return jnp.vectorize(count)(jnp.asarray(x))

    @property
    def is_continuous(self) -> bool:
        return False

    def breakpoints(self) -> Vector:
        return jnp.concatenate([self.left, self.right])
