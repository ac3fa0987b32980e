"""Gradient and Hessian of the cost, Jacobians of the field and of a step, and the gradient's logarithm."""

import equinox as eqx
import jax
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.flatten_util import ravel_pytree

from . import solved
from ._checks import checked_int
from ._types import Disc, Gen, Matrix, Players
from .game import AbstractGame, checked_game, Game
from .parameters import checked_players, Names
from .restriction import restrict, Restriction
from .updates.base import AbstractRule, advance, checked_rule, state_at_rest


def gradient(game: AbstractGame, players: Players[Disc, Gen]) -> Players[Disc, Gen]:
    """dJ/d(parameter) for every parameter, as Players (dimensionless per unit of the parameter).

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> round(float(lsgan.gradient(game, players).disc.a), 6)
    0.118037
    """
    return _gradient(checked_game(game), checked_players(players))


@eqx.filter_jit
def _gradient(game: AbstractGame, players: Players) -> Players:
    return jax.grad(game.cost)(players)


def hessian(game: AbstractGame, players: Players) -> Matrix:
    """d2J/d(parameter)2, shape (n, n), in the order of ``parameter_names(players)``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> lsgan.hessian(game, players).shape
    (4, 4)
    """
    return _hessian(checked_game(game), checked_players(players))


@eqx.filter_jit
def _hessian(game: AbstractGame, players: Players) -> Matrix:
    flat, rebuild = ravel_pytree(players)
    return jax.hessian(lambda values: game.cost(rebuild(values)))(flat)


def jacobian(game: AbstractGame, players: Players, free: Names = None) -> Matrix:
    """d field_i / d parameter_j over the ``free`` parameters (all for None), in their order.

    Raises ValueError for unknown names.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> j = lsgan.jacobian(game, players, free=("b", "h"))
    >>> bool(j[0, 1] == -j[1, 0])  # a zero-sum game: the players' cross terms are opposite
    True
    """
    part = restrict(game, players, free)
    return part.jacobian(part.point)


def step_jacobian(
    game: AbstractGame, rule: AbstractRule, players: Players, free: Names = None, step_number: int = 1
) -> Matrix:
    """Jacobian of the map of one step, (parameters, state) -> (parameters, state), at ``players``.

    Its order: the ``free`` parameters (all for None) in their order, then the real numbers of the rule's
    state in the order of the pytree (counters are left out); (k, k) for rules without a state. Only the free
    parameters have a part in it. The eigenvalues at an equilibrium are the multipliers: stable if all are
    inside the unit circle.

    Args:
        step_number: which step's map, counted from 0. The state before it is the one of a rule that has
            taken that many steps and was put back to ``players`` after each: at an equilibrium, the one it
            rests with. 1, the second step, is the first for which a rule's memory is filled; a schedule's
            step size is that of this step.

    Raises ValueError for unknown names, step_number < 0, and (where values are known) a step that has no
    derivative there: that of Adam at an equilibrium, say, where the root of its second moment has none; give
    optax.adam an ``eps_root`` > 0.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> lsgan.step_jacobian(game, lsgan.Simultaneous(step=0.5), players, free=("w", "shift")).tolist()
    [[1.0, -0.5], [0.5, 1.0]]
    >>> lsgan.step_jacobian(game, lsgan.Optimistic(step=0.5), players, free=("w", "shift")).shape
    (4, 4)
    """
    part = restrict(game, players, free)
    found = _step_jacobian(part, checked_rule(rule), checked_int(step_number, "step_number", 0))
    if not isinstance(found, Tracer) and not np.isfinite(found).all():
        raise ValueError(
            "rule: expected one whose step has a derivative at these players, got a Jacobian that is not "
            f"finite (optax.adam needs eps_root > 0 where its gradients vanish): {rule!r}"
        )
    return found


@eqx.filter_jit
def _step_jacobian(part: Restriction, rule: AbstractRule, step_number: int) -> Matrix:
    here = part.reduce(part.players)
    state = state_at_rest(part, rule, here, step_number)

    def after(values: Array) -> Array:
        return part.flatten(*advance(part, rule, *part.unflatten(values, here, state)))

    return jax.jacfwd(after)(part.flatten(here, state))


def log_gradient(game: Game, players: Players) -> tuple[Players, Players]:
    """(log|dJ/d(parameter)|, sign of dJ/d(parameter)), right where the gradient itself underflows.

    For the games of ``solved`` (two cost terms that are the R/S/E/E integrals, or those of erf D on normal
    laws) without regularizers; ValueError otherwise. Where the two terms cancel exactly the logarithm is -inf
    and the sign 0.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=60.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> log_size, sign = lsgan.log_gradient(game, players)
    >>> float(sign.gen.h), bool(log_size.gen.h < -3000)  # exp of it is 0 in floating point
    (-1.0, True)
    """
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a lsgan.Game, got {game!r}")
    return _log_gradient(game, checked_players(players))


@eqx.filter_jit
def _log_gradient(game: Game, players: Players) -> tuple[Players, Players]:
    if game.regularizers:
        raise ValueError(f"game: log_gradient knows no regularizers, got {game.regularizers!r}")
    known = solved.ask(lambda solved_game: solved_game.log_gradient(game, players))
    if known is None:
        games = " and ".join(solved.solved_names())
        disc, *laws = game.effective_parts(players)
        got = [type(part).__name__ for part in (game, *laws, disc, game.loss.real, game.loss.fake)]
        raise ValueError(f"game: log_gradient knows the {games} integrals only, got {got}")
    return known
