"""One look for every figure: IEEE column widths, 8 pt serif, Okabe-Ito colours."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, TYPE_CHECKING

import numpy as np

from lsgan_analytic.plotting.palette import (
    BLACK as BLACK,
    BLUE as BLUE,
    COST_MAP as COST_MAP,
    GREEN as GREEN,
    GREY as GREY,
    ORANGE as ORANGE,
    PURPLE as PURPLE,
    SIZE_MAP as SIZE_MAP,
    SKY as SKY,
    VERMILION as VERMILION,
    YELLOW as YELLOW,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.contour import ContourSet

SINGLE, DOUBLE = 3.5, 7.16  # column widths, inches

# of the parameters: blue, the discriminator's; warm, the generator's
PARAMETER_COLORS = {"a": SKY, "b": BLUE, "g": ORANGE, "h": VERMILION}

_LEADER = 8  # length of the lines from curves to labels that had to move, points

ENDS = ((0, "o", "white", "start"), (-1, "s", BLACK, "end"))  # of a path: index, marker, its face, name

_RC: Any = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "lines.linewidth": 1.2,
    "grid.linewidth": 0.3,
    "grid.color": "#CCCCCC",
    "savefig.dpi": 200,
    "figure.dpi": 200,
    "pdf.fonttype": 42,
    "svg.hashsalt": "lsgan_analytic",
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Inside, figures are drawn and saved in the style of the project, without a display."""
    import matplotlib

    matplotlib.use("Agg")
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def panel_letter(axes: "Axes", letter: str, text: str = "") -> None:
    """(a) and a short title, above the left end of the panel."""
    axes.set_title(rf"({letter}) {text}".rstrip(), loc="left", pad=4)


def filled_bands(
    axes: "Axes", x: np.ndarray, y: np.ndarray, values: np.ndarray, colors: str, norm: "Normalize", count: int
) -> "ContourSet":
    """A map of ``values[y, x]`` in ``count`` bands, even in colour: sharper and smaller than a mesh."""
    levels = norm.inverse(np.linspace(0, 1, count + 1))
    bands = axes.contourf(x, y, values, levels=levels, cmap=colors, norm=norm, antialiased=False)
    bands.set_rasterized(True)
    return bands


def label_ends(
    axes: "Axes",
    ends: Sequence[float] | np.ndarray,
    labels: Sequence[str],
    colors: Sequence[str],
    gap: float = 0.085,
    offset: float = 3,
) -> None:
    """Labels at the right of the panel beside the ends of the lines.

    They are at least ``gap`` of its height apart. Where one had to move from its line, thin leader lines join
    every label to the end of its own, and the labels are further to the right.
    """
    low, high = axes.get_ylim()
    wanted = (np.asarray(ends, dtype=float) - low) / (high - low)
    places = _spread(wanted, gap)
    moved = bool(np.any(np.abs(places - wanted) > 0.15 * gap))
    if moved:
        offset += _LEADER
    for end, place, label, color in zip(wanted, places, labels, colors, strict=True):
        if moved:
            _leader(axes, end, place, offset, color)
        axes.annotate(
            label,
            (1.0, place),
            xycoords="axes fraction",
            xytext=(offset, 0),
            textcoords="offset points",
            color=color,
            va="center",
            annotation_clip=False,
        )


def _leader(axes: "Axes", end: float, place: float, offset: float, color: str) -> None:
    """A line from the end of a curve at the right of the panel to its label."""
    from matplotlib.text import OffsetFrom

    axes.annotate(
        "",
        (1.0, end),
        xycoords="axes fraction",
        xytext=(offset - 1, 0),
        textcoords=OffsetFrom(axes.patch, (1.0, place)),
        arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": color, "shrinkA": 0, "shrinkB": 0},
        annotation_clip=False,
    )


def _spread(wanted: np.ndarray, gap: float) -> np.ndarray:
    """The nearest places to ``wanted`` in the same order with neighbours ``gap`` apart (least squares)."""
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, int]] = []  # mean of (wanted - rank * gap) over a run of touching labels
    for rank, index in enumerate(order):
        mean, size = float(wanted[index]) - rank * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (mean * size + before * count) / (size + count), size + count
        blocks.append((mean, size))
    base = np.repeat([mean for mean, _ in blocks], [size for _, size in blocks])
    places = np.empty_like(wanted)
    places[order] = base + gap * np.arange(wanted.size)
    return places


def dotted_box(axes: "Axes", x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
    """The frame of a part of a map, in white."""
    (left, right), (low, high) = x_range, y_range
    corners = [left, right, right, left, left], [low, low, high, high, low]
    axes.plot(*corners, color="white", linewidth=0.7, linestyle=":")
