"""What lies beyond a border of stability: normal forms on the centre manifold."""

from dataclasses import dataclass
from typing import Any, cast, Literal

import numpy as np

from .._checks import checked_float
from .._types import Numbers, Players
from ..parameters import checked_players, indices, Names
from . import _coefficients as coefficients
from ._coefficients import Vectors, vectors
from ._forms import Forms
from ._motion import Motion, System

Criticality = Literal["supercritical", "subcritical", "resonant", "undecided"]
_RESONANT = 0.25  # power of eps: how near mu^k = 1 is a strong resonance
_FORMULAS = {
    "fold": coefficients.fold,
    "flip": coefficients.flip,
    "neimark_sacker": coefficients.neimark_sacker,
    "hopf": coefficients.hopf,
}


@dataclass(frozen=True)
class NormalForm:
    """The leading terms of a motion at a border of stability, and what they say of its far side.

    Attributes:
        kind: "fold", "flip", "neimark_sacker" or "hopf"; parameter: where.
        coefficient: a, b, d or l1 (``normal_form``), with |q| = 1; NaN where there is none.
        criticality: "supercritical": a small stable orbit past the border (stable within the centre
            manifold), which grows from 0: a soft loss of stability. "subcritical": none, but an unstable one
            before the border: a hard loss; a fold, past which there is no equilibrium at all, is one.
            "resonant": mu^k = 1 for a k <= 4, where these normal forms do not hold. "undecided": the
            coefficient or the speed of crossing is 0, or more eigenvalues are on the border.
        eigenvalue: the critical one, of two the one with Im > 0.
        speed: d|mu|/dp, or d Re(lambda)/dp, along the branch (per unit of the parameter); of a fold w^T F_p.
        period: of the small orbit, at the border: 2 of a flip, 2 pi/arg(mu) steps of an invariant circle,
            2 pi/omega of a periodic orbit; NaN of a fold.
        squared_amplitude: d amplitude^2/d parameter at the border.
        reason: why there is no coefficient, "" if there is one.
    """

    kind: str
    parameter: float
    coefficient: float
    criticality: Criticality
    eigenvalue: complex
    speed: float
    period: float
    squared_amplitude: float
    reason: str = ""

    def amplitude(self, parameter: Numbers) -> Any:
        """The largest distance of the small orbit from the fixed point over the free parameters.

        To leading order: sqrt(squared_amplitude (parameter - p)), p the border. Of the same shape as
        ``parameter``; NaN on the side where there is no small orbit, or if nothing is decided. Of a fold:
        of the two equilibria from the place where they meet.
        """
        apart = np.asarray(cast(Any, parameter), float) - self.parameter
        square = np.where(apart == 0, 0.0, self.squared_amplitude * apart)
        size = np.sqrt(np.where(square >= 0, square, np.nan))
        return size if np.ndim(apart) else float(size)

    def __str__(self) -> str:
        """The verdict in a line."""
        if self.reason:
            return f"{self.kind}, {self.criticality}: {self.reason}"
        return f"{self.kind}, {self.criticality}: coefficient {self.coefficient:.6g}"


