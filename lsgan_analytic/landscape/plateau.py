"""Where in a box the field is small, and why."""

import equinox as eqx
import jax
import numpy as np
from jax import Array

from .._checks import checked_int, positive_number
from .._types import Players, Scalar, ScalarLike
from .._window import Box, evenly_spaced, placed, window
from ..game import Game
from ..parameters import Names
from ..updates.base import AbstractRule, checked_rule
from .diagnosis import _diagnose, Cause, CAUSES, Diagnosis


class Plateaus(eqx.Module):
    """Points of a box, and why the field is small where it is.

    Attributes:
        names: the free parameters; points: (m, n) spread evenly over the box.
        cost: (m,) J there; diagnosis: a ``Diagnosis`` with a leading axis m.
        share: the part of the box where the field is below the threshold, +- about 1/sqrt(m).
        causes: {sentence: part of the box}, the largest first.
    """

    names: tuple[str, ...] = eqx.field(static=True)
    points: np.ndarray
    cost: np.ndarray
    diagnosis: Diagnosis
    share: float = eqx.field(static=True)
    causes: dict[str, float] = eqx.field(static=True)

    @property
    def small(self) -> np.ndarray:
        """(m,) whether the field is below the threshold."""
        return np.asarray(self.diagnosis.cause != Cause.moving)


def plateaus(
    game: Game,
    players: Players,
    box: Box,
    free: Names = None,
    rule: AbstractRule | None = None,
    threshold: ScalarLike = 1e-2,
    points: int = 2048,
) -> Plateaus:
    """``diagnose`` at points spread evenly over ``box``, the other parameters as in ``players``.

    Args:
        box: {name: (low, high)}; free: the order of the parameters (None: that of the box).
        rule, threshold: see ``diagnose``; points: how many, >= 1.

    Raises:
        ValueError: bounds that are not low < high, or not of exactly the free parameters; points < 1;
            threshold <= 0; not a Game.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> found = lsgan.plateaus(game, players, {"b": (5, 8), "h": (-1, 1)}, points=64)
    >>> found.share, list(found.causes)
    (1.0, ['D is flat on the data and on the samples'])
    """
    if not isinstance(game, Game):
        raise ValueError(f"game: expected a Game, got {game!r}")
    bounds = window(players, box, free)
    if rule is not None:
        checked_rule(rule)
    where = bounds.at(evenly_spaced(checked_int(points, "points"), len(bounds.names))).astype(
        bounds.low.dtype
    )
    threshold = positive_number("threshold")(threshold)
    cost, diagnosis = _map(game, placed(players, bounds.positions, where), rule, bounds.positions, threshold)
    shares = {Cause[cause]: float(np.mean(np.asarray(diagnosis.cause == cause))) for cause in CAUSES.values()}
    still = shares.pop(Cause[Cause.moving])
    causes = {name: part for name, part in sorted(shares.items(), key=lambda one: -one[1]) if part}
    return Plateaus(bounds.names, where, np.asarray(cost), diagnosis, 1 - still, causes)


@eqx.filter_jit
def _map(
    game: Game, where: Players, rule: AbstractRule | None, positions: tuple[int, ...], threshold: Scalar
) -> tuple[Array, Diagnosis]:
    def at_one(at: Players) -> tuple[Array, Diagnosis]:
        return game.cost(at), _diagnose(game, at, rule, positions, threshold)

    size = jax.tree.leaves(where)[0].shape[0]
    return jax.lax.map(at_one, where, batch_size=min(256, size))
