"""Branches of equilibria as one parameter changes, by pseudo-arclength continuation."""

from collections.abc import Callable
from dataclasses import dataclass, field as dataclass_field
from functools import partial

import jax
import numpy as np

from .._checks import checked_float, checked_int
from .._types import Players
from .._window import checked_names
from ..parameters import checked_players, indices, Names
from ..trajectory import checked_start
from ._events import Event, events, SENTENCES
from ._motion import System
from ._walk import Walk
from .normal_form import form_at, NormalForm

_WITH_FORMS = ("fold", "flip", "neimark_sacker", "hopf")
_NEAR = 30.0  # how much further from the border than found an eigenvalue may seem at a bisected point


@dataclass(frozen=True)
class Bifurcation:
    """A point of a branch where something happens.

    Attributes:
        kind: "fold", "branch_point", "hopf", "flip", "neimark_sacker" or "node_focus"; parameter: where;
            players: the equilibrium there; eigenvalues: those of the flow, or the multipliers;
            multiplicity: how many eigenvalues (fold, branch point, flip) or pairs of them do so at once.
        normal_form: what lies beyond; see below.
    """

    kind: str
    parameter: float
    players: Players
    eigenvalues: np.ndarray
    multiplicity: int = 1
    _form: Callable[[], NormalForm] | None = dataclass_field(default=None, repr=False, compare=False)

    @property
    def normal_form(self) -> NormalForm | None:
        """What lies beyond a fold, a flip, a Neimark-Sacker or a Hopf point; None at the others.

        Computed when it is asked for. ValueError where the motion is not smooth: see ``normal_form``.
        """
        return None if self._form is None else self._form()

    def __str__(self) -> str:
        times = f" ({self.multiplicity} at once)" if self.multiplicity > 1 else ""
        return f"{SENTENCES[self.kind]}{times}, at {self.parameter:.10g}"


@dataclass(frozen=True)
class Branch:
    """A branch of equilibria, k points of it in their order.

    Attributes:
        parameter: (k,); players: with a leading axis of length k; eigenvalues: (k, n), of the flow, or the
            multipliers of the rule's step; stable: (k,), all Re < 0, or all inside the unit circle.
        bifurcations: in their order; ended: why the branch ends.
    """

    parameter: np.ndarray
    players: Players
    eigenvalues: np.ndarray
    stable: np.ndarray
    bifurcations: tuple[Bifurcation, ...]
    ended: str


def continue_branch(
    system: System,
    players: Players,
    start: float,
    stop: float,
    free: Names = None,
    step: float | None = None,
    max_step: float | None = None,
    max_points: int = 2000,
) -> Branch:
    """Follow an equilibrium from parameter ``start`` towards ``stop``, around folds, and say what happens.

    The equilibria are the roots of the field (flow), or the fixed points of a rule's step, its memory
    included. Predictor along the tangent, Newton's method on the equations and the distance along the
    tangent (Keller 1977). What happens between neighbouring points is found by the number of unstable
    eigenvalues and of complex pairs, so that equal ones are found however many, and by the signs that change
    at folds and branch points (Kuznetsov, Elements of Applied Bifurcation Theory, ch. 10); it is refined by
    bisection. Two changes that cancel between neighbouring points are not found: take shorter steps.

    Args:
        system: parameter -> game (its flow), or -> (game, rule); a function JAX can differentiate, e.g.
            ``lambda strength: lsgan.Game(..., regularizers=(lsgan.R1(strength),))`` or
            ``lambda step: (game, lsgan.Simultaneous(step))``.
        players: near an equilibrium at ``start``.
        start, stop: the branch ends where the parameter leaves the interval between them, at either end.
        free: names of the parameters that move (None: all).
        step, max_step: first and longest step along the branch; None: 1/100 and 1/20 of the interval.
        max_points: the branch ends after so many.

    Raises:
        ValueError: no equilibrium near ``players``; one that is not isolated at ``start`` (hold a parameter
            by ``free``); a rule whose step changes with its number; start = stop; step <= 0; unknown names.

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> def dirac(strength):
    ...     return lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> branch = lsgan.continue_branch(dirac, players, 0.2, 2.0, free=("w", "shift"))
    >>> [f"{event.kind} at {event.parameter:.6f}" for event in branch.bifurcations]
    ['node_focus at 1.000000']
    """
    if not callable(system):
        raise ValueError(f"system: expected a function of the parameter that makes a game, got {system!r}")
    checked_players(players)
    free = None if free is None else checked_names(free, "free")
    start, stop = checked_float(start, "start"), checked_float(stop, "stop")
    length = abs(stop - start)
    if length == 0:
        raise ValueError(f"stop: expected another value than start={start}, got {stop}")
    step = checked_float(length / 100 if step is None else step, "step", low=1e-12 * length)
    longest = checked_float(length / 20 if max_step is None else max_step, "max_step", low=step)
    walk = Walk(system, checked_start(players), indices(players, free), start, stop)
    points, ended = walk.follow(step, longest, checked_int(max_points, "max_points"))
    where = np.stack([point.where for point in points])
    spectra = np.stack([point.eigenvalues for point in points])
    found = events(points, walk.point, walk.is_map, walk.tolerance)
    decay = 1 - np.abs(spectra) if walk.is_map else -np.real(spectra)
    return Branch(
        parameter=where[:, -1],
        players=jax.vmap(walk.players)(where[:, :-1]),
        eigenvalues=spectra,
        stable=np.asarray(np.min(decay, axis=1) > 0),
        bifurcations=tuple(_bifurcation(walk, event) for event in found),
        ended=ended,
    )


def _bifurcation(walk: Walk, event: Event) -> Bifurcation:
    kind, multiplicity, at = event
    x, parameter = at.where[:-1], float(at.where[-1])
    near = _NEAR * np.sqrt(walk.tolerance)
    form = partial(form_at, walk.motion, x, parameter, near) if kind in _WITH_FORMS else None
    return Bifurcation(kind, parameter, walk.players(x), at.eigenvalues, multiplicity, form)
