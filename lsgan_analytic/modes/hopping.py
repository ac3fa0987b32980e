"""How long a generator that hops between modes takes to come back."""

import jax
import jax.numpy as jnp

from .._checks import finite, nonnegative, Numbers
from .._types import Flag, Scalar, ScalarLike, Vector


def hopping_period(
    series: Numbers, times: Numbers | None = None, level: ScalarLike | None = None, band: ScalarLike = 0.0
) -> Scalar:
    """Mean time between the upward crossings of ``level``; NaN where there are fewer than two.

    Of a place (theta against time) or of the index of a mode. A crossing counts after the series was below
    level - band and when it exceeds level + band: small ripples are no hops. Its time is interpolated
    linearly.

    Args:
        series: (t,), t >= 2, finite; times: (t,), increasing (0, 1, 2, ... by default).
        level: a number, half-way between the extremes by default; band: >= 0 (units of the series).
            ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.modes.hopping_period([0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1]))
    5.0
    """
    values = finite("series")(series)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"series: expected shape (t,), t >= 2, got {values.shape}")
    at = jnp.arange(values.size, dtype=values.dtype)
    if times is not None:
        at = finite("times")(times).astype(values.dtype)
        if at.shape != values.shape:
            raise ValueError(f"times: expected shape {values.shape} like the series, got {at.shape}")
    middle = 0.5 * (jnp.min(values) + jnp.max(values))
    if level is not None:
        middle = finite("level")(level).astype(values.dtype)
    off = nonnegative("band")(band).astype(values.dtype)
    return _period(values, at, middle - off, middle + off)


@jax.jit
def _period(values: Vector, at: Vector, low: Scalar, high: Scalar) -> Scalar:
    def follow(ready: Flag, value: Scalar) -> tuple[Flag, Flag]:
        """Ready to cross once it has been below; no longer once it is above."""
        now = jnp.where(value > high, False, ready | (value < low))
        return now, ready & (value > high)

    _, crossed = jax.lax.scan(follow, jnp.asarray(False), values)
    before, after = values[:-1], values[1:]
    rise = jnp.where(crossed[1:], after - before, 1)
    share = jnp.clip((high - before) / rise, 0, 1)
    when = at[:-1] + share * (at[1:] - at[:-1])
    n = jnp.sum(crossed)
    first = jnp.min(jnp.where(crossed[1:], when, jnp.inf))
    last = jnp.max(jnp.where(crossed[1:], when, -jnp.inf))
    enough = n > 1
    span = jnp.where(enough, last - first, jnp.nan)
    return span / jnp.where(enough, n - 1, 1).astype(values.dtype)