def normal_form(system: System, players: Players, parameter: float, free: Names = None) -> NormalForm:
    """The normal form of a flow, or of a rule's step, at an equilibrium on the border of its stability.

    Kuznetsov, Elements of Applied Bifurcation Theory (2004), sections 5.4 and 10.2. With F the step (or the
    field) over the free parameters and the rule's state, A its Jacobian, A q = mu q, |q| = 1, w the left
    eigenvector, w^T q = 1, B and C the second and third derivatives:

    - fold, mu = 1 (lambda = 0): a = w^T B(q, q)/2;
    - flip, mu = -1: b = w^T (C(q, q, q) + 3 B(q, (I - A)^-1 B(q, q)))/6;
    - Neimark-Sacker, |mu| = 1: d = Re[w^T (C(q, q, q*) + 2 B(q, (I - A)^-1 B(q, q*)) + B(q*, (mu^2 I - A)^-1
      B(q, q)))/(2 mu)], so that r -> (1 + s (p - p0)) r + d r^3 for the radius r in z q + z* q*;
    - Hopf, lambda = i omega: l1 = Re[...]/(2 omega), with -A and 2 i omega I - A in their places.

    The derivatives are those of JAX, of whatever rule. Compiled once for one ``system``.

    Args:
        system: parameter -> game, or -> (game, rule), as for ``continue_branch``. It is compiled once: other
            variables that it reads must not change between calls.
        players: the equilibrium, to 1e-6 (float32: 2e-3), as are the eigenvalues on the border.
        parameter: where the border is; free: names of the parameters that move (None: all).

    Raises:
        ValueError: a point that is no equilibrium; no eigenvalue on the border; a step that is not smooth
            there (clipping active, |x| at 0, the square root of a second moment), or that changes with its
            number; unknown names.

    >>> import lsgan_analytic as lsgan
    >>> point = lsgan.PointMasses([0.0])
    >>> game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    >>> players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    >>> system = lambda step: (game, lsgan.Simultaneous(step))
    >>> form = lsgan.normal_form(system, players, 1.2, free=("w", "shift"))
    >>> form.kind, form.criticality, round(form.amplitude(1.2 * 1.005), 3)  # .5 % past the border
    ('neimark_sacker', 'supercritical', 0.17)
    """
    if not callable(system):
        raise ValueError(f"system: expected a function of the parameter that makes a game, got {system!r}")
    positions = indices(checked_players(players), free)
    parameter = checked_float(parameter, "parameter")
    motion = Motion.of(system, players, positions, parameter)
    return form_at(motion, np.asarray(motion.start, float), parameter)


def form_at(motion: Motion, x: np.ndarray, parameter: float, tolerance: float | None = None) -> NormalForm:
    """``normal_form`` of a motion at a vector; ``tolerance`` of |mu| = 1 relative to the eigenvalues."""
    forms = Forms(motion, x, parameter)
    eps = float(np.finfo(forms.dtype).eps)
    near = eps**0.375 if tolerance is None else tolerance
    _check_point(forms, near)
    spectrum = np.linalg.eigvals(forms.matrix).astype(complex)
    growth = np.abs(np.abs(spectrum) - 1) if motion.is_map else np.abs(np.real(spectrum))
    near *= float(np.abs(spectrum - motion.is_map).max(initial=1e-3))
    border = spectrum[growth <= near]
    if not len(border):
        circle = "|mu| = 1" if motion.is_map else "Re lambda = 0"
        raise ValueError(
            f"parameter: expected a border of stability, where {circle} for an eigenvalue, got the "
            f"eigenvalues {spectrum.tolist()} at {parameter}"
        )
    chosen = border[np.argmax(np.imag(border))]
    v = vectors(forms.matrix, complex(chosen))
    _check_smooth(forms, v)
    kind = _kind(v, near, motion.is_map)
    alone = 2 if kind in ("neimark_sacker", "hopf") else 1
    reason, criticality = _obstacle(forms, v, kind, len(border) - alone, eps)
    if reason:
        nan = float("nan")
        return NormalForm(kind, parameter, nan, criticality, v.value, nan, _period(v, kind), nan, reason)
    return _decided(forms, v, kind, parameter, eps)


def _kind(v: Vectors, near: float, is_map: bool) -> str:
    if abs(np.imag(v.value)) > near:
        return "neimark_sacker" if is_map else "hopf"
    return "flip" if is_map and np.real(v.value) < 0 else "fold"


def _period(v: Vectors, kind: str) -> float:
    if kind == "neimark_sacker":
        return float(2 * np.pi / np.angle(v.value))
    return {"flip": 2.0, "hopf": 2 * np.pi / max(float(np.imag(v.value)), 1e-300)}.get(kind, float("nan"))


