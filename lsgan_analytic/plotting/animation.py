"""The densities of the game along a path, as an animation."""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import jax
import numpy as np
from numpy.typing import ArrayLike

from .._files import write_whole
from ..game import Game
from ..trajectory import Path
from .game import densities, density, increasing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 100


def animate(
    path: Path,
    game: Game,
    x: ArrayLike,
    file: str | FilePath,
    frames: int = 50,
    per_second: float = 12.0,
    size: tuple[float, float] = (4.5, 2.8),
) -> FilePath:
    """Write ``densities`` along a path as an animation, GIF or MP4, with the step and J above them.

    Args:
        path: of ``trajectory`` on ``game`` or on a sampled game.
        game: whose densities and cost are shown.
        x: (n,), increasing; the window.
        file: ends in .gif, or in .mp4 (needs the program ffmpeg). It appears whole, or not at all.
        frames: how many points of the path are shown at most, evenly spaced from the start to the last.
        per_second: frames in a second; of a GIF browsers round the time of a frame to 1/100 s.
        size: of the picture in inches, 100 pixels each.

    Returns:
        The file.

    Raises:
        ValueError: another suffix, frames < 2, per_second <= 0.
        RuntimeError: .mp4 without ffmpeg, which is looked for where matplotlib's setting
            ``animation.ffmpeg_path`` says.

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
    kinds = {".gif": _gif, ".mp4": _mp4}
    if file.suffix.lower() not in kinds:
        raise ValueError(f"file: expected a name that ends in .gif or .mp4, got {file.name!r}")
    if frames < 2:
        raise ValueError(f"frames: expected an integer >= 2, got {frames}")
    if not per_second > 0:
        raise ValueError(f"per_second: expected a number > 0, got {per_second}")
    figure = Figure(figsize=size, dpi=_DPI, layout="constrained")
    drawn = _draw(figure, path, game, increasing(x), frames)
    stored = kinds[file.suffix.lower()](figure, drawn, per_second)
    write_whole(file, lambda opened: opened.write(stored))
    return file


def _draw(figure: "Figure", path: Path, game: Game, x: np.ndarray, frames: int) -> Iterator[int]:
    """Each step that is shown, when ``figure`` shows it."""
    tall = density(game.data, x).max()
    for k in np.unique(np.linspace(0, int(path.steps_taken), frames).round().astype(int)):
        players = jax.tree.map(lambda values, k=k: values[k], path.players)
        figure.clear()
        axes = densities(figure.subplots(), game, players, x)
        axes.set_ylim(0, 1.5 * tall if tall > 0 else None)  # the same in all frames
        axes.set_title(f"$k={k}$, $J={float(path.cost[k]):.3f}$", loc="left")
        axes.legend(loc="center right", frameon=False)
        yield int(k)


def _gif(figure: "Figure", drawn: Iterator[int], per_second: float) -> bytes:
    """The file, in the 64 colours of its first frame."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas, pictures = FigureCanvasAgg(figure), []
    for _ in drawn:
        canvas.draw()
        pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
        pictures.append(Image.fromarray(pixels))
    stored, first = BytesIO(), pictures[0].quantize(64)
    others = [picture.quantize(palette=first) for picture in pictures[1:]]
    times = {"duration": round(1000 / per_second), "loop": 0}
    first.save(stored, format="GIF", save_all=True, append_images=others, optimize=False, **times)
    return stored.getvalue()


def _mp4(figure: "Figure", drawn: Iterator[int], per_second: float) -> bytes:
    """The file, in H.264 as browsers play it."""
    import matplotlib
    from matplotlib.animation import FFMpegWriter

    if not FFMpegWriter.isAvailable():
        place = matplotlib.rcParams["animation.ffmpeg_path"]
        raise RuntimeError(
            f"file: .mp4 needs the program ffmpeg, which is not found at {place!r} (matplotlib's setting "
            "animation.ffmpeg_path): install it, or write a .gif"
        )
    writer = FFMpegWriter(fps=per_second, codec="h264", extra_args=["-pix_fmt", "yuv420p"])  # pyright: ignore
    with tempfile.TemporaryDirectory() as folder:
        made = FilePath(folder) / "animation.mp4"
        with writer.saving(figure, str(made), _DPI):
            for _ in drawn:
                writer.grab_frame()
        return made.read_bytes()
