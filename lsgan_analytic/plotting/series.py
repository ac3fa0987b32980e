"""Numbers against iterations, and panels that share their axes."""

from collections.abc import Iterator, Mapping
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .palette import CYCLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def series(
    axes: "Axes",
    values: Mapping[str, ArrayLike],
    steps: ArrayLike | None = None,
    xlabel: str = "iteration $k$",
) -> "Axes":
    """Named (T,) series against ``steps`` (None: 0, 1, ...); an array (S, T) is drawn as S thin lines.

    >>> from matplotlib.figure import Figure
    >>> from lsgan_analytic import plotting
    >>> axes = plotting.series(Figure().subplots(), {"b": [0.0, 1.0, 1.5], "h": [1.0, 0.5, 0.4]})
    >>> [line.get_label() for line in axes.lines]
    ['b', 'h']
    """
    for (name, numbers), color in zip(values.items(), _colors(), strict=False):
        lines = np.atleast_2d(np.asarray(numbers))
        k = np.arange(lines.shape[1]) if steps is None else np.asarray(steps)
        thin = {"linewidth": 0.5, "alpha": 0.5} if len(lines) > 1 else {}
        for index, line in enumerate(lines):
            axes.plot(k, line, color=color, label="_" if index else name, **thin)  # pyright: ignore
    axes.set_xlabel(xlabel)
    return axes


def _colors() -> Iterator[str]:
    while True:
        yield from CYCLE


def small_multiples(figure: "Figure", count: int, columns: int = 3, **shared: Any) -> "list[Axes]":
    """``count`` panels in rows of ``columns`` that share their axes; ``shared`` goes to ``Figure.subplots``.

    >>> from matplotlib.figure import Figure
    >>> from lsgan_analytic import plotting
    >>> len(plotting.small_multiples(Figure(), 5))
    5
    """
    rows = -(-count // columns)
    panels = figure.subplots(
        rows, min(columns, count), **{"sharex": True, "sharey": True, "squeeze": False, **shared}
    )
    for spare in panels.flat[count:]:
        spare.set_visible(False)
    return list(panels.flat[:count])