def _check_point(forms: Forms, near: float) -> None:
    """ValueError unless the point is an equilibrium of something that has derivatives there."""
    finite = all(np.isfinite(part).all() for part in (forms.residual, forms.slope, forms.by_parameter))
    if not finite:
        raise ValueError(
            "system: expected a rule whose step has a derivative at these players, got one that is no number "
            "(optax.adam needs eps_root > 0 where its gradients vanish)"
        )
    if np.linalg.norm(forms.residual) > near * (1 + np.linalg.norm(forms.x)):
        what = "a step moves them" if forms.motion.is_map else "the field is"
        raise ValueError(
            f"players: expected an equilibrium at parameter={forms.parameter}, but there {what} by "
            f"{np.linalg.norm(forms.residual):.3g}"
        )
    if forms.projected > 0:
        raise ValueError(
            f"system: expected a step that is smooth at the players, but the game's projection (Clip, say) "
            f"is active there: it moves them by {float(forms.projected):.3g}"
        )


def _check_smooth(forms: Forms, v: Vectors) -> None:
    """ValueError where the first three derivatives jump at the point, across it in the critical plane."""
    q, eps = v.right, float(np.finfo(forms.dtype).eps)
    small = np.sqrt(eps)
    aside = np.real(q) + 0.6 * np.imag(q)
    aside = small * (1 + np.linalg.norm(forms.x)) * aside / np.linalg.norm(aside)
    total, jump = 0.0, 0.0
    for order in (1, 2, 3):
        before, here, after = (forms(*([q] * order), shift=side * aside) for side in (-1, 0, 1))
        total += float(np.linalg.norm(before) + np.linalg.norm(after))
        jump = max(jump, float(np.linalg.norm(here - before)), float(np.linalg.norm(after - here)))
    if not np.isfinite(total) or jump > max(1e-4, 30 * small) * total:
        raise ValueError(
            "system: expected a motion with three continuous derivatives at the players, but they jump there "
            "(clipping, an absolute value, a slope penalty with a target at slope 0?)"
        )


def _obstacle(forms: Forms, v: Vectors, kind: str, others: int, eps: float) -> tuple[str, Criticality]:
    """Why there is no coefficient."""
    if kind == "neimark_sacker":
        for k in (1, 2, 3, 4):
            if abs((v.value / abs(v.value)) ** k - 1) <= eps**_RESONANT:
                return f"strong resonance 1:{k}, the multiplier is {v.value:.6g}", "resonant"
    if not np.isfinite(v.left).all():
        return f"the eigenvalue {v.value:.6g} is defective", "resonant" if kind == "flip" else "undecided"
    if others:
        return f"{others} more eigenvalues are on the border", "undecided"
    return "", "undecided"


def _decided(forms: Forms, v: Vectors, kind: str, parameter: float, eps: float) -> NormalForm:
    found = _FORMULAS[kind](forms, v)
    if kind == "fold":
        terms = np.real(v.left) * forms.by_parameter
        speed = coefficients.Coefficient(float(terms.sum()), float(np.abs(terms).sum()))
    else:
        speed = coefficients.crossing(forms, v)
    zero = [abs(one.value) <= np.sqrt(eps) * one.size for one in (found, speed)]
    moving = np.concatenate([np.real(v.right), np.imag(v.right)]).reshape(2, -1)
    moving = moving[:, : len(forms.motion.positions)]
    if kind in ("neimark_sacker", "hopf"):
        size = 2 * np.linalg.svd(moving, compute_uv=False)[0]
    else:
        size = np.linalg.norm(moving[0])
    growth, cubic = speed.value, found.value * (np.imag(v.value) if kind == "hopf" else 1)
    square = float("nan") if any(zero) else float(-growth / cubic * size**2)
    reason = "the coefficient is 0 to rounding" if zero[0] else "the border is touched, not crossed"
    return NormalForm(
        kind=kind,
        parameter=parameter,
        coefficient=found.value,
        criticality="undecided" if any(zero) else _criticality(kind, found.value),
        eigenvalue=v.value,
        speed=-growth if kind == "flip" else growth,
        period=_period(v, kind),
        squared_amplitude=square,
        reason=reason if any(zero) else "",
    )


def _criticality(kind: str, coefficient: float) -> Criticality:
    if kind == "fold":
        return "subcritical"
    soft = coefficient > 0 if kind == "flip" else coefficient < 0
    return "supercritical" if soft else "subcritical"
