"""What the runs of ``basins`` end on, and the share of the starts that end on each."""

from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Float, Int

from .._checks import positive
from ..outcome import Outcome, OUTCOMES
from .basins import Basins, checked_basins

_PLACED = ("point", "cycle")


@dataclass(frozen=True)
class Attractors:
    """m attractors, by their label 0, ..., m - 1; every array leads with m but ``labels``.

    Attributes:
        labels: with the axes of the grid: the attractor each start ends on; -1 where it was not finished.
        kinds: "point" and "cycle" are places. "plateau", "moving", "left_domain" and "overflowed" are what
            else became of runs, one label each for all of them.
        centre: (m, n), the mean over its runs of ``Basins.centre``; size, period: those of a cycle, 0 and
            NaN of a point. NaN of what is no place, and of an attractor of ``before`` that is gone.
        share: of the starts that are finished.
        standard_error: sqrt(share (1 - share)/N): of N independent starts. The error on a regular grid,
            whose starts are apart, is smaller where basins have smooth borders.
    """

    labels: Int[np.ndarray, "..."]
    kinds: tuple[str, ...]
    centre: Float[np.ndarray, "m n"]
    size: Float[np.ndarray, " m"]
    period: Float[np.ndarray, " m"]
    share: Float[np.ndarray, " m"]
    standard_error: Float[np.ndarray, " m"]

    def __str__(self) -> str:
        """A line each."""
        shown = [np.array2string(centre, precision=4, suppress_small=True) for centre in self.centre]
        each = zip(self.kinds, shown, self.share, self.standard_error, strict=True)
        return "\n".join(
            f"{label} {kind} {centre}: {share:.4f} +- {error:.4f}"
            for label, (kind, centre, share, error) in enumerate(each)
        )


def attractors(found: Basins, apart: float, before: Attractors | None = None) -> Attractors:
    """The attractors that runs end on, labelled, with the shares of their basins.

    Two runs end on the same point or cycle if centre and size (``Basins``) differ by ``apart`` at most. To
    continue attractors in a parameter, give those at its neighbouring value: labels are kept where kind and
    place are within ``apart`` of them, what is new is numbered on, what is gone keeps its label with share 0.

    After Datseris & Wagemakers, Chaos 32 (2022) 023104 (Attractors.jl). A continuum of equilibria is cut
    into pieces of this size.

    Args:
        found: what ``basins`` gave; apart: > 0, in the parameters; before: of the same free parameters.

    Raises:
        ValueError: apart <= 0, no ``Basins``, nothing finished, ``before`` of another kind or number of free
            parameters.

    >>> import numpy as np
    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.FunctionGame(lambda x, y: x**2 / 2 - x**4 / 4 + y**2 / 2)  # x -> 1 or -1, y -> 0
    >>> players = lsgan.Players(disc=np.asarray(0.0), gen=np.asarray(0.0))
    >>> starts = {"disc": np.linspace(-0.5, 1.5, 40), "gen": [-1.0, 1.0]}
    >>> found = lsgan.basins(game, lsgan.Simultaneous(0.2), players, starts, 200)
    >>> ends = lsgan.attractors(found, apart=0.1)
    >>> ends.kinds, ends.centre[:, 0].round(6).tolist(), ends.share.tolist()
    (('point', 'point'), [-1.0, 1.0], [0.25, 0.75])
    """
    limit, finished = float(positive("apart")(apart)), checked_basins(found).finished.ravel()
    if not finished.any():
        raise ValueError("found: expected runs that are finished, got none")
    kinds = _kinds(found.outcome)[finished]
    centre, size, period = (
        np.asarray(leaf, float).reshape(finished.size, -1)[finished]
        for leaf in (found.centre, found.size, found.period)
    )
    if not isinstance(before, Attractors | None):
        raise ValueError(f"before: expected Attractors or None, got {before!r}")
    if before is not None and before.centre.shape[1] != centre.shape[1]:
        raise ValueError(
            f"before: expected attractors of {centre.shape[1]} free parameters, got {before.centre.shape[1]}"
        )
    places = np.concatenate([centre, size], axis=1)
    known = [] if before is None else _known(before)
    of_run = _labels(kinds, places, known, limit)
    count = np.bincount(of_run, minlength=len(known))
    share = count / of_run.size
    labels = np.full(finished.size, -1)
    labels[finished] = of_run
    placed = np.asarray([kind in _PLACED for kind, _ in known])

    def mean(values: np.ndarray) -> np.ndarray:
        centres = [values[of_run == label].mean(axis=0) if count[label] else np.full(values.shape[1], np.nan)
                 for label in range(len(known))]  # fmt: skip
        return np.where(placed[:, None], np.stack(centres), np.nan)

    return Attractors(
        labels=labels.reshape(found.finished.shape),
        kinds=tuple(kind for kind, _ in known),
        centre=mean(centre),
        size=mean(size)[:, 0],
        period=mean(period)[:, 0],
        share=share,
        standard_error=np.sqrt(share * (1 - share) / of_run.size),
    )


def _kinds(outcome: Outcome) -> np.ndarray:
    """The names of outcomes, flat."""
    (codes,) = jax.tree.leaves(outcome)
    names = np.full(np.size(codes), "", dtype="<U12")
    for name, member in OUTCOMES.items():
        names[np.ravel(np.asarray(outcome == member))] = name
    return names


def _known(before: Attractors) -> list[tuple[str, np.ndarray]]:
    """(kind, place) by label; one that is gone is nowhere."""
    places = np.concatenate([before.centre, before.size[:, None]], axis=1)
    return list(zip(before.kinds, places, strict=True))


def _labels(
    kinds: np.ndarray, places: np.ndarray, known: list[tuple[str, np.ndarray]], limit: float
) -> np.ndarray:
    """The label of every run; attractors that are new are added to ``known``."""
    labels = np.full(len(kinds), -1)
    for kind in dict.fromkeys(kinds):
        left = np.flatnonzero(kinds == kind)
        for label, (other, place) in enumerate(known):
            if other == kind:
                near = left if kind not in _PLACED else left[_near(places[left], place, limit)]
                labels[near], left = label, np.setdiff1d(left, near)
        while left.size:
            near = left if kind not in _PLACED else left[_near(places[left], places[left[0]], limit)]
            labels[near] = len(known)
            known.append((str(kind), places[left[0]]))
            left = np.setdiff1d(left, near)
    return labels


def _near(places: np.ndarray, place: np.ndarray, limit: float) -> np.ndarray:
    return np.linalg.norm(places - place, axis=1) <= limit
