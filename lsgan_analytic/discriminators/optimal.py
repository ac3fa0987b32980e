"""Discriminators that answer the generator: the best ones."""

import abc
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .._checks import checked_float
from .._types import FloatLike, Values, Vector
from ..generators.base import AbstractGenerator
from ..laws.base import AbstractLaw
from ..laws.pushforward import pushforward
from ._crossings import crossings
from .base import AbstractCritic, AbstractDiscriminator, AbstractProbability

_FAR = 1e30  # the log ratio where only one density is 0: finite, so that 0 times it is 0
_NEAR_INFINITE = 20.0  # and where one is infinite: the log of a density like x^-1/2 at rounding
_GRID, _MOST = 128, 4
_LEVELS = (-40.0, -20.0, -14.0, *map(float, range(-10, 11)), 14.0, 20.0, 40.0)


class StaticLaw:
    """A law whose parameters are constants: equal by value, so that it can be static."""

    def __init__(self, law: AbstractLaw, name: str):
        if not isinstance(law, AbstractLaw):
            raise ValueError(f"{name}: expected a law, got {law!r}")
        leaves, self._form = jax.tree.flatten(law)
        if any(isinstance(leaf, Tracer) for leaf in leaves):
            raise ValueError(f"{name}: expected a law with known parameters, got traced ones in {law!r}")
        self._leaves = tuple(np.asarray(leaf) for leaf in leaves)
        self._key = (self._form, *((leaf.dtype.name, leaf.shape, leaf.tobytes()) for leaf in self._leaves))

    def law(self) -> Any:
        """The law."""
        return jax.tree.unflatten(self._form, [jnp.asarray(leaf) for leaf in self._leaves])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticLaw) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return repr(self.law())


class AbstractBestResponse(AbstractDiscriminator):
    """A discriminator without parameters; ``resolve`` makes a probability or a critic of the generator."""

    data: eqx.AbstractVar[StaticLaw]
    latent: eqx.AbstractVar[StaticLaw]
    frozen: eqx.AbstractVar[bool]

    def __call__(self, x: FloatLike) -> Values:
        raise ValueError(f"disc: {type(self).__name__} answers a generator; use disc.resolve(gen)")

    def score(self, x: FloatLike) -> Values:
        return self(x)  # refused in the same words

    def resolve(self, gen: AbstractGenerator) -> AbstractDiscriminator:
        gen = jax.lax.stop_gradient(gen) if self.frozen else gen
        return self._answer(self.data.law(), pushforward(self.latent.law(), gen))

    @abc.abstractmethod
    def _answer(self, data: AbstractLaw, generated: AbstractLaw) -> AbstractDiscriminator:
        """The function of x."""


class AbstractDensityRatio(AbstractDiscriminator):
    """D(x) = (real p(x) + fake q(x))/(p(x) + q(x)), through log p - log q."""

    data: eqx.AbstractVar[AbstractLaw]
    generated: eqx.AbstractVar[AbstractLaw]
    real: eqx.AbstractVar[float]
    fake: eqx.AbstractVar[float]

    def log_ratio(self, x: FloatLike) -> Values:
        """log p(x)/q(x): very large where one density is 0, and 0 where both are.

        Where one is infinite, at a single point, it is what it is nearby: a node may round to that point.
        """
        logs = self.data.log_pdf(x), self.generated.log_pdf(x)
        difference = logs[0] - logs[1]
        size = jnp.where((logs[0] == jnp.inf) | (logs[1] == jnp.inf), _NEAR_INFINITE, _FAR)
        limit = jnp.where(jnp.isnan(difference), 0, jnp.sign(difference) * size)
        return jnp.where(jnp.isfinite(difference), difference, limit.astype(difference.dtype))

    def __call__(self, x: FloatLike) -> Values:
        ratio = self.log_ratio(x)
        return self.real * jax.nn.sigmoid(ratio) + self.fake * jax.nn.sigmoid(-ratio)

    @property
    def stands_for_infinity(self) -> float:
        return _FAR**0.5

    def jumps(self) -> Vector:
        """The ends of both supports, where D is not continuous; derivatives go through them."""
        return jnp.concatenate([law.singularities() for law in (self.data, self.generated)])

    def breakpoints(self) -> Vector:
        """Jumps, and where the log ratio crosses ``_LEVELS``; these move as the jump nearest to them does.

        Beside an end at h where a density is infinite D is a function of log(x - h): on panels that stood
        still while h moves its derivative would be 1/(x - h), which no rule of theirs integrates.
        """
        disc, ends = jax.lax.stop_gradient(self), self.jumps()
        still = jax.lax.stop_gradient(ends)
        beside = (
            4 * jnp.finfo(still.dtype).eps * (1 + jnp.abs(still))
        )  # at a jump rounding decides for a side
        nodes = (law.nodes(_GRID)[0] for law in (disc.data, disc.generated))
        grid = jnp.concatenate([still - beside, still, still + beside, *nodes])
        found = crossings(disc.log_ratio, grid, _LEVELS, _MOST)
        away = jnp.abs(found[:, None] - still[None])
        nearest = jnp.argmin(jnp.where(jnp.isnan(away), jnp.inf, away), axis=1)
        # the jumps cross all levels too: found again, as still points, they would hide their own derivative
        close = 1e3 * jnp.finfo(still.dtype).eps * (1 + jnp.abs(still))
        same = jnp.any(away <= close[None], axis=1)
        moved = found + (ends - still)[nearest]
        return jnp.concatenate([ends, jnp.where(same, jnp.nan, moved)])


