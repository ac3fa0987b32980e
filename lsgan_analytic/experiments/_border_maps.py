"""Stability of a rule over its step and another parameter: multipliers, borders, soft and hard; pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic.bifurcations.border import BorderKind

from ._run import Arrays
from ._style import BLACK, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS: tuple[BorderKind, ...] = ("neimark_sacker", "flip")
_SOFT, _HARD, _OPEN = 1, -1, 0
_SAID = {"supercritical": _SOFT, "subcritical": _HARD}
_STYLES = {_SOFT: ("-", "soft"), _HARD: ("--", "hard"), _OPEN: (":", "coefficient 0")}
_COLOURS = "cividis"
_STARTS, _NEAR = 12, 3  # places from which curves are followed; cells from a curve within which none begins
_EQUAL = 1e-6  # relative: radii are stored in single precision
#: (step, another parameter) -> game and rule
Training = Callable[[Any, Any], tuple[lsgan.AbstractGame, lsgan.AbstractRule]]


@dataclass(frozen=True)
class Place:
    """An equilibrium, in the precision that is on when it is asked for, and the parameters that move."""

    players: Callable[[], lsgan.Players]
    free: tuple[str, ...]


DIRAC = Place(lambda: lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0)), ("w", "shift"))


def largest(training: Training, others: np.ndarray, steps: np.ndarray, at: Place = DIRAC) -> np.ndarray:
    """(steps, others), the multiplier of largest modulus; of a pair the one with Im >= 0."""

    def slope(step: jax.Array, other: jax.Array) -> jax.Array:
        game, rule = training(step, other)
        return lsgan.step_jacobian(game, rule, at.players(), free=at.free)

    over = jax.jit(jax.vmap(jax.vmap(slope, (None, 0)), (0, None)))
    values = np.linalg.eigvals(np.asarray(over(jnp.asarray(steps), jnp.asarray(others)))).astype(complex)
    first = np.argmax(np.abs(values), axis=-1)[..., None]
    found = np.take_along_axis(values, first, axis=-1)[..., 0]
    return np.real(found) + 1j * np.abs(np.imag(found))


def _crossings(kind: BorderKind, multiplier: np.ndarray) -> np.ndarray:
    """(m, 2) places of cells on a border of this kind: the cell across has a multiplier of its sort."""
    outside = np.abs(multiplier) >= 1
    places = np.argwhere(outside[1:] != outside[:-1])
    across = np.where(outside[1:], multiplier[1:], multiplier[:-1])[tuple(places.T)]
    flip = (np.abs(np.imag(across)) < 1e-9) & (np.real(across) < 0)
    pair = np.abs(np.imag(across)) >= 1e-9
    return places[flip if kind == "flip" else pair]


def border_line(
    training: Training,
    kind: BorderKind,
    multiplier: np.ndarray,
    others: np.ndarray,
    steps: np.ndarray,
    at: Place = DIRAC,
) -> np.ndarray:
    """(n, 3): other, step and whether the loss of stability is soft (1), hard (-1) or not decided (0).

    All curves that are met, a row of NaN between them.
    """
    unit = np.asarray([others[1] - others[0], steps[1] - steps[0]])  # a cell
    lines = np.zeros((0, 3))
    crossings = _crossings(kind, multiplier)
    for place in crossings[np.linspace(0, len(crossings) - 1, min(_STARTS, len(crossings))).astype(int)]:
        start = np.asarray([others[place[1]], steps[place[0]]])
        if not np.any(np.abs((lines[:, :2] - start) / unit).max(axis=1) < _NEAR):
            line = _one_line(training, kind, start, others, steps, at)
            lines = np.concatenate([lines, np.full((min(len(lines), 1), 3), np.nan), line])
    return lines


def _one_line(
    training: Training, kind: BorderKind, start: np.ndarray, others: np.ndarray, steps: np.ndarray, at: Place
) -> np.ndarray:
    """The curve near ``start`` = (other, step), where all other multipliers are inside."""
    box = [(float(axis[0]), float(axis[-1])) for axis in (steps, others)]
    try:
        border = lsgan.continue_border(
            training, at.players(), kind, (float(start[1]), float(start[0])), *box, free=at.free
        )
    except ValueError:
        return np.zeros((0, 3))  # the border near this place is of the other kind
    edge = np.flatnonzero(np.abs(border.eigenvalues).max(axis=1) < 1 + 1e-6)
    said = [_SAID.get(border.normal_form(int(i)).criticality, _OPEN) for i in edge]
    return np.stack([border.q[edge], border.p[edge], np.asarray(said, float)], axis=1)


def map_of(name: str, training: Training, others: np.ndarray, steps: np.ndarray, at: Place = DIRAC) -> Arrays:
    """``radius_name``, (steps, others), the largest |multiplier|; ``KIND_name``, the border of each kind."""
    multiplier = largest(training, others, steps, at)
    lines = {f"{kind}_{name}": border_line(training, kind, multiplier, others, steps, at) for kind in KINDS}
    return {f"radius_{name}": np.abs(multiplier).astype(np.float32)} | lines  # a colour needs no more


def best(data: Arrays, name: str) -> tuple[int, np.ndarray]:
    """The row of the smallest radius, and all columns of that row that are as good, to single precision."""
    radius = data[f"radius_{name}"]
    row, column = np.unravel_index(np.argmin(radius), radius.shape)
    return int(row), np.flatnonzero(radius[row] <= radius[row, column] * (1 + _EQUAL))


def _pieces(line: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Stretches of one verdict, each with the first point of the next."""
    for unbroken in np.split(line, np.flatnonzero(np.isnan(line[:, 2]))):
        points, at = unbroken[np.isfinite(unbroken[:, 2])], 0
        for said, group in groupby(points[:, 2]):
            size = len(list(group))
            yield int(said), points[at : at + size + 1, :2]
            at += size


def draw_map(
    axes: "Axes", data: Arrays, name: str, others: np.ndarray, steps: np.ndarray, best: tuple[float, float]
) -> None:
    """Colours where the rule is stable, its borders, and a star at ``best`` = (other, step)."""
    from matplotlib.colors import Normalize

    radius = data[f"radius_{name}"]
    shown = np.where(radius < 1, radius, np.nan)
    axes.pcolormesh(others, steps, shown, cmap=_COLOURS, norm=Normalize(0, 1), rasterized=True)
    for kind in KINDS:
        for said, piece in _pieces(data[f"{kind}_{name}"]):
            axes.plot(*piece.T, color=VERMILION, linewidth=1.6, linestyle=_STYLES[said][0])
    axes.plot(*best, "*", color="white", markeredgecolor=BLACK, markersize=8)
    axes.set(xlim=(others[0], others[-1]), ylim=(steps[0], steps[-1]))


def draw_keys(figure: "Figure", panels: np.ndarray, keyed: "Axes", data: Arrays) -> None:
    """The colour bar beside ``panels``, and the legend of the borders that there are in ``keyed``."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = ScalarMappable(Normalize(0, 1), _COLOURS)
    figure.colorbar(scale, ax=panels, label=r"largest $|\mu|$ of a step", pad=0.01)
    borders = (data[name] for name in data if name.startswith(KINDS))
    drawn = {said for border in borders for said, _ in _pieces(border)}
    lines = [
        keyed.plot([], [], color=VERMILION, linewidth=1.6, linestyle=style, label=label)[0]
        for said, (style, label) in _STYLES.items()
        if said in drawn
    ]
    keyed.legend(handles=lines, loc="upper right", frameon=False, handlelength=1.8, title="border")
