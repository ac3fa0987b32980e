"""Games on samples, and the arguments that simulation and prediction share."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import checked_int
from ..game import Game
from ..laws.discrete import PointMasses

Protocol = Literal["fixed", "fresh"]
Samples = int | tuple[int, int]


def on_points(game: Game, data: PointMasses, latent: PointMasses) -> Game:
    """The same game on these points."""
    return eqx.tree_at(lambda own: (own.data, own.latent), game, (data, latent))


def points(game: Game, key: Array, samples: tuple[int, int]) -> tuple[Array, Array]:
    """A fresh sample of each law, (data, latent)."""
    data, latent = jax.random.split(key)
    return game.data.sample(data, samples[0]), game.latent.sample(latent, samples[1])


def on_sample(game: Game, data: Array, latent: Array) -> Game:
    """The same game on equally weighted points."""
    equal = (jnp.full(x.shape[:1], 1 / x.shape[0], x.dtype) for x in (data, latent))
    return on_points(game, *map(PointMasses.unchecked, (data, latent), equal))


def sampled(game: Game, key: Array, samples: tuple[int, int]) -> Game:
    """The same game on a fresh sample of each law."""
    return on_sample(game, *points(game, key, samples))


def pair(samples: Samples) -> tuple[int, int]:
    """(data, latent) sample counts."""
    both = samples if isinstance(samples, tuple) else (samples, samples)
    if len(both) != 2:
        raise ValueError(f"samples: expected a number or a pair (data, latent), got {samples!r}")
    return checked_int(both[0], "samples"), checked_int(both[1], "samples")


def checked_protocol(protocol: str) -> Protocol:
    """``"fixed"`` or ``"fresh"``."""
    if protocol not in ("fixed", "fresh"):
        raise ValueError(f"protocol: expected 'fixed' or 'fresh', got {protocol!r}")
    return protocol
