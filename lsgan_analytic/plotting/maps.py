"""Maps over two parameters: the cost, a number for every start, and how the runs from there end."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..landscape import Portrait
from ..outcome import Outcome, OUTCOMES
from .palette import COST_MAP, GREEN, GREY, ORANGE, PURPLE, SIZE_MAP, SKY, VERMILION, YELLOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

_ENDS = dict(zip(OUTCOMES, (SKY, GREEN, ORANGE, VERMILION, PURPLE, YELLOW, GREY), strict=False))


def cost_map(
    axes: "Axes", portrait: Portrait, levels: int = 40, pale: float = 2.0, label: str | None = None
) -> "Axes":
    """J in bands of colour, with a bar if it has a ``label``; ``pale`` > 1: paler, below what lies on it."""
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    x, y = (np.asarray(values) for values in portrait.grid.values())
    cost = np.asarray(portrait.cost)
    middle, reach = 1.0, pale * max(1.0, float(np.nanmax(np.abs(cost - 1))))
    norm = Normalize(middle - reach, middle + reach)
    bands = axes.contourf(x, y, cost.T, levels, cmap=COST_MAP, norm=norm, antialiased=False)
    bands.set_rasterized(True)
    if label is not None:
        axes.figure.colorbar(bands, ax=axes, label=label, ticks=MaxNLocator(5), pad=0.02, aspect=25)
    return axes


def value_map(
    axes: "Axes",
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    norm: "Normalize | None" = None,
    colors: "str | Colormap" = SIZE_MAP,
    label: str | None = None,
) -> "Axes":
    """``values[x, y]`` as colours, with a colour bar named ``label``; NaN is left white."""
    cells = np.ma.masked_invalid(np.asarray(values).T)
    mesh = axes.pcolormesh(
        np.asarray(x), np.asarray(y), cells, cmap=colors, norm=norm, shading="nearest", rasterized=True
    )
    if label is not None:
        axes.figure.colorbar(mesh, ax=axes, label=label, pad=0.02, aspect=25)
    return axes


def outcome_map(axes: "Axes", x: ArrayLike, y: ArrayLike, outcome: Outcome) -> "Axes":
    """How the run from every start ended, with a legend of the outcomes that occur."""
    from matplotlib.colors import ListedColormap

    codes, names = np.full(np.shape(x) + np.shape(y), -1), []
    for name, code in OUTCOMES.items():
        here = np.asarray(outcome == code)
        if here.any():
            codes[here] = len(names)
            names.append(name)
    colors = [_ENDS[name] for name in names]
    value_map(axes, x, y, codes, colors=ListedColormap(colors))
    for name, color in zip(names, colors, strict=True):
        axes.plot([], [], "s", color=color, label=name.replace("_", " "))
    axes.legend(loc="upper left", frameon=True, borderaxespad=0.3)
    return axes
