"""Cycles: the periodic orbits and invariant circles that runs end on."""

from dataclasses import dataclass
from typing import Any, Generic, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._checks import checked_int
from .._recurrence import period_of_flow, periods, size_of
from .._types import Disc, Gen, Players
from ..flow import flow
from ..game import AbstractGame
from ..outcome import Outcome
from ..parameters import Names
from ..restriction import restrict, Restriction
from ..trajectory import checked_start, play, Progress
from ..updates.base import AbstractRule, checked_rule
from ._closed import circle_along, closed_orbit, distance, follows
from ._loops import Loop
from ._motion import Motion
from ._orbits import around, by_size, circle_multipliers, floquet_multipliers, orbit, periodic_point

_RECORDED = 2048  # steps after the transient, of a flow points in its second half
_NEUTRAL = 1e-3  # how far outside the unit circle a multiplier of a cycle may seem to be
_MOST = 40  # free parameters and numbers of a rule's state


@dataclass(frozen=True)
class Cycle(Generic[Disc, Gen]):
    """A cycle that a run ends on.

    Attributes:
        kind: "periodic_orbit", or "invariant_circle" of a rule: a closed curve on which every step turns by
            one angle.
        period: steps (of a flow: units of time) around it; of a circle 2 pi/angle, no whole number.
        angle: of a step, 2 pi/period.
        multipliers: by how much neighbours are stretched, the largest first. Of a periodic orbit the
            eigenvalues of the derivative over one period (Floquet; of a flow one of them is 1); of a circle
            the mean moduli a step, one of them 1: along it.
        amplitude: (n,), of every free parameter half the distance between its largest and smallest value.
        radius: the largest distance from the mean of the cycle over the free parameters.
        players: points of the cycle with a leading axis: those of a periodic orbit of a rule, else 128 at
            equally spaced phases.
    """

    kind: Literal["periodic_orbit", "invariant_circle"]
    period: float
    multipliers: np.ndarray
    amplitude: np.ndarray
    radius: float
    players: Players[Disc, Gen]

    @property
    def angle(self) -> float:
        """2 pi/period."""
        return 2 * np.pi / self.period

    def __str__(self) -> str:
        """The cycle in a line."""
        sizes = ", ".join(f"{abs(value):.4g}" for value in self.multipliers)
        kind = self.kind.replace("_", " ")
        return f"{kind} of period {self.period:.8g}, radius {self.radius:.4g}, |multipliers| {sizes}"


class _Fixed(eqx.Module):
    """One game and rule at every parameter."""

    game: AbstractGame
    rule: AbstractRule | None

    def __call__(self, parameter: Any) -> Any:
        return self.game if self.rule is None else (self.game, self.rule)


def cycle(
    game: AbstractGame,
    rule: AbstractRule | None,
    players: Players[Disc, Gen],
    steps: int | None = None,
    free: Names = None,
) -> Cycle[Disc, Gen]:
    """The cycle that training from ``players`` ends on, refined by Newton's method.

    ``rule`` is played for ``steps`` steps, and 2048 more are looked at. Where their end comes back after k <=
    64 steps, a fixed point of k steps, the rule's state included, is sought; else a closed curve x(phi) with
    x(phi + angle) = step(x(phi)), as a trigonometric polynomial of up to 128 waves. Without a rule, x(t) of
    the flow with x' = field(x) and its period, by collocation at equally spaced times. Nothing is said unless
    Newton's method ends on a cycle next to the run, of its size, that does not repel it.

    Args:
        game: exact or sampled; rule: one whose step does not change with its number; None: the flow.
        players: the start; free: names of the parameters that move (None: all).
        steps: None: 5000 (of a flow, in units of time: 100).

    Raises:
        ValueError: a run that converges to a point, leaves its domain, overflows, or is not on a cycle yet
            or ever (chaos, a slow spiral, a torus, several circles in turn); steps that change; more
            than 40 numbers that move; bad arguments as for ``trajectory``.
        ImportError: a flow without diffrax (extra ``flow``).

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.1), gen=lsgan.Shift(shift=0.0))
    >>> found = lsgan.cycle(game, lsgan.Simultaneous(1.25), players, free=("w", "shift"))
    >>> print(found)
    invariant circle of period 10.100485, radius 0.475, |multipliers| 1, 0.9836
    """
    part = restrict(game, checked_start(players), free)
    count = None if steps is None else checked_int(steps, "steps")
    if rule is None:
        return _of_flow(part, 100 if count is None else count, free)
    end, record = _run(part, checked_rule(rule), 5000 if count is None else count)
    _check_run(end.outcome, f"{int(end.steps_taken)} steps")
    motion = Motion(_Fixed(game, rule), end.players, part.positions, end.state, True)
    return _of_map(motion.checked_steady(0.0, rule), np.asarray(record, float))


