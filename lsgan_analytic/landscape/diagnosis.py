"""Why the gradient is small here: which factor vanishes, and for how long."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree

from .._checks import positive_number
from .._types import Players, Scalar, ScalarLike
from .._window import checked_names
from ..expectation import transition_points
from ..game import Game
from ..losses.base import AbstractIntegrand
from ..outcome import norm
from ..parameters import checked_players, indices, Names, vector
from ..restriction import Restriction
from ..updates.base import AbstractRule, advance, checked_rule


class Cause(eqx.Enumeration):
    """Why the field is small. ``Cause[diagnosis.cause]`` is the sentence."""

    moving = "it is not small"
    saturated = "D is flat on the data and on the samples"
    samples = "D is flat on the samples only: the generator has no gradient"
    sure = "D has slope on the samples, but the generator's loss is flat at the values it gives them"
    generator = "the generator hardly moves its samples"
    data = "D is flat on the data, and the samples balance"
    balanced = "no factor is small, and they cancel: a stationary point is near"


CAUSES = {
    name: getattr(Cause, name)
    for name in ("moving", "saturated", "samples", "sure", "generator", "data", "balanced")
}


class Diagnosis(eqx.Module):
    """The factors of the field at one pair of players.

    With phi_G what the generator descends, the generator's part of the field is
    -E[phi_G'(D(G)) D'(G) dG/dtheta]; the discriminator's averages dD/dtheta over data and samples.

    Attributes:
        field_norm: |field| over the free parameters.
        data_slope: E|D'(x)| on the data; sample_slope: E|D'(G(z))| on the samples (per unit x).
        pull: E|d phi_G(D(x))/dx| on the samples: the slope that the generator descends.
        generator_slope: E|dG/dtheta|, over all parameters of G.
        growth: growth rate of log|field| along the flow, u^T J u with u the direction of the field
            (per unit of flow time).
        dwell: time until |field| reaches the threshold, (1 - |field|/threshold)/growth: exact where
            log|field| grows evenly along the way. 0 where it is above the threshold, inf where it does not
            grow. In flow time; in steps where a rule was given.
        cause: a ``Cause``.
    """

    field_norm: Scalar
    data_slope: Scalar
    sample_slope: Scalar
    pull: Scalar
    generator_slope: Scalar
    growth: Scalar
    dwell: Scalar
    cause: Cause


def diagnose(
    game: Game,
    players: Players,
    rule: AbstractRule | None = None,
    free: Names = None,
    threshold: ScalarLike = 1e-2,
) -> Diagnosis:
    """Whether the field is below ``threshold`` at ``players``, why, and how long it will last.

    Each factor is small where it is below the same threshold. Works under jit and vmap.

    Args:
        rule: whose pace turns flow time into steps (None: flow time); free: names (None: all).
        threshold: > 0, for field and factors alike.

    Raises:
        ValueError: not a Game, not players, not a rule, unknown names in ``free``, threshold <= 0.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=9.0), gen=lsgan.Square(g=1.5, h=0.5))
    >>> print(lsgan.Cause[lsgan.diagnose(game, players).cause])
    D is flat on the data and on the samples
    """
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a Game, got {game!r}")
    checked_players(players)
    if rule is not None:
        checked_rule(rule)
    positions = indices(players, None if free is None else checked_names(free, "free"))
    return _diagnose(game, players, rule, positions, positive_number("threshold")(threshold))


@eqx.filter_jit
def _diagnose(
    game: Game, players: Players, rule: AbstractRule | None, positions: tuple[int, ...], threshold: Scalar
) -> Diagnosis:
    part = Restriction(game, players, positions)
    slope, force = jax.jacfwd(lambda x: (part.field(x),) * 2, has_aux=True)(part.point)
    size = norm(force)
    direction = force / jnp.where(size > 0, size, 1)
    growth = jnp.sum(direction * jnp.sum(slope * direction[None], axis=1))
    threshold = threshold.astype(size.dtype)
    small = size < threshold
    rising = jnp.where(growth > 0, growth, 1)
    dwell = jnp.where(growth > 0, (1 - size / threshold) / rising, jnp.inf)
    dwell = jnp.where(small, dwell, 0) / _pace(part, rule, size)
    data, samples, pull, made = _factors(game, players)
    low = [part < threshold for part in (data, samples, pull, made)]
    return Diagnosis(size, data, samples, pull, made, growth, dwell, _cause(small, *low))


def _pace(part: Restriction, rule: AbstractRule | None, size: Scalar) -> Scalar:
    """Flow time of one step."""
    if rule is None:
        return jnp.ones_like(size)
    here = part.reduce(part.players)
    moved, _ = advance(part, rule, here, rule.init(here))
    return norm(vector(moved) - vector(here)) / jnp.where(size > 0, size, 1)


def _factors(game: Game, players: Players) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    disc, data, generated = game.effective_parts(players)
    breakpoints = transition_points(disc)

    def length(slopes: Array) -> Array:
        return jnp.sqrt(jnp.sum(jnp.square(slopes.reshape(slopes.shape[0], -1)), axis=1))

    def mean_slope(points: Array, weights: Array) -> Scalar:
        return jnp.sum(weights * length(jax.vmap(jax.grad(disc))(points)))

    points, weights = generated.composite_nodes(breakpoints)

    def descended(points: Array) -> Scalar:
        def fake(phi: AbstractIntegrand) -> Scalar:
            return jnp.sum(weights * phi.of(disc, points))

        return game.loss.objectives(lambda _: jnp.zeros_like(weights[0]), fake)[1]

    pull = jnp.sum(length(jax.grad(descended)(points)))
    z, masses = game.latent.composite_nodes(players.gen.preimages(breakpoints))
    moved = jax.vmap(lambda one: ravel_pytree(jax.jacobian(lambda gen: gen(one))(players.gen))[0])(z)
    return (
        mean_slope(*data.composite_nodes(breakpoints)),
        mean_slope(points, weights),
        pull,
        jnp.sum(masses * length(moved)),
    )


def _cause(small: Array, data: Array, samples: Array, pull: Array, made: Array) -> Cause:
    """The first that applies, from the last line to the first."""
    cause = Cause.where(data, Cause.data, Cause.balanced)
    cause = Cause.where(made, Cause.generator, cause)
    unfelt = Cause.where(samples, Cause.where(data, Cause.saturated, Cause.samples), Cause.sure)
    return Cause.where(small, Cause.where(pull, unfelt, cause), Cause.moving)