class BestProbability(AbstractDensityRatio, AbstractProbability):
    """The best response where both labels are in [0, 1]."""

    data: AbstractLaw
    generated: AbstractLaw
    real: float = eqx.field(static=True, default=1.0)
    fake: float = eqx.field(static=True, default=0.0)

    def logit(self, x: FloatLike) -> Values:
        ratio = self.log_ratio(x)
        return _log_sum(self.real, self.fake, ratio) - _log_sum(1 - self.real, 1 - self.fake, ratio)


class BestCritic(AbstractDensityRatio, AbstractCritic):
    """The best response for other labels."""

    data: AbstractLaw
    generated: AbstractLaw
    real: float = eqx.field(static=True)
    fake: float = eqx.field(static=True)


def _log_sum(with_ratio: float, alone: float, ratio: Values) -> Values:
    """log(with_ratio e^ratio + alone)."""
    if with_ratio == 0:
        return jnp.full_like(ratio, np.log(alone))
    if alone == 0:
        return ratio + float(np.log(with_ratio))
    return jnp.logaddexp(ratio + float(np.log(with_ratio)), jnp.full_like(ratio, np.log(alone)))


class OptimalDiscriminator(AbstractBestResponse):
    """The best D against every generator: D(x) = (real p(x) + fake q(x))/(p(x) + q(x)).

    p is the density of the data, q that of generator(z). It has no parameters: a game with it is a game of
    the generator alone, ``disc.resolve(gen)`` is the function of x. With the labels 1 and 0 it is p/(p + q),
    best for ``Minimax`` (Goodfellow et al. 2014) and the stationary D of ``SquaredMinimax`` with the labels
    exchanged; with those of ``LeastSquares`` it is best there (Mao et al. 2017); with real = smoothing it is
    best under label smoothing. It is a probability where both labels are in [0, 1], else a critic.

    Derivatives in the generator's parameters go through D, and through the ends of the supports at which D
    jumps. In a sampled game D still answers the laws, not the samples.

    Args:
        data, latent: the laws, known here (their parameters are constants). ValueError for traced ones, and
            at the first use for laws or generators whose law has no density.
        real, fake: the labels, different Python numbers; ValueError otherwise.
        frozen: no derivatives through D, as for a G that takes D as given.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.OptimalDiscriminator(data=lsgan.Exponential(rate=1.2), latent=lsgan.Rayleigh())
    >>> round(float(disc.resolve(lsgan.Square(g=1.5, h=-2.0))(1.0)), 3)
    0.8
    """

    data: StaticLaw = eqx.field(static=True)
    latent: StaticLaw = eqx.field(static=True)
    real: float = eqx.field(static=True)
    fake: float = eqx.field(static=True)
    frozen: bool = eqx.field(static=True)

    def __init__(
        self,
        data: AbstractLaw,
        latent: AbstractLaw,
        real: float = 1.0,
        fake: float = 0.0,
        frozen: bool = False,
    ):
        self.data, self.latent = StaticLaw(data, "data"), StaticLaw(latent, "latent")
        self.real, self.fake, self.frozen = (
            checked_float(real, "real"),
            checked_float(fake, "fake"),
            bool(frozen),
        )
        if self.real == self.fake:
            raise ValueError(f"real, fake: expected two different labels, got {real!r} twice")

    def _answer(self, data: AbstractLaw, generated: AbstractLaw) -> AbstractDensityRatio:
        probability = min(self.real, self.fake) >= 0 and max(self.real, self.fake) <= 1
        return (BestProbability if probability else BestCritic)(data, generated, self.real, self.fake)
