"""Phase portraits: streamlines, nullclines, stationary points, plateaus, paths and predicted tubes."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..landscape import Portrait
from ..stability import Kind
from .palette import BLACK, DISC, GEN, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: marker and face of each kind of stationary point; filled: attracts
MARKS = {
    Kind.stable_node: ("o", BLACK),
    Kind.stable_focus: ("D", BLACK),
    Kind.unstable_node: ("o", "white"),
    Kind.unstable_focus: ("D", "white"),
    Kind.saddle: ("X", "white"),
    Kind.centre: ("P", "white"),
    Kind.degenerate: ("s", "white"),
}


def _plane(portrait: Portrait) -> tuple[np.ndarray, np.ndarray]:
    first, second = portrait.grid.values()
    return np.asarray(first), np.asarray(second)


def streamlines(axes: "Axes", portrait: Portrait, density: float = 0.8, color: str = GREY) -> "Axes":
    """Curves along the field, with arrows. The grid has to be even in both parameters (ValueError)."""
    x, y = _plane(portrait)
    size = np.asarray(portrait.field_norm)
    with np.errstate(invalid="ignore"):
        along = np.asarray(portrait.field) / np.where(size > 0, size, np.nan)[..., None]
    along = np.ma.masked_invalid(along)
    axes.streamplot(
        x, y, along[..., 0].T, along[..., 1].T, density=density, color=color, linewidth=0.5, arrowsize=0.5
    )
    return axes


def nullclines(axes: "Axes", portrait: Portrait, colors: Sequence[str] = (DISC, GEN)) -> "Axes":
    """All branches on which a component of the field is zero: solid the first, dotted the second."""
    x, y = _plane(portrait)
    for component, color, dash in zip(
        np.moveaxis(np.asarray(portrait.field), -1, 0), colors, "-:", strict=False
    ):
        if component.min() < 0 < component.max():
            axes.contour(x, y, component.T, levels=(0,), colors=color, linestyles=dash, linewidths=1.3)
    return axes


def plateau(axes: "Axes", portrait: Portrait, threshold: float = 1e-2) -> "Axes":
    """Shade where |field| < ``threshold`` (per unit of the parameters)."""
    x, y = _plane(portrait)
    size = np.asarray(portrait.field_norm)
    if (size < threshold).any():
        axes.contourf(x, y, size.T, levels=(0, threshold), colors=GREY, alpha=0.22)
    return axes


def stationary(axes: "Axes", points: ArrayLike, kinds: Iterable[Kind]) -> "Axes":
    """(k, 2) stationary points, marked by kind (``MARKS``)."""
    named: set[Kind] = set()
    for (x, y), kind in zip(np.asarray(points).reshape(-1, 2), kinds, strict=True):
        marker, face = MARKS[kind]
        label = "_" if kind in named else kind.value.split(":")[0]
        named.add(kind)
        axes.plot(
            x, y, marker, color=BLACK, markerfacecolor=face, markersize=5, label=label, linestyle="none"
        )
    return axes


def path(axes: "Axes", x: ArrayLike, y: ArrayLike, color: str = BLACK, label: str | None = None) -> "Axes":
    """A path from its start (open circle) to its end (square).

    On a portrait or a map the limits stay those of the map; a triangle marks the last point before the path
    leaves them.
    """
    x, y = np.asarray(x), np.asarray(y)
    limits = (axes.get_xlim(), axes.get_ylim()) if axes.collections or axes.images else None
    axes.plot(x, y, color=color, label=label, linewidth=1.2)
    axes.plot(x[0], y[0], "o", color=color, markerfacecolor="white", markersize=4)
    axes.plot(x[-1], y[-1], "s", color=color, markersize=3)
    if limits is not None:
        axes.set(xlim=limits[0], ylim=limits[1])
        inside = _between(x, limits[0]) & _between(y, limits[1])
        last = inside[:-1] & ~inside[1:]
        if last.any():
            leaving = np.append(last, False)
            axes.plot(x[leaving], y[leaving], "^", color=color, markersize=4, linestyle="none")
    return axes


def _between(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values >= min(limits)) & (values <= max(limits))


def tube(
    axes: "Axes",
    mean: ArrayLike,
    covariance: ArrayLike,
    color: str = BLACK,
    deviations: float = 3.0,
    every: int = 1,
) -> "Axes":
    """The union of the ellipses of so many standard deviations around (T, 2) means, as one tube.

    Every ``every``-th ellipse is taken, and the convex hull of each with the next one.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    angle = np.linspace(0, 2 * np.pi, 61)
    towards = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    centres, spreads = np.asarray(mean)[::every], np.asarray(covariance)[::every]
    # the point of an ellipse that is furthest in each direction u: c + d S u / sqrt(u.S u)
    image = np.einsum("tij,nj->tni", spreads, towards)
    size = np.sqrt(np.maximum(np.einsum("tni,ni->tn", image, towards), 0))[..., None]
    rings = centres[:, None] + deviations * np.divide(image, size, out=np.zeros_like(image), where=size > 0)
    if not len(rings):
        return axes
    hulls = rings
    if len(rings) > 1:
        further = np.einsum("tni,ni->tn", rings[1:] - rings[:-1], towards) > 0
        hulls = np.where(further[..., None], rings[1:], rings[:-1])
    # all turn the same way, so that what overlaps is filled once
    tube = Path.make_compound_path(*(Path(hull, closed=True) for hull in hulls))
    axes.add_patch(PathPatch(tube, facecolor=color, alpha=0.25, linewidth=0))
    axes.autoscale_view()
    return axes


def phase_portrait(axes: "Axes", portrait: Portrait, threshold: float | None = 1e-2) -> "Axes":
    """Streamlines, all nullcline branches and shaded plateaus, with the names of the parameters.

    Where the field is below ``threshold`` on the whole plane (nothing moves on this slice), it says so.

    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from matplotlib.figure import Figure
    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> from lsgan_analytic import plotting
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> plane = {"b": jnp.linspace(-4, 2, 20), "h": jnp.linspace(-2, 3, 20)}
    >>> axes = plotting.phase_portrait(Figure().subplots(), lsgan.portrait(game, players, plane))
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('$b$', '$h$')
    """
    streamlines(axes, portrait)
    if threshold is not None:
        plateau(axes, portrait, threshold)
    nullclines(axes, portrait)
    x, y = _plane(portrait)
    largest = float(np.nanmax(np.asarray(portrait.field_norm)))
    if threshold is not None and largest < threshold:
        words = f"nothing moves on this slice:\n|field| at most {largest:.1e}"
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center")
    first, second = portrait.grid
    axes.set(xlabel=f"${first}$", ylabel=f"${second}$", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    return axes
