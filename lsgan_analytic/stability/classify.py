"""What a stationary point is: node, focus, saddle; Nash, minimax or neither."""

import enum

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from .._checks import checked_float
from .._types import Players
from ..derivatives import jacobian, step_jacobian
from ..game import AbstractGame
from ..outcome import norm
from ..parameters import Names
from ..restriction import restrict
from ..updates.base import AbstractRule, checked_rule


class Kind(enum.Enum):
    """The linear flow near a stationary point."""

    stable_node = "stable node"
    unstable_node = "unstable node"
    stable_focus = "stable focus"
    unstable_focus = "unstable focus"
    saddle = "saddle"
    centre = "centre: purely imaginary eigenvalues, undecided by the linear part"
    degenerate = "degenerate: an eigenvalue with zero real part"


class Classification(eqx.Module):
    """A stationary point of the flow, of a rule, and as a solution of the game.

    Attributes:
        kind: of the flow theta' = field(theta); eigenvalues: (n,) of its Jacobian, by real part.
        multipliers: (k,) eigenvalues of the rule's one-step map, its state included; None without a rule.
        attracts: whether all eigenvalues have negative real parts; stable_under_rule: whether all
            multipliers are inside the unit circle (None without a rule).
        potential, hamiltonian: (n, n) symmetric and antisymmetric part of the Jacobian.
        local_nash: whether each player's own curvature is strictly against leaving; None: undecided, one of
            them is zero.
        local_minimax: the same for the generator leading and the discriminator following (zero-sum games
            only, else None).
        largest_step: the largest stable step of ``Simultaneous`` with one step size, 0 if none is.
        field_norm: |field|; all of this means something only where it is zero.
    """

    kind: Kind = eqx.field(static=True)
    eigenvalues: np.ndarray
    multipliers: np.ndarray | None
    attracts: bool = eqx.field(static=True)
    stable_under_rule: bool | None = eqx.field(static=True)
    potential: np.ndarray
    hamiltonian: np.ndarray
    local_nash: bool | None = eqx.field(static=True)
    local_minimax: bool | None = eqx.field(static=True)
    largest_step: float = eqx.field(static=True)
    field_norm: float = eqx.field(static=True)

    @property
    def non_nash_attractor(self) -> bool:
        """Whether gradient play settles where a player would rather leave (Mazumdar et al. 2020)."""
        return self.attracts and self.local_nash is False


def classify(
    game: AbstractGame,
    rule: AbstractRule | None,
    players: Players,
    free: Names = None,
    tolerance: float | None = None,
    step_number: int = 1,
) -> Classification:
    """What the stationary point ``players`` is, over the free parameters.

    With J the Jacobian of the field and J_DD, J_GG its blocks (Hessians of what each player ascends):

    - local Nash: J_DD and J_GG negative definite (sufficient; Ratliff et al. 2016);
    - local minimax: J_DD negative definite, and so is the Schur complement J_GG - J_GD J_DD^-1 J_DG
      (sufficient; Jin, Netrapalli & Jordan, ICML 2020, Prop. 20), G leading, in zero-sum games;
    - largest step: min over eigenvalues of (2/|Re|)/(1 + (Im/Re)^2), those at 0 left out (Mescheder et al.,
      NIPS 2017, Lemma 4).

    Args:
        rule: an update rule or None; players: the point; free: names (None: all).
        step_number: of a rule whose steps differ (a schedule), the step that is looked at, from 0; see
            ``step_jacobian``.
        tolerance: numbers below this share of the largest eigenvalue count as zero; None: 10 sqrt(eps).

    Raises:
        ValueError: unknown names in ``free``, no rule, tolerance not in [0, 1], a rule whose step has no
            derivative there (``step_jacobian``).

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> found = lsgan.classify(game, lsgan.Simultaneous(step=0.5), players, free=("w", "shift"))
    >>> found.kind.name, abs(found.multipliers).round(6).tolist()
    ('centre', [1.118034, 1.118034])
    """
    part = restrict(game, players, free)
    slope = np.asarray(jacobian(game, players, free))
    share = 10 * float(np.sqrt(np.finfo(slope.dtype).eps))
    share = share if tolerance is None else checked_float(tolerance, "tolerance", 0, 1)
    values = np.asarray(np.linalg.eigvals(slope), np.complex128)
    values = values[np.argsort(np.real(values), kind="stable")]
    small = share * np.abs(values).max()
    multipliers = None
    if rule is not None:
        step = step_jacobian(game, checked_rule(rule), players, free, step_number)
        multipliers = np.linalg.eigvals(np.asarray(step))
    disc = np.asarray(part.positions) < sum(leaf.size for leaf in jax.tree.leaves(players.disc))
    return Classification(
        kind=_kind(values, small),
        eigenvalues=values,
        multipliers=multipliers,
        attracts=bool(np.all(np.real(values) < -small)),
        stable_under_rule=None if multipliers is None else bool(np.all(np.abs(multipliers) < 1)),
        potential=0.5 * (slope + slope.T),
        hamiltonian=0.5 * (slope - slope.T),
        local_nash=_both(_falls(slope[disc][:, disc], small), _falls(slope[~disc][:, ~disc], small)),
        local_minimax=_minimax(slope, disc, small),
        largest_step=_largest_step(values, small),
        field_norm=float(norm(part.field(part.point))),
    )


def _kind(values: NDArray[np.complex128], small: float) -> Kind:
    up, down = np.any(values.real > small), np.any(values.real < -small)
    if up and down:
        return Kind.saddle
    if np.any(np.abs(values.real) <= small):
        return Kind.centre if not up and not down and np.all(np.abs(values) > small) else Kind.degenerate
    turning = np.any(np.abs(values.imag) > small)
    if up:
        return Kind.unstable_focus if turning else Kind.unstable_node
    return Kind.stable_focus if turning else Kind.stable_node


def _falls(hessian: np.ndarray, small: float) -> bool | None:
    """Whether a player's own objective falls in all its directions; None where that is not decided."""
    if not hessian.size:
        return True
    top = np.linalg.eigvalsh(0.5 * (hessian + hessian.T)).max()
    return None if abs(top) <= small else bool(top < 0)


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _minimax(slope: np.ndarray, disc: np.ndarray, small: float) -> bool | None:
    """Jin, Netrapalli & Jordan's sufficient condition; None for general-sum games and singular J_DD."""
    cross = slope[disc][:, ~disc]
    if np.abs(cross + slope[~disc][:, disc].T).max(initial=0) > small:
        return None
    follower = _falls(slope[disc][:, disc], small)
    if not follower or not disc.any():
        return follower if disc.any() else _falls(slope, small)
    answered = slope[~disc][:, disc] @ np.linalg.solve(slope[disc][:, disc], cross)
    return _falls(slope[~disc][:, ~disc] - answered, small)


def _largest_step(values: NDArray[np.complex128], small: float) -> float:
    moving = values[np.abs(values) > small]
    if np.any(moving.real >= -small):
        return 0.0
    return float(np.min(2 * np.abs(moving.real) / np.abs(moving) ** 2, initial=np.inf))
