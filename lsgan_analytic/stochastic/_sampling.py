"""Games on samples, and the arguments that simulation and prediction share."""

import abc
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import PyTree

from .._checks import checked_int
from ..game import Game
from ..laws.discrete import PointMasses
from ._counts import AbstractCounts

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


class AbstractSampler(eqx.Module):
    """How a run draws the sample of each law that it is played on."""

    @abc.abstractmethod
    def draw(self, game: Game, key: Array) -> PyTree:
        """What is random of a sample of both laws."""

    @abc.abstractmethod
    def play_on(self, game: Game, drawn: PyTree) -> Game:
        """``game`` on a sample that ``draw`` gave."""


class Points(AbstractSampler):
    """Points of the laws, equally weighted."""

    samples: tuple[int, int] = eqx.field(static=True)

    def draw(self, game: Game, key: Array) -> tuple[Array, Array]:
        return points(game, key, self.samples)

    def play_on(self, game: Game, drawn: tuple[Array, Array]) -> Game:
        return on_sample(game, *drawn)


class CountsOnNodes(AbstractSampler):
    """Nodes of the laws, weighted by the counts of points that fall on them."""

    nodes: tuple[Array, Array]
    counts: tuple[AbstractCounts, AbstractCounts]

    def draw(self, game: Game, key: Array) -> tuple[Array, Array]:
        data, latent = jax.random.split(key)
        return self.counts[0].shares(data), self.counts[1].shares(latent)

    def play_on(self, game: Game, drawn: tuple[Array, Array]) -> Game:
        return on_points(game, *map(PointMasses.unchecked, self.nodes, drawn))


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
