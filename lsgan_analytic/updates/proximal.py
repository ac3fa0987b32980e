"""The proximal point method."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from .._types import Players
from ..game import AbstractGame
from ._flat import Flat
from ._step_sizes import Step, StepSizes
from .base import AbstractMemorylessRule, Sizes

_MOST = 50


class Proximal(AbstractMemorylessRule):
    """The implicit step theta_{k+1} = theta_k + step field(theta_{k+1}), solved by Newton's method.

    Martinet (1970); Rockafellar, "Monotone operators and the proximal point algorithm" (1976). On the
    bilinear game sigma x y with s = step sigma, |multiplier|^2 = 1/(1 + s^2). Derivatives of a step are those
    of the implicit function. Newton's method starts at theta_k; where it finds no root to rounding the step
    is NaN, and the run is recorded as stopped.

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Proximal(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.4, 1.2)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def update(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        flat = Flat(game, players, sizes)

        def excess(step: Array) -> Array:
            return step - flat.sizes * flat.field(flat.here + step)

        def newton(function: Callable[[Array], Array], start: Array) -> Array:
            eps = jnp.finfo(start.dtype).eps
            return _newton(function, start, 4 * eps * (1 + jnp.max(jnp.abs(flat.here))))

        def linear(function: Callable[[Array], Array], value: Array) -> Array:
            return jnp.linalg.solve(jax.jacfwd(function)(jnp.zeros_like(value)), value)

        step = jax.lax.custom_root(excess, jnp.zeros_like(flat.here), newton, linear)
        return flat.players(flat.here + step)


def _newton(excess: Callable[[Array], Array], start: Array, rounding: Array) -> Array:
    """The root that Newton's method finds from ``start``; NaN if it finds none."""
    slope, eps = jax.jacfwd(excess), jnp.finfo(start.dtype).eps

    def enough(now: tuple[Array, Array, Array]) -> Array:
        at, last, _ = now
        # convergence is quadratic: after a correction of relative size sqrt(eps) the rest is rounding
        return last <= jnp.sqrt(eps) * jnp.max(jnp.abs(at)) + rounding

    def once(now: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        at, _, done = now
        correction = jnp.linalg.solve(slope(at), excess(at))
        return at - correction, jnp.max(jnp.abs(correction)), done + 1

    begin = once((start, jnp.zeros((), start.dtype), jnp.asarray(0)))
    end = jax.lax.while_loop(lambda now: ~enough(now) & (now[2] < _MOST), once, begin)
    return jnp.where(enough(end), end[0], jnp.nan)
