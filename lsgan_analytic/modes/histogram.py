"""Which modes a sample holds: the counts usual on a ring of 8 and a grid of 25 normal modes.

A point belongs to the nearest centre, and is of high quality when it is within 3 std of it (Euclidean):
of perfect normal points 99.73 % on the line and 1 - e^{-9/2} = 98.89 % on the plane.
"""

import jax
import jax.numpy as jnp
from jax import Array

from .._checks import checked_int, nonnegative, Numbers, positive
from .._samples import alike, by_rows
from .._types import Scalar, ScalarLike, Vector


def _nearest(sample: Numbers, centers: Numbers) -> tuple[Array, Array, int]:
    """(index of the centre nearest to every point, squared distance to it, number of centres)."""
    points, modes = alike(sample, centers, ("sample", "centers"))
    return *_closest(points, modes), modes.shape[0]


@jax.jit
def _closest(points: Array, modes: Array) -> tuple[Array, Array]:
    return by_rows(lambda squares: (jnp.argmin(squares), jnp.min(squares)), points, modes)


def _good(squares: Array, std: ScalarLike, within: ScalarLike) -> Array:
    reach = positive("std")(std).astype(squares.dtype) * positive("within")(within).astype(squares.dtype)
    if reach.ndim:
        raise ValueError(f"std, within: expected numbers, got shape {reach.shape}")
    return squares <= jnp.square(reach)


def _held(index: Array, good: Array, modes: int) -> Array:
    """How many of the points that are good each mode has."""
    return jnp.zeros((modes,), jnp.int32).at[index].add(good.astype(jnp.int32))


def high_quality_share(
    sample: Numbers, centers: Numbers, std: ScalarLike, within: ScalarLike = 3.0
) -> Scalar:
    """Share of the points within ``within`` std of a centre.

    Args:
        sample: (n,) or (n, d), finite; centers: (modes,) or (modes, d), of the same dtype.
        std: of a mode, > 0 (units of x); within: in std, > 0. ValueError otherwise.

    Srivastava et al., "VEEGAN", NeurIPS 2017.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.high_quality_share([0.0, 0.2, 0.4, 2.0], [0.0, 2.0], std=0.1))
    0.75
    """
    _, squares, _ = _nearest(sample, centers)
    return jnp.mean(_good(squares, std, within), dtype=squares.dtype)


def modes_captured(
    sample: Numbers, centers: Numbers, std: ScalarLike, least: int = 1, within: ScalarLike = 3.0
) -> Array:
    """How many modes hold at least ``least`` high-quality points: an integer.

    Args:
        least: >= 1, ValueError otherwise; all others as for :func:`high_quality_share`.

    >>> import lsgan_analytic as lsgan
    >>> int(lsgan.modes.modes_captured([0.0, 0.2, 1.0], [0.0, 2.0], std=0.1))
    1
    """
    index, squares, modes = _nearest(sample, centers)
    held = _held(index, _good(squares, std, within), modes)
    return jnp.sum(held >= checked_int(least, "least"))


def mode_histogram(
    sample: Numbers, centers: Numbers, std: ScalarLike | None = None, within: ScalarLike = 3.0
) -> Vector:
    """Share of all points that each mode holds: (modes,), summing to 1.

    Args:
        std: count the high-quality points alone; the shares then sum to ``high_quality_share``. None: all.
            Others as for :func:`high_quality_share`.

    >>> import lsgan_analytic as lsgan
    >>> [float(v) for v in lsgan.modes.mode_histogram([0.0, 0.2, 0.4, 2.0], [0.0, 2.0], std=0.1)]
    [0.5, 0.25]
    """
    index, squares, modes = _nearest(sample, centers)
    good = jnp.ones_like(squares, bool) if std is None else _good(squares, std, within)
    return _held(index, good, modes).astype(squares.dtype) / squares.shape[0]


def effective_modes(histogram: Numbers) -> Scalar:
    """exp(-sum_i p_i log p_i) with p = histogram / sum(histogram): modes that would be as even, >= 1.

    Args:
        histogram: (modes,), shares or counts >= 0; ValueError otherwise. 0 where all are 0.

    >>> import lsgan_analytic as lsgan
    >>> round(float(lsgan.modes.effective_modes([0.5, 0.5, 0.0])), 12)
    2.0
    """
    held = nonnegative("histogram")(histogram)
    if held.ndim != 1 or held.size == 0:
        raise ValueError(f"histogram: expected shape (modes,), modes >= 1, got {held.shape}")
    return _even(held)


@jax.jit
def _even(held: Vector) -> Scalar:
    total = jnp.sum(held)
    p = held / jnp.where(total > 0, total, 1)
    entropy = -jnp.sum(jnp.where(p > 0, p * jnp.log(jnp.where(p > 0, p, 1)), 0))
    return jnp.where(total > 0, jnp.exp(entropy), 0)
