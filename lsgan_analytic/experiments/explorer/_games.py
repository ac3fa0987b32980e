"""The games of the explorer's page: each with its players, rules and window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic.browser import Preset, Scene

from .._cases import CASE_A
from ..logistic import Config as LogisticConfig

RSEE = "R/S/E/E: exponential data"
SEQUEL = "Sequel: logistic discriminator"
DIRAC = "Dirac-GAN"
NORMAL = "Two normal laws, logistic D"
HOPPING = "One point among two modes"
POINTS = "Two points beside one mode"
FIT = "One normal law fitted to two modes"
PAIR = "Two generators, two modes"
SOFTMAX = "Softmax over two modes"


def _origin() -> lsgan.PointMasses:
    return lsgan.PointMasses([0.0])  # not at import: JAX may compute in float32 then


def rsee() -> list[Scene]:
    """The paper's game, and the same with R1 and with the least-squares loss of Mao et al."""
    simultaneous, alternating = lsgan.Simultaneous(step=0.4), lsgan.Alternating(step=0.4)
    box = {"b": (-4.0, 2.0), "h": (-5.0, 3.1), "a": (-1.0, 4.0), "g": (-1.0, 3.0)}
    scene = Scene(
        RSEE,
        CASE_A.game(),
        CASE_A.players(),
        {
            "Simultaneous": simultaneous,
            "Alternating": alternating,
            "Extragradient": lsgan.Extragradient(step=0.4),
            "FollowRidge": lsgan.FollowRidge(step=0.4),
        },
        box,
        ("b", "h"),
    )
    data, latent = lsgan.Exponential(rate=0.5), lsgan.Rayleigh()
    others = (
        lsgan.Game(data, latent, lsgan.SquaredMinimax(), (lsgan.R1(0.1),)),
        lsgan.Game(data, latent, lsgan.LeastSquares(fake=0.0, real=1.0, target=1.0)),
    )
    rules = {"Simultaneous": simultaneous}
    return [scene, *(replace(scene, game=game, rules=rules) for game in others)]


def sequel() -> list[Scene]:
    """The sequel's game of the four published cases."""
    first = LogisticConfig().cases[0]
    rules = {"Simultaneous": lsgan.Simultaneous(step=0.1), "Alternating": lsgan.Alternating(step=0.1)}
    box = {"a": (0.0, 4.0), "b": (-2.0, 2.0), "g": (0.0, 3.0), "h": (-2.5, 2.5)}
    return [Scene(SEQUEL, first.game(), first.players(), rules, box)]


def dirac() -> list[Scene]:
    """A point against a point, D linear: every loss, and the penalties that act on it."""
    players = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0))
    box = {"w": (-2.0, 2.0), "shift": (-2.0, 2.0)}
    few = {
        "Simultaneous": lsgan.Simultaneous(step=0.2),
        "Alternating": lsgan.Alternating(step=0.2, order="gen"),
    }
    looking = {
        "Extragradient": lsgan.Extragradient(step=0.2),
        "Optimistic": lsgan.Optimistic(step=0.2),
        "Consensus": lsgan.Consensus(step=0.2, strength=1.0),
        "Unrolled, 10 steps": lsgan.Unrolled(step=0.2, k=10),
    }
    losses = (
        lsgan.Minimax(),
        lsgan.NonSaturating(),
        lsgan.SquaredMinimax(),
        lsgan.LeastSquares(fake=0.0, real=1.0, target=1.0),
        lsgan.Wasserstein(),
        lsgan.Hinge(),
    )
    every = (lsgan.R1(0.8), lsgan.InstanceNoise(0.8), lsgan.Clip(0.5), lsgan.SpectralNorm())
    penalties = {
        "Minimax": every,
        "Wasserstein": (every[0], lsgan.GradientPenalty(0.35, target=1.0), *every[2:]),
    }

    def scene(loss: Any, *parts: Any) -> Scene:
        more = looking if not parts and type(loss).__name__ in penalties else {}
        long = any(isinstance(part, lsgan.GradientPenalty | lsgan.InstanceNoise) for part in parts)
        rules = (
            {"Simultaneous": few["Simultaneous"]} if long else few | more
        )  # long programs: the page is small
        return Scene(DIRAC, lsgan.Game(_origin(), _origin(), loss, parts), players, rules, box)

    return [
        *map(scene, losses),
        *(scene(loss, part) for loss in losses for part in penalties.get(type(loss).__name__, every[:1])),
    ]


