"""Eigenvalues in the complex plane, and branches of equilibria against their parameter."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .palette import BLACK, BLUE, GREY, SIZE_MAP, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..bifurcations import Bifurcation, Branch

#: marker of each kind of bifurcation
EVENTS = {
    "fold": "v",
    "branch_point": "P",
    "hopf": "o",
    "flip": "s",
    "neimark_sacker": "D",
    "node_focus": ".",
}


def eigenvalues(
    axes: "Axes",
    values: ArrayLike,
    parameter: ArrayLike | None = None,
    multipliers: bool = False,
    label: str | None = None,
) -> "Axes":
    """(k, n) eigenvalues in the complex plane, coloured by (k,) ``parameter`` (a colour bar named ``label``).

    With the border of stability: the imaginary axis, or the unit circle for ``multipliers`` of a step.
    """
    values = np.asarray(values)
    if multipliers:
        circle = np.exp(1j * np.linspace(0, 2 * np.pi, 361))
        axes.plot(np.real(circle), np.imag(circle), color=BLACK, linewidth=0.8)
    else:
        axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.axhline(0, color=GREY, linewidth=0.4)
    shade = np.zeros(len(values)) if parameter is None else np.asarray(parameter)
    dots = axes.scatter(
        np.real(values),
        np.imag(values),
        c=np.broadcast_to(shade[:, None], values.shape),
        cmap=SIZE_MAP,
        s=5,
        lw=0,
    )
    if parameter is not None:
        axes.figure.colorbar(dots, ax=axes, label=label, pad=0.02, aspect=25)
    real, imag = (
        (r"$\mathrm{Re}\,\mu$", r"$\mathrm{Im}\,\mu$")
        if multipliers
        else (
            r"$\mathrm{Re}\,\lambda$",
            r"$\mathrm{Im}\,\lambda$",
        )
    )
    axes.set(xlabel=real, ylabel=imag)
    return axes


def branch(axes: "Axes", found: "Branch", values: ArrayLike) -> "Axes":
    """(k,) ``values`` along a branch: solid where it is stable, dashed where not, its events marked."""
    x, y = np.asarray(found.parameter), np.asarray(values)
    stable = np.asarray(found.stable)
    axes.plot(x, np.where(stable, y, np.nan), color=BLUE, linewidth=1.6, label="stable")
    axes.plot(
        x, np.where(stable, np.nan, y), color=VERMILION, linewidth=1.2, linestyle="--", label="unstable"
    )
    named: set[str] = set()
    for event in found.bifurcations:
        _mark(axes, event, x, y, "_" if event.kind in named else event.kind.replace("_", " "))
        named.add(event.kind)
    return axes


def _mark(axes: "Axes", event: "Bifurcation", x: np.ndarray, y: np.ndarray, label: str) -> None:
    """At the parameter of the event, on the piece of the branch that passes there."""
    inside = (x[:-1] - event.parameter) * (x[1:] - event.parameter) <= 0
    near = int(np.flatnonzero(inside)[0]) if inside.any() else int(np.argmin(np.abs(x - event.parameter)))
    step = x[near + 1] - x[near] if near + 1 < len(x) else 0.0
    part = (event.parameter - x[near]) / step if step else 0.0
    height = y[near] + part * (y[min(near + 1, len(y) - 1)] - y[near])
    axes.plot(
        event.parameter,
        height,
        EVENTS[event.kind],
        color=BLACK,
        markerfacecolor="white",
        markersize=5,
        label=label,
        linestyle="none",
    )
