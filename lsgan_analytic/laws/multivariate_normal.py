"""The normal law on the plane."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jaxtyping import Float

from .._checks import finite
from .._plane import affine, as_lines, dot, pull_back, quotient, unit
from .._types import Breakpoints, Numbers, Scalar, Values, Vector
from .density import PER_PANEL
from .normal import Normal
from .plane import AbstractPlaneLaw

_NODES = 24  # a side
_SMOOTH = 12  # nodes a panel and side where no line says where to look


def _cholesky(covariance: Array) -> Array:
    """The lower triangular root of a 2 x 2 matrix."""
    first = jnp.sqrt(covariance[0, 0])
    below = covariance[1, 0] / first
    second = jnp.sqrt(covariance[1, 1] - jnp.square(below))
    return jnp.stack([jnp.stack([first, jnp.zeros_like(first)]), jnp.stack([below, second])])


def _checked(covariance: Numbers) -> Array:
    """A symmetric positive definite 2 x 2 matrix."""
    matrix = finite("covariance")(covariance)
    if matrix.shape != (2, 2):
        raise ValueError(f"covariance: expected shape (2, 2), got {matrix.shape}")
    (a, b), (c, d) = matrix
    wrong = (a <= 0) | (a * d - b * c <= 0) | (jnp.abs(b - c) > 4 * jnp.finfo(matrix.dtype).eps * (a + d))
    message = "covariance: expected a symmetric positive definite matrix"
    if isinstance(wrong, Tracer):
        return eqx.error_if(matrix, wrong, message)
    if wrong:
        raise ValueError(f"{message}, got {matrix}")
    return matrix


class MultivariateNormal(AbstractPlaneLaw):
    """x = mean + factor u with u ~ N(0, I) on the plane; covariance = factor factor^T (squared units of x).

    Integrals of functions of one direction, phi(D(x)) of a ``HalfPlane`` among them, are taken in axes that
    are turned into that direction: panels along it, and a few Gauss-Hermite nodes across it, which make the
    derivatives in the direction exact too. Functions with breakpoints in several
    directions are taken less well.

    Args:
        mean: (2,), finite; covariance: (2, 2), symmetric positive definite, identity by default. ValueError
            otherwise. The field ``factor`` holds the Cholesky factor; the law of an ``AffineMap`` may hold
            any factor, a singular one too (and then has no density).

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.MultivariateNormal(mean=[1.0, 0.0], covariance=[[4.0, 0.0], [0.0, 1.0]])
    >>> float(law.pdf([1.0, 0.0]))  # 1/(4 pi)  # doctest: +ELLIPSIS
    0.0795...
    """

    mean: Vector
    factor: Float[Array, "2 2"]

    def __init__(self, mean: Numbers = (0.0, 0.0), covariance: Numbers = ((1.0, 0.0), (0.0, 1.0))):
        self.mean = finite("mean")(mean)
        if self.mean.shape != (2,):
            raise ValueError(f"mean: expected shape (2,), got {self.mean.shape}")
        self.factor = _cholesky(_checked(covariance)).astype(self.mean.dtype)

    @property
    def covariance(self) -> Float[Array, "2 2"]:
        """factor factor^T."""
        return jnp.sum(self.factor[:, None] * self.factor[None], axis=-1)

    def with_factor(self, mean: Vector, factor: Array) -> "MultivariateNormal":
        """The law of mean + factor u, without checks."""
        return eqx.tree_at(lambda law: (law.mean, law.factor), self, (mean, factor))

    def widened(self, std: Scalar) -> "MultivariateNormal":
        """The law of x + std e, e ~ N(0, I)."""
        covariance = self.covariance + jnp.square(std) * jnp.eye(2, dtype=self.mean.dtype)
        return self.with_factor(self.mean, _cholesky(covariance))

    def sample(self, key: Array, n: int) -> Values:
        return affine(self.factor, self.mean, jax.random.normal(key, (n, 2), self.mean.dtype))

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        side = _NODES if n is None else max(2, round(n**0.5))
        return self._tensor(self._hermite(side), self._hermite(side), jnp.eye(2, dtype=self.mean.dtype))

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        """Panels that end at ``breakpoints``, lines, n (20) nodes on each, in the direction of the first."""
        rows = pull_back(as_lines(breakpoints), self.factor, self.mean).astype(self.mean.dtype)
        rows = rows if differentiable else jax.lax.stop_gradient(rows)
        line = Normal(*(jnp.asarray(value, self.mean.dtype) for value in (0, 1)))
        if not rows.shape[0]:
            smooth = line.composite_nodes(jnp.zeros((0,), self.mean.dtype), n or _SMOOTH)
            return self._tensor(smooth, smooth, jnp.eye(2, dtype=self.mean.dtype))
        nowhere = (rows[:, :2] == 0).all(axis=1)[:, None]
        rows = jnp.where(nowhere, jnp.asarray([[1, 0, 0]], rows.dtype), rows)  # no line: any will do
        ahead, _ = unit(rows[0, :2])  # moves with the lines, if they move
        across = jnp.stack([-ahead[1], ahead[0]])
        along = line.composite_nodes(quotient(rows[:, 2], dot(ahead, rows[:, :2])), n, differentiable)
        few = self._hermite(max(4, (n or PER_PANEL) * 2 // 5))
        return self._tensor(along, few, jnp.stack([ahead, across], axis=1))

    def _hermite(self, n: int) -> tuple[Values, Values]:
        points, weights = np.polynomial.hermite_e.hermegauss(n)
        dtype = self.mean.dtype
        return jnp.asarray(points, dtype), jnp.asarray(weights / weights.sum(), dtype)

    def _tensor(
        self, first: tuple[Vector, Vector], second: tuple[Vector, Vector], frame: Float[Array, "2 2"]
    ) -> tuple[Values, Vector]:
        """All pairs of two rules, as coordinates of u in ``frame``."""
        (t, p), (w, q) = first, second
        pairs = jnp.stack(jnp.meshgrid(t, w, indexing="ij"), axis=-1).reshape(-1, 2)
        turned = affine(frame, jnp.zeros(2, pairs.dtype), pairs)
        return affine(self.factor, self.mean, turned), (p[:, None] * q[None]).ravel()

    def log_pdf(self, x: Numbers) -> Values:
        (a, b), (c, d) = self.factor
        det = a * d - b * c
        off = jnp.asarray(x, self.mean.dtype)
        first, second = off[..., 0] - self.mean[0], off[..., 1] - self.mean[1]
        u = (d * first - b * second) / det, (a * second - c * first) / det
        tail = -0.5 * (jnp.square(u[0]) + jnp.square(u[1]))
        return tail - jnp.log(jnp.abs(det)) - float(np.log(2 * np.pi))