def normal() -> list[Scene]:
    """N(0, 1) against N(shift, 1), D logistic: the best D is among them."""
    data = lsgan.Normal(0.0, 1.0)
    players = lsgan.Players(lsgan.Sigmoid(w=0.0, b=0.0), lsgan.Shift(shift=1.0))
    box = {"w": (-3.0, 3.0), "shift": (-3.0, 3.0), "b": (-2.0, 2.0)}
    games = (
        lsgan.Game(data, data, lsgan.Minimax()),
        lsgan.Game(data, data, lsgan.NonSaturating()),
        lsgan.Game(data, data, lsgan.Minimax(), (lsgan.InstanceNoise(1.0),)),
    )
    rules = {"Simultaneous": lsgan.Simultaneous(step=0.1)}
    return [Scene(NORMAL, game, players, rules, box, ("w", "b", "shift")) for game in games]


def hopping() -> list[Scene]:
    """Claim 13: D has a bump on each mode, the generator is one point."""
    game = lsgan.Game(lsgan.PointMasses([-1.0, 1.0]), _origin(), lsgan.NonSaturating())
    players = lsgan.Players(lsgan.RadialBasis([0.0, 0.0], [-1.0, 1.0], width=0.6), lsgan.Shift(0.3))
    box = {"weights[1]": (-3.0, 3.0), "shift": (-1.8, 1.8), "weights[0]": (-3.0, 3.0)}
    rules = {"Simultaneous": lsgan.Simultaneous(step=0.1), "Alternating": lsgan.Alternating(step=0.1)}
    return [
        Scene(
            HOPPING, game, players, rules, box, ("weights[0]", "weights[1]", "shift"), steps=600, samples=200
        )
    ]


def points() -> list[Scene]:
    """Claim 20: two generated points that start beside one mode; also with a price for missed modes."""
    players = lsgan.Players(
        lsgan.RadialBasis([0.0, 0.0], [-2.0, 2.0], width=0.6), lsgan.MixtureOfShifts([-2.1, -1.9])
    )
    box = {"shifts[0]": (-4.0, 4.0), "shifts[1]": (-4.0, 4.0)}
    free = ("weights[0]", "weights[1]", "shifts[0]", "shifts[1]")
    data, rules = lsgan.PointMasses([-2.0, 2.0]), {"Simultaneous": lsgan.Simultaneous(step=0.05)}
    every = ((), (lsgan.ModeCoverage(0.5, 1.0),))
    games = (lsgan.Game(data, _origin(), lsgan.NonSaturating(), parts) for parts in every)
    return [Scene(POINTS, game, players, rules, box, free, steps=800, samples=50) for game in games]


# the trapezoidal rule on these is exact to 1e-8 for all widths in the boxes, to rounding for those below 4
_X = np.linspace(-30.0, 30.0, 801)


def _log_normal(mean: Any, log_std: Any) -> jax.Array:
    return -0.5 * jnp.square((_X - mean) * jnp.exp(-log_std)) - log_std - 0.5 * np.log(2 * np.pi)


def _log_pair(first: Any, second: Any, log_std: float) -> jax.Array:
    return jnp.logaddexp(_log_normal(first, log_std), _log_normal(second, log_std)) - np.log(2)


def _js(log_p: jax.Array, log_q: jax.Array) -> jax.Array:
    ratio, half = log_p - log_q, np.log(2.0)
    both = jnp.exp(log_p) * (half - jax.nn.softplus(-ratio)) + jnp.exp(log_q) * (
        half - jax.nn.softplus(ratio)
    )
    return 0.5 * (_X[1] - _X[0]) * jnp.sum(both)


