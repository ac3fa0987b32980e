"""The games, rules and starts of the recorded runs, in the terms of this package."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
import optax

import lsgan_analytic as lsgan

from ._recorded import BILINEAR, DIRAC, RIDGE


class Played(NamedTuple):
    """Ours of a peer's run: the game, the rule, the start, and what the peer's two numbers are of ours."""

    game: lsgan.AbstractGame
    rule: lsgan.AbstractRule
    players: lsgan.Players
    shown: Callable[[lsgan.Players], tuple[Any, Any]]
    free: tuple[str, ...] | None = None
    past: bool = False  # whether the rule's memory begins with the field at the start


def _dirac(name: str) -> Played:
    """psi of the notebook is -w: its discriminator sees the fake with the sign of the real."""
    field, order = name.split("/")
    loss, parts = {
        "GAN": (lsgan.Minimax(), ()),
        "NSGAN": (lsgan.NonSaturating(), ()),
        "WGAN_clip": (lsgan.Wasserstein(), (lsgan.Clip(0.3),)),
        "WGAN_GP": (lsgan.Wasserstein(), (lsgan.GradientPenalty(0.5, 0.3),)),
        "GAN_R1": (lsgan.Minimax(), (lsgan.R1(0.3),)),
        "NSGAN_R1": (lsgan.NonSaturating(), (lsgan.R1(0.3),)),
        "GAN_consensus": (lsgan.Minimax(), ()),
    }[field]
    rules = {
        "simultaneous": lsgan.Simultaneous(0.1),
        "alternating": lsgan.Alternating(0.1, order="gen"),
        "alternating5": lsgan.Alternating(0.1, disc_steps=5, order="gen"),
    }
    rule = lsgan.Consensus(0.1, strength=1.0) if field == "GAN_consensus" else rules[order]
    players = lsgan.Players(lsgan.Linear(w=-0.2 if field == "WGAN_clip" else -1.0), lsgan.Shift(1.0))
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, loss, parts)
    return Played(game, rule, players, lambda players: (players.gen.shift, -players.disc.w), ("w", "shift"))


def _bilinear(name: str) -> Played:
    """theta phi with phi = -w clipped to [-1, 1]."""
    start, method = name.split("/")
    x, y = (2.0, 0.5) if start == "start (2, 0.5)" else (0.3, 0.2)
    both = {
        "Gradient Descent with momentum": optax.sgd(0.1, momentum=0.1),
        "Gradient Descent with negative momentum": optax.sgd(0.1, momentum=-0.1),
        "Adam": optax.adam(0.01, b1=0.0, b2=0.99),
        "RMSProp": optax.rmsprop(0.01, decay=0.99, eps=1e-8, eps_in_sqrt=False),
    }
    rules = {
        "Simultaneous Gradient Descent": lsgan.Simultaneous(0.1),
        "Alternating Gradient Descent": lsgan.Alternating(0.1),
        "Gradient Descent with Averaging": lsgan.Averaged(
            lsgan.Simultaneous(lambda k: 2.0 / jnp.sqrt(k + 1))
        ),
        "New Extragradient": lsgan.PastExtragradient(0.5),
        "Extragradient": lsgan.Extragradient(0.6),
    } | {key: lsgan.PerPlayer(one, one) for key, one in both.items()}
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, lsgan.Wasserstein(), (lsgan.Clip(1.0),))
    players = lsgan.Players(lsgan.Linear(w=-y), lsgan.Shift(x))
    shown = lambda players: (players.gen.shift, -players.disc.w)  # noqa: E731
    return Played(game, rules[method], players, shown, ("w", "shift"), method == "New Extragradient")


def _ridge(name: str) -> Played:
    """Three functions of (x, y), of which G descends x and D ascends y."""
    which, method = name.split("/")
    functions = {
        "f1": lambda y, x: -3 * x * x - y * y + 4 * x * y,
        "f2": lambda y, x: 3 * x * x + y * y + 4 * x * y,
        "f3": lambda y, x: (
            (0.4 * x**2 - 0.1 * (y - 3 * x + 0.05 * x**3) ** 2 - 0.01 * y**4) * jnp.exp(-0.01 * (x**2 + y**2))
        ),
    }
    x, y = {"f1": (5.0, 7.0), "f2": (6.0, 5.0), "f3": (7.0, 5.0)}[which]
    rule = {
        "follow the ridge": lsgan.FollowRidge(0.05),
        "gradient descent-ascent": lsgan.Simultaneous(0.05),
        "optimistic": lsgan.Optimistic(0.05),
        "extragradient": lsgan.Extragradient(0.05),
        "consensus": lsgan.Consensus(0.05, strength=0.1),
        "symplectic": lsgan.SymplecticAdjustment(0.01, strength=1.0, align=False),
    }[method]
    players = lsgan.Players(disc=jnp.asarray(y), gen=jnp.asarray(x))
    return Played(
        lsgan.FunctionGame(functions[which]), rule, players, lambda players: (players.gen, players.disc)
    )


OURS = {DIRAC: _dirac, BILINEAR: _bilinear, RIDGE: _ridge}
