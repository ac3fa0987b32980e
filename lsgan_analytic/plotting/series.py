"""Numbers against iterations, and panels that share their axes."""

from collections.abc import Iterator, Mapping
from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..stochastic import Band, Ensemble
from .palette import BLACK, BLUE, CYCLE, SKY, VERMILION

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


def band(
    axes: "Axes",
    mean: ArrayLike,
    std: ArrayLike,
    deviations: float = 3.0,
    steps: ArrayLike | None = None,
    color: str = BLUE,
    label: str | None = None,
) -> "Axes":
    """A mean against ``steps`` (None: 0, 1, ...), and all within so many standard deviations of it.

    Args:
        axes: where it is drawn.
        mean, std: (T,), of one parameter; e.g. columns of those of a ``Band`` or an ``Ensemble``.
        deviations: k of mean - k std ... mean + k std.
        steps: (T,).
        color: of both.
        label: of the mean in a legend.

    Raises:
        ValueError: mean, std and steps are not all (T,); deviations < 0.

    >>> from matplotlib.figure import Figure
    >>> from lsgan_analytic import plotting
    >>> axes = plotting.band(Figure().subplots(), [0.0, 1.0], [0.0, 0.5], deviations=2.0, label="predicted")
    >>> float(axes.collections[0].get_datalim(axes.transData).y1)
    2.0
    """
    middle, deviation = np.asarray(mean, float), np.asarray(std, float)
    k = np.arange(middle.size) if steps is None else np.asarray(steps)
    if middle.ndim != 1 or deviation.shape != middle.shape or k.shape != middle.shape:
        raise ValueError(
            f"mean, std, steps: expected one length, got {middle.shape}, {deviation.shape}, {k.shape}"
        )
    if not deviations >= 0:
        raise ValueError(f"deviations: expected a number >= 0, got {deviations}")
    reach = deviations * deviation
    axes.fill_between(k, middle - reach, middle + reach, color=color, alpha=0.25, linewidth=0)
    axes.plot(k, middle, color=color, linewidth=1.4, label=label)
    return axes


def ensemble(
    axes: "Axes", runs: Ensemble, name: str, predicted: Band | None = None, deviations: float = 3.0
) -> "Axes":
    """One parameter of every run, their mean, and the band that is predicted for them.

    Args:
        axes: where it is drawn.
        runs: of ``simulate``. A run that stopped is drawn until then.
        name: of a parameter that moved.
        predicted: of ``predict``, for the same steps: its mean with bias (where that is known) and so many
            ``deviations``.
        deviations: standard deviations to either side of the predicted mean.

    Raises:
        ValueError: no such parameter.

    >>> from matplotlib.figure import Figure
    >>> import jax, lsgan_analytic as lsgan
    >>> from lsgan_analytic import plotting
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> rule, key = lsgan.Simultaneous(step=0.4), jax.random.key(0)
    >>> runs = lsgan.simulate(game, rule, players, key=key, runs=3, samples=50, steps=4, free=("b", "h"))
    >>> len(plotting.ensemble(Figure().subplots(), runs, "b").lines)
    4
    """
    columns = [runs.names] if predicted is None else [runs.names, predicted.names]
    for names in columns:
        if name not in names:
            raise ValueError(f"name: expected one of {', '.join(names)}, got {name!r}")
    k, values = np.asarray(runs.steps), np.asarray(runs.values)[..., runs.names.index(name)]
    for index, (line, last) in enumerate(zip(values, np.asarray(runs.steps_taken), strict=True)):
        shown = np.where(k <= last, line, np.nan)
        axes.plot(k, shown, color=SKY, linewidth=0.5, alpha=0.7, label="_" if index else "runs")
    axes.plot(k, values.mean(axis=0), color=BLACK, linewidth=1.2, label="mean of the runs")
    if predicted is not None:
        column = predicted.names.index(name)
        mean = np.asarray(predicted.mean + np.nan_to_num(predicted.bias))[:, column]
        std = predicted.std[:, column]
        band(axes, mean, std, deviations, color=VERMILION, label=rf"predicted, $\pm{deviations:g}$ sd")
    axes.set(xlabel="iteration $k$", ylabel=f"${name}$")
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