def _kl(log_p: jax.Array, log_q: jax.Array) -> jax.Array:
    return (_X[1] - _X[0]) * jnp.sum(jnp.exp(log_p) * (log_p - log_q))


def _against(price: Callable[[Any], jax.Array]) -> lsgan.FunctionGame:
    """The generator alone, against the best D: it descends the price."""
    return lsgan.FunctionGame(lambda disc, gen: price(gen))


def _alone(gen: Mapping[str, float]) -> lsgan.Players:
    return lsgan.Players(disc={}, gen={name: jnp.asarray(value) for name, value in gen.items()})


def fit() -> list[Scene]:
    """Claim 7: the mean and the width of one normal law, by descent of a divergence from two modes."""
    modes = _log_pair(-3.0, 3.0, np.log(0.5))

    def made(gen: Any) -> jax.Array:
        return _log_normal(gen["mean"], gen["log_std"])

    prices = {
        "Jensen-Shannon": lambda gen: _js(modes, made(gen)),
        "KL(data || generated)": lambda gen: _kl(modes, made(gen)),
        "KL(generated || data)": lambda gen: _kl(made(gen), modes),
    }
    box = {"mean": (-4.5, 4.5), "log_std": (-1.2, 1.6)}
    start, rules = _alone({"mean": 1.0, "log_std": 0.0}), {"Simultaneous": lsgan.Simultaneous(step=0.5)}
    return [
        Scene(FIT, _against(price), start, rules, box, steps=400, loss=name) for name, price in prices.items()
    ]


def pair() -> list[Scene]:
    """Claim 21: the means of two generators of mass 1/2, against the best D."""
    modes = _log_pair(-2.0, 2.0, 0.0)
    price = _against(lambda gen: 2 * _js(modes, _log_pair(gen["first"], gen["second"], 0.0)))
    box = {"first": (-3.5, 3.5), "second": (-3.5, 3.5)}
    rules = {"Simultaneous": lsgan.Simultaneous(step=1.0)}
    return [Scene(PAIR, price, _alone({"first": 0.499, "second": 0.501}), rules, box, steps=300)]


def softmax() -> list[Scene]:
    """Claim 9: D is a logit for each mode, the generator a softmax; non-saturating and Wasserstein losses."""

    def shares(gen: Any) -> jax.Array:
        return jax.nn.softmax(gen)

    def saturating(disc: Any, gen: Any) -> jax.Array:
        return -jnp.mean(jax.nn.softplus(-disc)) - jnp.sum(shares(gen) * jax.nn.softplus(disc))

    def wanted(disc: Any, gen: Any) -> jax.Array:
        return jnp.sum(shares(gen) * jax.nn.softplus(-disc))

    def critic(disc: Any, gen: Any) -> jax.Array:
        return jnp.mean(disc) - jnp.sum(shares(gen) * disc)

    games = {
        "NonSaturating": lsgan.FunctionGame(saturating, wanted),
        "Wasserstein": lsgan.FunctionGame(critic),
    }
    players = lsgan.Players(disc=jnp.zeros(2), gen=jnp.asarray([0.0, -2.2]))
    box = {"disc[1]": (-3.0, 3.0), "gen[1]": (-4.0, 4.0)}
    rules = {"Simultaneous": lsgan.Simultaneous(step=0.5), "Extragradient": lsgan.Extragradient(step=0.5)}
    free = ("disc[0]", "disc[1]", "gen[0]", "gen[1]")
    return [
        Scene(SOFTMAX, game, players, rules, box, free, steps=200, loss=name) for name, game in games.items()
    ]


GAMES: tuple[Callable[[], list[Scene]], ...] = (
    *(rsee, sequel, dirac, normal),
    *(hopping, points, fit, pair, softmax),
)


def with_presets(scenes: Sequence[Scene], presets: Sequence[tuple[str, str, str, Preset]]) -> list[Scene]:
    """Every preset in the scene of its game, loss and regulariser."""
    return [
        replace(scene, presets=tuple(preset for *key, preset in presets if tuple(key) == scene.key))
        for scene in scenes
    ]
