"""The game itself: the densities of data and generated points with D over them."""

from typing import TYPE_CHECKING

import jax
import numpy as np
from numpy.typing import ArrayLike

from .._types import Players
from ..discriminators.base import AbstractProbability
from ..game import Game
from ..laws import AbstractLaw, pushforward
from .palette import BLACK, BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    x = increasing(x)
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


def increasing(x: ArrayLike) -> np.ndarray:
    """``x`` as numbers; ValueError where they are not increasing."""
    values = np.asarray(x, float)
    if values.ndim != 1 or values.size < 2 or not (np.diff(values) > 0).all():
        raise ValueError(f"x: expected increasing numbers, got {x}")
    return values
