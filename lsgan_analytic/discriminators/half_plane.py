"""The error-function discriminator on the plane."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array, lax

from .._checks import finite
from .._plane import dot, lines, unit
from .._types import Lines, Numbers, Scalar, Values, Vector
from .base import AbstractProbability
from .erf import logit_half_erfc, TRANSITION_POINTS


def planar(x: Numbers, owner: str) -> Values:
    """x, which must be points of the plane."""
    x = jnp.asarray(x)
    if not x.ndim or x.shape[-1] != 2:
        raise ValueError(f"x: {owner} judges points of the plane, shape (..., 2), got shape {x.shape}")
    return x


def check_normal(name: str, normal: Array, b: Array) -> None:
    """ValueError unless ``normal`` is one vector of the plane and b one number."""
    if normal.shape != (2,) or b.shape != ():
        raise ValueError(
            f"{name}: expected shape (2,), and b a number (use jax.vmap for a batch), got shapes "
            f"{normal.shape} and {b.shape}"
        )


class HalfPlane(AbstractProbability):
    """D(x) = (1 + erf(a . x + b))/2 for x in the plane: a step of width 1/|a| across the line a . x = -b.

    The discriminator of Pulford & Kondrashov's sequel in two data dimensions.

    Args:
        a: (2,), normal of the line (per unit x); b: offset (dimensionless); finite numbers, ValueError
            otherwise.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.HalfPlane(a=[2.0, 0.0], b=-1.0)
    >>> [float(v) for v in disc([[0.5, 7.0], [9.0, 0.0]])]
    [0.5, 1.0]
    """

    a: Vector = eqx.field(converter=finite("a"))
    b: Scalar = eqx.field(converter=finite("b"))

    def __check_init__(self):
        check_normal("a", self.a, self.b)

    def _argument(self, x: Numbers) -> Values:
        return dot(self.a, planar(x, "HalfPlane")) + self.b

    def __call__(self, x: Numbers) -> Values:
        # barrier: all derivatives share one pass over the points; erfc keeps the digits of small D
        return 0.5 * lax.erfc(lax.optimization_barrier(-self._argument(x)))

    def logit(self, x: Numbers) -> Values:
        """The logit of D, through logarithms: finite where D rounds to 0 or 1."""
        u = self._argument(x)
        return logit_half_erfc(u)

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Lines:
        return lines(self.a, jnp.asarray(TRANSITION_POINTS, self.a.dtype) - self.b)

    def crossings(self, level: float) -> Lines:
        u = jax.scipy.special.erfinv(jnp.tanh(jnp.asarray(level / 2, self.a.dtype)))
        return lines(self.a, (u - self.b)[None])

    def normalized(self) -> "HalfPlane":
        """With a of length 1: the argument of erf is then 1-Lipschitz."""
        return eqx.tree_at(lambda disc: disc.a, self, unit(self.a)[0])
