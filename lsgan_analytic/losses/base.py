"""What a loss is, and the integrands phi that losses are made of."""

import abc
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, runtime_checkable, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

from .._logistic import TRANSITION_POINTS
from .._types import FloatLike, Values
from ..discriminators.base import AbstractDiscriminator, expected_score, has_score

_ROUNDING = 4  # units in the last place


@runtime_checkable
class Summand(Protocol):
    """What objectives are made of: numbers, or expectations that are left untaken to see which there are."""

    def __add__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __neg__(self) -> Any: ...


Amount = TypeVar("Amount", bound=Summand)


class AbstractIntegrand(eqx.Module):
    """A scalar function phi of the value D(x); a cost is a sum of two expectations of it.

    The value is a probability or a critic's raw output, whichever the discriminator is: no logistic function
    is put in between. For a function of the logit derive from ``AbstractScoreIntegrand``.

    A subclass defines ``__call__``. Where phi is not smooth it must say so in ``kinks``: quadrature cannot
    see it, and second derivatives of an expectation come from there alone (max(0, 1 - t) has the slope of a
    step).

    >>> import lsgan_analytic as lsgan
    >>> class Cube(lsgan.losses.AbstractIntegrand):
    ...     def __call__(self, t):
    ...         return t**3
    >>> float(Cube().of(lsgan.Linear(w=2.0), 1.0)), float(Cube().of(lsgan.Sigmoid(w=2.0), 0.0))
    (8.0, 0.125)
    """

    kinks: ClassVar[tuple[float, ...]] = ()  # values of its argument where phi has a kink or a jump
    transition_points: ClassVar[tuple[float, ...]] = ()  # about which phi changes quickly

    @abc.abstractmethod
    def __call__(self, t: FloatLike) -> Values:
        """phi(t), elementwise."""

    def argument(self, disc: AbstractDiscriminator) -> Callable[[FloatLike], Values]:
        """The function of x of which phi is taken: D."""
        return disc

    def of(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        """phi of its argument at x."""
        return self(self.argument(disc)(x))

    def rounding(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        """How far ``of(disc, x)`` moves when the argument of phi is rounded."""
        value = self.argument(disc)(x)
        return self._moved(value, _ROUNDING * jnp.finfo(value.dtype).eps * jnp.abs(value))

    def _moved(self, value: Values, error: Values) -> Values:
        """How far phi moves when its argument ``value`` moves by ``error``, up or down."""
        here = self(value)
        return jnp.maximum(jnp.abs(self(value + error) - here), jnp.abs(self(value - error) - here))

    def check(self, disc: AbstractDiscriminator, name: str) -> None:
        """ValueError, which begins with ``name``, unless phi of ``disc`` has a meaning."""


class AbstractScoreIntegrand(AbstractIntegrand):
    """A scalar function phi(s) of the score: the logit of a probability, the value of a critic.

    A discriminator that is neither is refused (ValueError). A subclass defines ``__call__`` and, where phi is
    not smooth, ``kinks``:

    >>> from typing import Any, ClassVar, Protocol, runtime_checkable, TypeVar
    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> class Size(lsgan.losses.AbstractScoreIntegrand):
    ...     kinks: ClassVar[tuple[float, ...]] = (0.0,)
    ...
    ...     def __call__(self, t):
    ...         return jnp.abs(t)
    >>> float(Size().of(lsgan.Linear(w=2.0), -1.0)), float(Size().of(lsgan.Sigmoid(w=2.0), -1.0))
    (2.0, 2.0)
    """

    def argument(self, disc: AbstractDiscriminator) -> Callable[[FloatLike], Values]:
        """The function of x of which phi is taken: the score of D."""
        return disc.score

    def of(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        """phi of the score of D at x."""
        self.check(disc, f"disc, under the integrand {type(self).__name__}")
        return super().of(disc, x)

    def rounding(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        error = disc.score_error(x)
        if error is None:
            return super().rounding(disc, x)
        return self._moved(disc.score(x), error)

    def check(self, disc: AbstractDiscriminator, name: str) -> None:
        if not has_score(disc):
            raise ValueError(f"{name}: {expected_score(disc)}")


class Squared(AbstractIntegrand):
    """phi(t) = t^2."""

    def __call__(self, t: FloatLike) -> Values:
        return jnp.square(t)


class SquaredComplement(AbstractIntegrand):
    """phi(t) = (1 - t)^2."""

    def __call__(self, t: FloatLike) -> Values:
        return jnp.square(1 - t)


class SquaredDistance(AbstractIntegrand):
    """phi(t) = (t - label)^2."""

    label: float = eqx.field(static=True)

    def __call__(self, t: FloatLike) -> Values:
        return jnp.square(t - self.label)


class Scaled(AbstractIntegrand):
    """phi(t) = factor inner(t), closed wherever ``inner`` is."""

    factor: float = eqx.field(static=True)
    inner: AbstractIntegrand

    def __call__(self, t: FloatLike) -> Values:
        return self.factor * self.inner(t)

    def of(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        """factor times ``inner`` of what that acts on, the value or the score."""
        return self.factor * self.inner.of(disc, x)

    def rounding(self, disc: AbstractDiscriminator, x: FloatLike) -> Values:
        return abs(self.factor) * self.inner.rounding(disc, x)

    def check(self, disc: AbstractDiscriminator, name: str) -> None:
        self.inner.check(disc, name)


class LogProbability(AbstractScoreIntegrand):
    """phi(s) = weight log D + (1 - weight) log(1 - D) with s the logit of D; no overflow anywhere."""

    transition_points: ClassVar[tuple[float, ...]] = TRANSITION_POINTS
    weight: float = eqx.field(static=True)

    def __call__(self, t: FloatLike) -> Values:
        if self.weight in (0, 1):  # not 0 times inf
            return -jax.nn.softplus(-t if self.weight else t)
        size = jnp.where(t > 0, t, -t)  # softplus(t) = t + softplus(-t); not abs, whose slope at 0 is 0
        return -(jax.nn.softplus(-size) + size * jnp.where(t > 0, 1 - self.weight, self.weight))


class Score(AbstractScoreIntegrand):
    """phi(s) = sign s."""

    sign: float = eqx.field(static=True)

    def __call__(self, t: FloatLike) -> Values:
        return self.sign * jnp.asarray(t)


class Margin(AbstractScoreIntegrand):
    """phi(s) = max(0, 1 - sign s)."""

    kinks: ClassVar[tuple[float, ...]] = (-1.0, 1.0)
    sign: float = eqx.field(static=True)

    def __call__(self, t: FloatLike) -> Values:
        return jax.nn.relu(1 - self.sign * t)


class AbstractLoss(eqx.Module):
    """A cost J = E[real(D(x))] + E[fake(D(G(z)))] and the objective each player makes of it.

    Each integrand says what it acts on: the value D(x) (``AbstractIntegrand``), whatever D is, or the score
    (``AbstractScoreIntegrand``), the logit of a probability and the value of a critic.
    """

    real: eqx.AbstractVar[AbstractIntegrand]
    fake: eqx.AbstractVar[AbstractIntegrand]

    def __check_init__(self):
        for name, phi in (("real", self.real), ("fake", self.fake)):
            if not isinstance(phi, AbstractIntegrand):
                raise ValueError(
                    f"{name}: expected an integrand, e.g. lsgan.SquaredMinimax().real, got {phi!r}"
                )

    @abc.abstractmethod
    def objectives(
        self, real: Callable[[AbstractIntegrand], Amount], fake: Callable[[AbstractIntegrand], Amount]
    ) -> tuple[Amount, Amount]:
        """(what D ascends, what G descends).

        ``real(phi)`` is E[phi(D(x))] over the data, ``fake(phi)`` is E[phi(D(G(z)))]: numbers, to be
        added, subtracted and multiplied by numbers.
        """

    def check(self, disc: AbstractDiscriminator) -> None:
        """ValueError, with both names, where the loss acts on a score and ``disc`` has none."""
        for phi in (self.real, self.fake):
            phi.check(disc, f"disc, under the loss {type(self).__name__}")

    def best_response(self, log_ratio: FloatLike) -> Values:
        """The value D(x) that is best for D where log p_data(x)/p_generated(x) is ``log_ratio``, D free.

        ValueError for a loss without one.
        """
        raise ValueError(f"loss: {type(self).__name__} has no pointwise best D")
