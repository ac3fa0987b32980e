"""One HTML file that shows a game: no installation, no server, the same mathematics."""

import dataclasses
import os
from collections.abc import Mapping, Sequence

from .._types import Players
from ..game import AbstractGame, Game
from ..losses.base import AbstractLoss
from ..regularizers.base import AbstractRegularizer
from ..updates.base import AbstractRule
from ._page import build, Page
from ._scenes import Box, Preset, Scene


def explore(
    game: AbstractGame,
    players: Players,
    *,
    rules: AbstractRule | Sequence[AbstractRule] | Mapping[str, AbstractRule] | None = None,
    box: Box | None = None,
    free: Sequence[str] | None = None,
    steps: int = 249,
    samples: int = 1000,
    losses: Sequence[AbstractLoss] = (),
    regularizers: Sequence[Sequence[AbstractRegularizer]] = (),
    presets: Sequence[Preset] = (),
    title: str = "lsgan_analytic explorer",
    path: str | os.PathLike | None = "explorer.html",
) -> Page:
    """Write a page in which a click on a start shows the exact path, the predicted tube and sampled runs.

    The page is one file that needs nothing: no server, no network, no Python. It computes with what JAX
    exports of ``game`` and ``rules``, translated to JavaScript in float64.

    Args:
        game: any game. Of a ``Game`` the page also draws densities, the tube of ``predict`` and runs of
            ``simulate`` (the same key gives the same runs); of a ``FunctionGame`` paths and portrait.
        players: where the page starts.
        rules: the update rules to choose from, named by their class or by the mapping (default: simultaneous
            steps of 0.1). Their numbers can be changed in the page. A rule that cannot be translated is shown
            there with the reason.
        box: {name: (low, high)} of the parameters that can be the axes, two at least (default: the first of
            each player, 3 to either side).
        free: the parameters that move (default: those of the box); the page can change it.
        steps: steps of a path; samples: the most points of a sample.
        losses, regularizers: others to choose from in the page, of a ``Game``: every loss with every group of
            regularisers, an empty group for none. Presets are of the game itself.
        presets: pictures with a name, each with a sentence to predict before and one to reveal after; the
            page starts with the first. Several games go into one page by ``lsgan_analytic.browser.build``.
        title: of the page.
        path: the file; None writes none.

    Returns:
        A ``Page``; in a notebook it shows itself.

    Every function is compared with JAX at 200 points inside the box: a relative difference above 1e-11 is an
    error. The comparison needs Node.js on this machine; without it there is a UserWarning. The page always
    carries a few of JAX's values and compares itself again where it is opened, since a reader's browser may
    compute otherwise, and says so if it does.

    Raises:
        ValueError: what is no game, rule or players; JAX computes in float32; an unknown name or bounds that
            are not low < high in ``box``; a preset that names what is not there; a game whose cost or field
            cannot be translated (naming the operation); a function that differs from JAX.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> page = lsgan.explore(
    ...     game, players, rules=lsgan.Simultaneous(step=0.4), box={"b": (-4, 2), "h": (-2.1, 3.1)}
    ... )  # doctest: +SKIP
    """
    scene = Scene(
        title=title,
        game=game,
        players=players,
        rules=rules,
        box=box,
        free=free,
        steps=steps,
        samples=samples,
        presets=presets,
    )
    return build((scene, *_others(scene, losses, regularizers)), title, path)


def _others(
    scene: Scene, losses: Sequence[AbstractLoss], regularizers: Sequence[Sequence[AbstractRegularizer]]
) -> list[Scene]:
    """The same laws and players under every other loss and group of regularisers."""
    game = scene.game
    if not losses and not regularizers:
        return []
    if not isinstance(game, Game):
        raise ValueError(f"losses, regularizers: expected a Game to have them, got {game!r}")
    every = [
        dataclasses.replace(scene, game=Game(game.data, game.latent, loss, tuple(group)), presets=())
        for loss in (game.loss, *losses)
        for group in (game.regularizers, *regularizers)
    ]
    return list({other.key: other for other in every if other.key != scene.key}.values())
