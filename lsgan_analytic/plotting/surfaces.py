"""The cost as a surface in three dimensions."""

from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..landscape import Portrait
from .palette import BLACK, COST_MAP

if TYPE_CHECKING:
    from mpl_toolkits.mplot3d import Axes3D


def cost_surface(axes: "Axes3D", portrait: Portrait, path: ArrayLike | None = None) -> "Axes3D":
    """J over two parameters; a (T, 3) ``path`` of them and J is drawn on it. ``axes`` with projection="3d".

    >>> from matplotlib.figure import Figure
    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> from lsgan_analytic import plotting
    >>> grid = {"b": jnp.asarray([-1.0, 0.0, 1.0]), "h": jnp.asarray([0.0, 1.0])}
    >>> portrait = lsgan.Portrait(grid, cost=jnp.ones((3, 2)), field=jnp.zeros((3, 2, 2)))
    >>> axes = Figure().add_subplot(projection="3d")
    >>> plotting.cost_surface(axes, portrait).get_zlabel()
    '$J$'
    """
    names, values = zip(*portrait.grid.items(), strict=True)
    mesh = np.meshgrid(*(np.asarray(one) for one in values), indexing="ij")
    style: dict[str, Any] = {"cmap": COST_MAP, "vmin": 0, "vmax": 2, "linewidth": 0, "antialiased": False}
    axes.plot_surface(mesh[0], mesh[1], np.asarray(portrait.cost), **style)
    if path is not None:
        axes.plot(*np.asarray(path).T, color=BLACK, zorder=10)
    axes.set(xlabel=f"${names[0]}$", ylabel=f"${names[1]}$", zlabel="$J$")
    return axes
