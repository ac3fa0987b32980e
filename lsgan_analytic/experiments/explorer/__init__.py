"""``python -m experiments explorer``: one page with the games of the papers and of the claims."""

from pathlib import Path

from lsgan_analytic.browser import build, Scene

from .._run import Options
from ._games import GAMES, rsee, with_presets
from ._lessons import lessons

TITLE = "How GANs learn: an explorer"
DESCRIPTION = "one page: click a start, see the exact path, the predicted tube, sampled runs; no installation"


def scenes(quick: bool = False) -> list[Scene]:
    """The games with their pictures; ``quick``: the paper's game alone."""
    games = rsee()[:1] if quick else [scene for made in GAMES for scene in made()]
    return with_presets(games, lessons())


def write(output: Path, options: Options) -> Path:
    """Write ``explorer.html`` into the folder ``output``; its path."""
    output.mkdir(parents=True, exist_ok=True)
    path = output / "explorer.html"
    build(scenes(options.quick), TITLE, path)
    return path
