r"""What finite steps add to continuous time.

One step of a rule is a map theta' = T(theta). To second order in the step sizes it is the time-one map of the
flow along F + drift, with F the first-order displacement of a step (step size times field, player by player):

    simultaneous            drift = -1/2 F'F,
    alternating, D first    drift = 1/2 (-n_d A'A - n_g B'B + n_d n_g (B'A - A'B)),    F = n_d A + n_g B,

A = (step_D v_D, 0) and B = (0, step_G v_G) with the field v, and M'N the derivative of M along N. With one
step size h the first is the field f - (h/2) J f in units of time of one step. Rosca et al., "Discretization
drift in two-player games", ICML 2021.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._types import Players
from .game import AbstractGame, field
from .parameters import Names
from .restriction import restrict
from .updates import Alternating, Simultaneous
from .updates.base import apply_updates, zeros

DriftRule = Simultaneous | Alternating
_Map = Callable[[Players], Players]


def _parts(game: AbstractGame, rule: DriftRule) -> tuple[_Map, _Map]:
    """A and B, the displacements of one step of D and of G."""
    if not isinstance(rule, Simultaneous | Alternating):
        raise ValueError(f"rule: expected Simultaneous or Alternating, whose drift is known, got {rule!r}")
    if rule.step_sizes.start() is not None:
        raise ValueError(f"rule: expected constant step sizes, got {rule!r}")
    if game.projects:
        raise ValueError(
            f"game: expected one without projection (Clip, say): its steps have no expansion, got {game!r}"
        )
    sizes = rule.step_sizes()

    def whole(players: Players) -> Players:
        return apply_updates(zeros(players), sizes, field(game, players))

    def of_disc(players: Players) -> Players:
        return Players(whole(players).disc, zeros(players.gen))

    def of_gen(players: Players) -> Players:
        return Players(zeros(players.disc), whole(players).gen)

    return of_disc, of_gen


def _rounds(rule: DriftRule) -> tuple[int, int]:
    return (rule.disc_steps, rule.gen_steps) if isinstance(rule, Alternating) else (1, 1)


def displacement(game: AbstractGame, rule: DriftRule, players: Players) -> Players:
    """F: what one step of ``rule`` adds to the players, to first order in the step sizes."""
    of_disc, of_gen = _parts(game, rule)
    n_d, n_g = _rounds(rule)
    return jax.tree.map(lambda a, b: n_d * a + n_g * b, of_disc(players), of_gen(players))


def drift(game: AbstractGame, rule: DriftRule, players: Players, free: Names = None) -> Players:
    """What the flow that follows ``rule`` to second order adds to the first-order displacement of a step.

    The equations are above. Same units as the players, per step.

    Args:
        game: one that does not project players after a step.
        rule: ``Simultaneous`` or ``Alternating`` with constant step sizes.
        free: names of the parameters that move (None: all); the drift of the others is 0.

    Raises:
        ValueError: another rule, a game that projects, unknown names.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=2.0))
    >>> outward = lsgan.drift(game, lsgan.Simultaneous(step=0.5), players)  # -(1/2) h^2 J^2 theta, J^2 = -1
    >>> float(outward.disc.w), float(outward.gen.shift)
    (0.125, 0.25)
    """
    part = restrict(game, players, free)
    still = restrict(game, zeros(players), free)
    return still.whole(_drift(part, rule, part.reduce(players)))


def _drift(game: AbstractGame, rule: DriftRule, players: Players) -> Players:
    of_disc, of_gen = _parts(game, rule)
    n_d, n_g = _rounds(rule)
    a, b = of_disc(players), of_gen(players)

    def along(function: _Map, direction: Players) -> Players:
        return jax.jvp(function, (players,), (direction,))[1]

    aa, ab, ba, bb = along(of_disc, a), along(of_disc, b), along(of_gen, a), along(of_gen, b)
    # who goes second sees the move of the first; in simultaneous play nobody does
    second = {"disc": (1, -1), "gen": (-1, 1)}[rule.order] if isinstance(rule, Alternating) else (-1, -1)

    def combined(aa: Array, ab: Array, ba: Array, bb: Array) -> Array:
        return jnp.asarray(0.5, aa.dtype) * (
            -n_d * aa - n_g * bb + n_d * n_g * (second[0] * ba + second[1] * ab)
        )

    return jax.tree.map(combined, aa, ab, ba, bb)
