"""The cost as a surface in three dimensions."""

from typing import Any, TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..landscape import Portrait
from .palette import BLACK, COST_MAP

if TYPE_CHECKING:
    from mpl_toolkits.mplot3d import Axes3D


def cost_surface(axes: "Axes3D", seen: Portrait, path: ArrayLike | None = None) -> "Axes3D":
    """J over two parameters; a (T, 3) ``path`` of them and J is drawn on it. ``axes`` with projection="3d".

    >>> from matplotlib.figure import Figure
    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> from lsgan_analytic import plotting
    >>> grid = {"b": jnp.asarray([-1.0, 0.0, 1.0]), "h": jnp.asarray([0.0, 1.0])}
    >>> seen = lsgan.Portrait(grid, cost=jnp.ones((3, 2)), field=jnp.zeros((3, 2, 2)))
    >>> axes = Figure().add_subplot(projection="3d")
    >>> plotting.cost_surface(axes, seen).get_zlabel()
    '$J$'
    """
    names, values = zip(*seen.grid.items(), strict=True)
    mesh = np.meshgrid(*(np.asarray(one) for one in values), indexing="ij")
    look: dict[str, Any] = {"cmap": COST_MAP, "vmin": 0, "vmax": 2, "linewidth": 0, "antialiased": False}
    axes.plot_surface(mesh[0], mesh[1], np.asarray(seen.cost), **look)
    if path is not None:
        axes.plot(*np.asarray(path).T, color=BLACK, zorder=10)
    axes.set(xlabel=f"${names[0]}$", ylabel=f"${names[1]}$", zlabel="$J$")
    return axes
