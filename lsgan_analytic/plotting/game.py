"""The game itself: the densities of data and generated points with D over them, and as an animation."""

from io import BytesIO
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import jax
import numpy as np
from numpy.typing import ArrayLike

from .._files import write_whole
from .._types import Players
from ..discriminators.base import AbstractProbability
from ..game import Game
from ..laws import AbstractLaw, pushforward
from ..trajectory import Path
from .palette import BLACK, BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from PIL.Image import Image

_TALLEST = 3.0  # a generated density that is higher, over the highest of the data, leaves the picture


def densities(axes: "Axes", game: Game, players: Players, x: ArrayLike) -> "Axes":
    """The density of the data (filled), that of G(z) (dashed), and D(x) on an axis of its own at the right.

    Args:
        axes: where it is drawn; D is on ``axes.twinx()``, from 0 to 1 if it is a probability.
        game: gives data and latent law, on the line. Samples are drawn as histograms with bins around ``x``.
        players: one discriminator and one generator.
        x: (n,), increasing.

    Raises:
        ValueError: ``x`` is not increasing, or a generator does not know its preimages.

    >>> from matplotlib.figure import Figure
    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> from lsgan_analytic import plotting
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> axes = plotting.densities(Figure().subplots(), game, players, jnp.linspace(-3, 6, 91))
    >>> [line.get_label() for line in axes.lines]
    ['data', 'generated']
    """
    x = _increasing(x)
    real, made = density(game.data, x), density(pushforward(game.latent, players.gen), x)
    axes.fill_between(x, real, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(x, real, color=BLUE, label="data")
    axes.plot(x, made, color=VERMILION, linestyle="--", label="generated")
    tall = real.max() if real.max() > 0 else 1.0
    highest = min(max(tall, made[np.isfinite(made)].max(initial=0.0)), _TALLEST * tall)
    axes.set(xlabel="$x$", ylabel="density", xlim=(x[0], x[-1]), ylim=(0, 1.08 * highest))
    right = axes.twinx()
    right.plot(x, np.asarray(jax.vmap(players.disc)(x)), color=BLACK, linewidth=1.0, label="$D$")
    right.set_ylabel("$D(x)$")
    if isinstance(players.disc, AbstractProbability):
        right.set_ylim(0, 1.08)
    return axes


def density(law: AbstractLaw, x: np.ndarray) -> np.ndarray:
    """(n,) the density of a law on the line; of a sample the histogram with bins around every x."""
    if not law.is_sample:
        return np.asarray(law.pdf(x))
    middles = 0.5 * (x[1:] + x[:-1])
    edges = np.concatenate([[2 * x[0] - middles[0]], middles, [2 * x[-1] - middles[-1]]])
    points, weights = map(np.asarray, law.nodes())
    mass, _ = np.histogram(points, edges, weights=weights)
    return mass / np.diff(edges)


def animate(
    path: Path,
    game: Game,
    x: ArrayLike,
    file: str | FilePath,
    frames: int = 50,
    per_second: float = 12.0,
    size: tuple[float, float] = (4.5, 2.8),
) -> FilePath:
    """Write ``densities`` along a path as an animated GIF, with the step and J above them.

    Args:
        path: of ``trajectory`` on ``game`` or on a sampled game.
        game: whose densities and cost are shown.
        x: (n,), increasing; the window.
        file: ends in .gif. It appears whole, or not at all.
        frames: how many points of the path are shown at most, evenly spaced from the start to the last.
        per_second: frames in a second; browsers round the time of a frame to 1/100 s.
        size: of the picture in inches, 100 pixels each.

    Returns:
        The file.

    Raises:
        ValueError: another suffix, frames < 2, per_second <= 0.

    >>> import jax.numpy as jnp, lsgan_analytic as lsgan, tempfile
    >>> from lsgan_analytic import plotting
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.4), players, steps=20)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = plotting.animate(path, game, jnp.linspace(-3, 6, 46), folder + "/a.gif", frames=2)
    ...     made.name
    'a.gif'
    """
    from matplotlib.figure import Figure

    file = FilePath(file)
    if file.suffix.lower() != ".gif":
        raise ValueError(f"file: expected a name that ends in .gif, got {file.name!r}")
    if frames < 2:
        raise ValueError(f"frames: expected an integer >= 2, got {frames}")
    if not per_second > 0:
        raise ValueError(f"per_second: expected a number > 0, got {per_second}")
    x, pictures = _increasing(x), []
    for k in np.unique(np.linspace(0, int(path.steps_taken), frames).round().astype(int)):
        players = jax.tree.map(lambda values, k=k: values[k], path.players)
        figure = Figure(figsize=size, dpi=100, layout="constrained")
        axes = densities(figure.subplots(), game, players, x)
        tall = density(game.data, x).max()
        axes.set_ylim(0, 1.5 * tall if tall > 0 else None)  # the same in all frames
        axes.set_title(f"$k={k}$, $J={float(path.cost[k]):.3f}$", loc="left")
        axes.legend(loc="center right", frameon=False)
        pictures.append(_picture(figure))
    stored, first = BytesIO(), pictures[0].quantize(64)
    others = [picture.quantize(palette=first) for picture in pictures[1:]]
    times = {"duration": round(1000 / per_second), "loop": 0}
    first.save(stored, format="GIF", save_all=True, append_images=others, optimize=False, **times)
    write_whole(file, lambda opened: opened.write(stored.getvalue()))
    return file


def _picture(figure) -> "Image":
    """What a figure looks like, in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3]))


def _increasing(x: ArrayLike) -> np.ndarray:
    values = np.asarray(x, float)
    if values.ndim != 1 or values.size < 2 or not (np.diff(values) > 0).all():
        raise ValueError(f"x: expected increasing numbers, got {x}")
    return values