@eqx.filter_jit
def _run(part: Restriction, rule: AbstractRule, steps: int) -> tuple[Progress, Any]:
    game = part.game
    now, _ = play(lambda _: game, rule, Progress.begin(rule, part), 1, steps, keep=lambda now: None)

    def flattened(now: Progress) -> Any:
        here = now.on(game)
        return here.flatten(here.reduce(now.players), now.state)

    return play(lambda _: game, rule, now, _RECORDED, keep=flattened)


def _check_run(outcome: Outcome, when: str) -> None:
    if bool((outcome == Outcome.left_domain) | (outcome == Outcome.overflowed)):
        raise ValueError(f"players: expected a run that ends on a cycle, it {Outcome[outcome]} after {when}")


def _check_size(record: np.ndarray, eps: float) -> None:
    if record.shape[1] > _MOST:
        raise ValueError(f"free: expected at most {_MOST} numbers that move, got {record.shape[1]}")
    if size_of(record[-256:]) <= eps**0.5 * (1 + np.linalg.norm(record[-1])):
        raise ValueError(
            f"players: expected a run that ends on a cycle, it converges to a point: {record[-1].tolist()}"
        )


def _refused(record: np.ndarray) -> ValueError:
    half = len(record) // 2
    sizes = f"{size_of(record[:half]):.4g} and {size_of(record[half:]):.4g}"
    return ValueError(
        "players: expected a run that ends on a cycle, found none next to its end; its size in the two "
        f"halves of what was recorded is {sizes} (if these differ, take more steps)"
    )


def _of_map(motion: Motion, record: np.ndarray) -> Cycle:
    eps = float(np.finfo(motion.start.dtype).eps)
    _check_size(record, eps)
    for k in periods(record):
        x = periodic_point(motion, record[-1], k, 1e3 * eps)
        if x is None:
            continue
        points = orbit(motion, x, k)
        near = distance(record[-k:], points) <= 0.1 * size_of(record[-256:])
        if near and k == 1:
            raise ValueError(
                f"players: expected a run that ends on a cycle, it converges to a point: {x.tolist()}"
            )
        if near and _prime(points, eps) and (multipliers := _floquet(motion, x, k)) is not None:
            return _cycle(motion, "periodic_orbit", float(k), multipliers, points, points)
    found = circle_along(motion, record, eps)
    if found is None or not follows(found, record[-256:]):
        raise _refused(record)
    multipliers = circle_multipliers(motion, found)
    if multipliers[0] > 1 + _NEUTRAL:
        raise _refused(record)
    return _of_loop(motion, "invariant_circle", found, multipliers)


def _floquet(motion: Motion, x: np.ndarray, k: int) -> np.ndarray | None:
    """The multipliers of a periodic point; None if it repels."""
    multipliers = by_size(np.linalg.eigvals(around(motion, x, k)[1]))
    return multipliers if abs(multipliers[0]) <= 1 + _NEUTRAL else None


def _prime(points: np.ndarray, eps: float) -> bool:
    """Whether no earlier step brings the first point back."""
    apart = np.linalg.norm(points[1:] - points[0], axis=1)
    return bool(np.all(apart > eps**0.5 * (1 + np.linalg.norm(points[0]))))


def _of_flow(part: Restriction, time: int, free: Names) -> Cycle:
    run = flow(part.game, part.players, float(time), points=2 * _RECORDED + 1, free=free)
    _check_run(run.outcome, f"time {float(run.reached):.6g}")
    values = jax.vmap(lambda players: Restriction(part.game, players, part.positions).point)(run.players)
    record = np.asarray(values, float)[_RECORDED:]
    motion = Motion(_Fixed(part.game, None), part.players, part.positions, None, False)
    eps = float(np.finfo(motion.start.dtype).eps)
    _check_size(record, eps)
    period = period_of_flow(record)
    loop = None if period is None else closed_orbit(motion, record, period[0], time / (2 * _RECORDED), eps)
    if loop is None or not follows(loop, record[-int(period[0]) :] if period else record):
        raise _refused(record)
    multipliers = floquet_multipliers(motion, loop)
    if abs(multipliers[0]) > 1 + _NEUTRAL:
        raise _refused(record)
    return _of_loop(motion, "periodic_orbit", loop, multipliers)


def _of_loop(motion: Motion, kind: Any, loop: Loop, multipliers: np.ndarray) -> Cycle:
    if loop.angle < 0:
        loop = Loop(loop.points[::-1], -loop.angle)
    shown = loop.at(2 * np.pi * np.arange(128) / 128)
    dense = loop.at(2 * np.pi * np.arange(4096) / 4096)
    return _cycle(motion, kind, 2 * np.pi / loop.angle, multipliers, shown, dense)


def _cycle(
    motion: Motion, kind: Any, period: float, multipliers: np.ndarray, shown: np.ndarray, dense: np.ndarray
) -> Cycle:
    free = dense[:, : len(motion.positions)]
    players = jax.vmap(motion.players_at)(jnp.asarray(shown, motion.start.dtype))
    return Cycle(kind, float(period), multipliers, np.ptp(free, axis=0) / 2, size_of(free), players)
