"""Several shifts of one latent variable, one of which is drawn."""

from collections.abc import Iterable, Sequence

import equinox as eqx
import jax.numpy as jnp

from .._checks import checked_float, finite
from .._types import FloatLike, Numbers, Values, Vector
from .base import AbstractLineGenerator


class MixtureOfShifts(AbstractLineGenerator):
    """G(z) = z + shifts_i with probability weights_i: a generator with a choice of its own.

    Its law is the mixture of the shifted latent laws, and expectations are sums over the branches, not draws
    of them. With a normal latent and two branches it is the generator of Li et al. (2018).
    ``gen(z)`` gives all branches, in a last axis.

    Args:
        shifts: a vector (n,) of finite numbers (units of x), the parameters; ValueError otherwise.
        weights: n Python numbers > 0 that sum to 1, no parameters; equal by default. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> gen = lsgan.MixtureOfShifts(shifts=[-1.0, 2.0])
    >>> [float(x) for x in gen(0.5)], gen.weights
    ([-0.5, 2.5], (0.5, 0.5))
    """

    shifts: Vector
    weights: tuple[float, ...] = eqx.field(static=True)

    def __init__(
        self,
        shifts: Numbers,
        weights: Sequence[float] | None = None,
    ):
        self.shifts = finite("shifts")(shifts)
        if self.shifts.ndim != 1 or self.shifts.size == 0:
            raise ValueError(f"shifts: expected a non-empty vector, got shape {self.shifts.shape}")
        n = self.shifts.size
        if weights is not None and not isinstance(weights, Iterable):
            raise ValueError(f"weights: expected {n} numbers > 0 that sum to 1, got {weights!r}")
        given = (1 / n,) * n if weights is None else tuple(weights)
        self.weights = tuple(checked_float(weight, "weights", 0, 1) for weight in given)
        if len(self.weights) != n or 0 in self.weights or abs(sum(self.weights) - 1) > 1e-9:
            raise ValueError(f"weights: expected {n} numbers > 0 that sum to 1, got {given}")

    def __call__(self, z: FloatLike) -> Values:
        z = jnp.asarray(z, self.shifts.dtype)
        return z[..., None] + self.shifts.reshape((1,) * z.ndim + (-1,))

    def preimages(self, x: Vector) -> Vector:
        return (x[None] - self.shifts[:, None]).ravel()
