"""Radial basis functions."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import finite, positive_number
from .._types import Flag, FloatLike, Scalar, Values, Vector
from ._crossings import crossings
from .base import AbstractCritic

_TRANSITION_POINTS = (-9.0, -5.0, -3.0, -1.5, 0.0, 1.5, 3.0, 5.0, 9.0)  # in widths


class RadialBasis(AbstractCritic):
    """D(x) = sum_i weights_i e^{-(x - centers_i)^2 / (2 width^2)}, a critic: its score is its value.

    All three fields are parameters; ``free=("weights[0]", ...)`` moves the weights alone. A run whose width
    falls to 0 or below is stopped there and recorded.

    Args:
        weights, centers: vectors (n,) of finite numbers; ValueError otherwise, or where lengths differ.
        width: a number > 0 (units of x); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.RadialBasis(weights=[1.0, -2.0], centers=[-1.0, 1.0], width=0.1)
    >>> float(disc(-1.0)), float(disc(1.0))
    (1.0, -2.0)
    """

    weights: Vector = eqx.field(converter=lambda value: finite("weights")(value))
    centers: Vector = eqx.field(converter=lambda value: finite("centers")(value))
    width: Scalar = eqx.field(converter=positive_number("width"))

    def __check_init__(self):
        if self.weights.ndim != 1 or self.weights.shape != self.centers.shape:
            raise ValueError(
                "weights, centers: expected two vectors of one length, got "
                f"{self.weights.shape}, {self.centers.shape}"
            )

    def __call__(self, x: FloatLike) -> Values:
        def total(v: Values) -> Values:
            return jnp.sum(self.weights * jnp.exp(-0.5 * jnp.square((v - self.centers) / self.width)))

        return jnp.vectorize(total)(jnp.asarray(x))

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Vector:
        turns = jnp.asarray(_TRANSITION_POINTS, self.width.dtype)
        return (self.centers[:, None] + self.width * turns[None]).ravel()

    def crossings(self, level: float) -> Vector:
        """As many as 2 n, n the number of centres; found between points 1/4 width apart, NaN for the rest."""
        disc = jax.lax.stop_gradient(self)
        steps = jnp.linspace(-9, 9, 73, dtype=disc.width.dtype)
        grid = (disc.centers[:, None] + disc.width * steps[None]).ravel()
        return crossings(disc, grid, (level,), 2 * disc.centers.size)

    def normalized(self) -> "RadialBasis":
        """The weights divided by max |D'|, which is found between points 1/4 width apart; 0 stays 0."""
        disc = jax.lax.stop_gradient(self)
        steps = jnp.linspace(-4, 4, 33, dtype=disc.width.dtype)
        grid = (disc.centers[:, None] + disc.width * steps[None]).ravel()
        slope, bend = jax.grad(disc), jax.grad(jax.grad(disc))
        steepest = grid[jnp.argmax(jnp.abs(jax.vmap(slope)(grid)))]
        for _ in range(3):  # Newton: D'' = 0 there
            change = bend(steepest) / jax.grad(bend)(steepest)
            steepest = steepest - jnp.where(jnp.abs(change) < 0.25 * disc.width, change, 0)
        # it moves with the parameters: a step that is 0 in value, and has the slope of the root
        level, rise = jax.grad(jax.grad(self))(steepest), jax.grad(bend)(steepest)
        moved = (level - jax.lax.stop_gradient(level)) / jnp.where(rise != 0, rise, 1)
        size = jnp.abs(jax.grad(self)(steepest - jnp.where(rise != 0, moved, 0)))
        return eqx.tree_at(lambda disc: disc.weights, self, self.weights / jnp.where(size > 0, size, 1))

    def in_domain(self) -> Flag:
        return self.width > 0
