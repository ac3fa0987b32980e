"""Precision, recall, density and coverage by nearest neighbours.

B(x) is the ball about a point x of one sample that reaches to its k-th nearest other point of that sample.
Its union over a sample stands for the support of the law. All are dimensionless; none changes when both
samples are scaled alike.
"""

import functools

import jax
import jax.numpy as jnp
from jax import Array

from .._checks import checked_int, Numbers
from .._samples import alike, by_rows, kth
from .._types import Scalar


def _reach(points: Array, k: int) -> Array:
    """Squared distance of every point to its k-th nearest other one (itself is entry 0)."""
    return by_rows(lambda squares: kth(squares, k), points, points)


def _checked(real: Numbers, fake: Numbers, k: int, of: str) -> tuple[Array, Array]:
    pair = alike(real, fake, ("real", "fake"))
    n = pair[of == "fake"].shape[0]
    if checked_int(k, "k") >= n:
        raise ValueError(f"{of}: expected more than k={k} points, got n={n}")
    return pair


@functools.partial(jax.jit, static_argnames="k")
def _in_balls(points: Array, centers: Array, k: int) -> Array:
    """In how many of the balls about ``centers`` every point is."""
    reach = _reach(centers, k)
    return by_rows(lambda squares: jnp.sum(squares <= reach), points, centers)


@functools.partial(jax.jit, static_argnames="k")
def _holds(centers: Array, points: Array, k: int) -> Array:
    """Which of the balls about ``centers`` hold a point."""
    reach = _reach(centers, k)
    return by_rows(lambda squares, reach_squared: jnp.min(squares) <= reach_squared, centers, points, reach)


def precision(real: Numbers, fake: Numbers, k: int) -> Scalar:
    """Share of the generated points that are in the ball B of some real point: how good they look.

    precision = (1/m) sum_j 1[ fake_j in the union of B(real_i) ], in [0, 1].

    Args:
        real: (n,) or (n, d), n > k; fake: (m,) or (m, d), finite, of one dtype; k: which neighbour, >= 1.
            ValueError otherwise.

    One real point far out has a large ball: outliers raise it. See ``expected_precision`` for its value
    when both laws are the same. Kynkaanniemi et al., "Improved precision and recall metric for assessing
    generative models", NeurIPS 2019.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.precision([0.0, 1.0, 2.0], [0.5, 3.5], k=1))
    0.5
    """
    real, fake = _checked(real, fake, k, "real")
    return jnp.mean(_in_balls(fake, real, k) > 0, dtype=real.dtype)


def recall(real: Numbers, fake: Numbers, k: int) -> Scalar:
    """Share of the real points that are in the ball B of some generated point: how much is covered.

    recall(real, fake, k) = precision(fake, real, k); now m > k. All else as for :func:`precision`.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.recall([0.0, 1.0, 2.0, 9.0], [0.0, 1.0], k=1))
    0.75
    """
    real, fake = _checked(real, fake, k, "fake")
    return precision(fake, real, k)


def density(real: Numbers, fake: Numbers, k: int) -> Scalar:
    """In how many balls of real points a generated one is, in units of k: at least 0, can exceed 1.

    density = (1/(k m)) sum_j sum_i 1[ fake_j in B(real_i) ]. Its expectation is 1 when both laws are the
    same. Arguments as for :func:`precision`. Naeem et al., "Reliable fidelity and diversity metrics for
    generative models", ICML 2020.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.density([0.0, 1.0, 2.0], [1.0, 5.0], k=1))
    1.5
    """
    real, fake = _checked(real, fake, k, "real")
    return jnp.mean(_in_balls(fake, real, k), dtype=real.dtype) / k


def coverage(real: Numbers, fake: Numbers, k: int) -> Scalar:
    """Share of the real points whose ball B holds a generated point, in [0, 1].

    coverage = (1/n) sum_i 1[ some fake_j in B(real_i) ]. Unlike recall it takes no balls about generated
    points, so outliers among these do not raise it. See ``expected_coverage``. Arguments as for
    :func:`precision`. Naeem et al., ICML 2020.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.coverage([0.0, 1.0, 2.0, 4.0], [0.5, 0.6], k=1))
    0.5
    """
    real, fake = _checked(real, fake, k, "real")
    return jnp.mean(_holds(real, fake, k), dtype=real.dtype)
