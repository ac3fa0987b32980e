"""A row for every rule or penalty, and how many runs agree."""

from typing import TYPE_CHECKING

import numpy as np

from .._captions import listed, plain
from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREY, VERMILION
from ._config import Config
from ._recorded import AGREE, DIRAC, REASONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for every rule or penalty of a peer, a dot for every run."""
    from matplotlib.figure import Figure

    rows = list(dict.fromkeys(zip(data["peer"], _rows(data), strict=True)))
    peers = list(dict.fromkeys(data["peer"]))
    place = {row: -(i + 1.2 * peers.index(row[0])) for i, row in enumerate(rows)}
    figure = Figure(figsize=(DOUBLE, 4.6), layout="constrained")
    axes = figure.subplots()
    shown = np.maximum(data["difference"], 1e-17)
    for peer, row, value in zip(data["peer"], _rows(data), shown, strict=True):
        color = BLUE if value <= AGREE else VERMILION
        axes.plot(value, place[peer, row], "o", color=color, markersize=4, markeredgewidth=0)
    for row in rows:
        found = shown[[one == row for one in zip(data["peer"], _rows(data), strict=True)]]
        if max(found) > AGREE and row in REASONS:
            axes.text(
                min(found[found > AGREE]) / 2.5,
                place[row],
                REASONS[row],
                ha="right",
                va="center",
                fontsize=7,
                color=BLACK,
            )
    for peer in peers:
        top = max(place[row] for row in rows if row[0] == peer)
        axes.text(6e-18, top + 0.95, peer, fontsize=7, fontweight="bold", va="center")
    axes.axvline(AGREE, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_yticks(list(place.values()), [label(row) for _, row in rows], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set(xscale="log", xlim=(4e-18, 10), ylim=(min(place.values()) - 0.8, 1.6))
    axes.set_xlabel(r"largest difference, relative to max(1, $|$recorded value$|$)")
    return figure


def _rows(data: Arrays) -> list[str]:
    return [row_of(str(peer), str(name)) for peer, name in zip(data["peer"], data["name"], strict=True)]


def row_of(peer: str, name: str) -> str:
    """The row of the figure: what is checked, without the start or the function."""
    first, last = name.split("/")
    return first if peer == DIRAC else last


def label(row: str) -> str:
    """As it is written in the figure."""
    words = row.replace("_", ", ").replace("New Extragradient", "extrapolation from the past")
    return words if words.startswith(("GAN", "NSGAN", "WGAN", "Adam")) else words.lower()


def caption(data: Arrays, config: Config) -> str:
    """How many agree, how well, and why the others do not."""
    agree = data["difference"] <= AGREE
    rows = zip(data["peer"], _rows(data), agree, strict=True)
    others = sorted({(peer, row) for peer, row, same in rows if not same})
    reasons = [f"{label(row)}: {REASONS.get((peer, row), 'no reason is known')}" for peer, row in others]
    said = f" The others: {'; '.join(reasons)}." if reasons else ""
    peers = listed([f'"{one}"' for one in dict.fromkeys(data["peer"].tolist())])
    worst = plain(data["difference"][agree].max(initial=0), 2)
    return (
        f"{len(agree)} runs of the released code of {peers}, played here on the same game from the same "
        f"start, compared after 1, 10, 100 and up to 1000 steps. {int(agree.sum())} agree to rounding (at "
        f"most {worst}; dotted line: {plain(AGREE, 1)}; a dot at 1 x 10^-17: no difference).{said}"
    )
