"""What a discriminator is: a probability or a critic."""

import abc
from typing import Self, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp

from .._types import Breakpoints, Flag, FloatLike, Values
from ..generators.base import AbstractGenerator

if TYPE_CHECKING:
    from ..laws.base import AbstractLaw

_ROUNDING = 4  # of a D in (0, 1), in units of eps


class AbstractDiscriminator(eqx.Module):
    """A function D on the data space; its array fields are its parameters.

    Two kinds say what D(x) means; derive from one of them:

    - ``AbstractProbability``: D(x) in (0, 1), the probability that x is real, with a logit;
    - ``AbstractCritic``: D(x) any real number.

    Losses and penalties on the *score* take the logit of the first and the value of the second. A class that
    derives from this one directly says neither and they refuse it, unless it defines ``score``; losses on the
    value D(x) take it.
    """

    @abc.abstractmethod
    def __call__(self, x: FloatLike) -> Values:
        """D(x), elementwise."""

    def score(self, x: FloatLike) -> Values:
        """The logit of a probability, the value of a critic; ValueError for neither."""
        raise ValueError(f"disc: {expected_score(self)}")

    def score_error(self, x: FloatLike) -> Values | None:
        """A bound on the error of a ``score(x)`` that is found from a rounded D(x); None for others."""
        return None

    @property
    def stands_for_infinity(self) -> float | None:
        """Values of phi(D(x)) of this size and more stand for infinite ones; None: there are none."""
        return None

    @property
    def is_smooth(self) -> bool:
        """Whether D is smooth at its ``breakpoints``. Where it is not, quadrature moves with them."""
        return False

    @property
    def is_piecewise_linear(self) -> bool:
        """Whether the score is linear in x between neighbouring ``breakpoints``, which are its kinks.

        Quadrature then asks ``crossings`` for the points where a function of the score turns between them.
        """
        return False

    @property
    def most_breakpoints(self) -> int | None:
        """The most points at which panels of quadrature are made to end for D; None: all."""
        return None

    @property
    def is_continuous(self) -> bool:
        """Whether D is continuous in x. Penalties on its slope refuse one that jumps."""
        return True

    def breakpoints(self) -> Breakpoints:
        """Points of x about which D changes quickly; quadrature ends its panels there.

        All points where D has a kink or a jump must be among them, with their derivatives in the parameters
        of D: expectations have slopes from there alone. A D that is smooth at its breakpoints says
        so in ``is_smooth``, which is faster.
        """
        return self._nowhere()

    def crossings(self, level: float) -> Breakpoints:
        """All x where the score is ``level``, NaN for those that do not exist: kinks of some losses.

        They need no derivatives: these come from the score. For a D on the line that returns none, as this
        one does, they are sought between the nodes of the law.
        """
        return self._nowhere()

    def all_crossings(self, levels: tuple[float, ...]) -> tuple[Breakpoints, ...]:
        """``crossings`` of every level; for a D that finds them together faster."""
        return tuple(self.crossings(level) for level in levels)

    def _nowhere(self) -> Breakpoints:
        leaves = jax.tree.leaves(self)
        return jnp.zeros((0,), leaves[0].dtype if leaves else jnp.result_type(float))

    def resolve(self, gen: AbstractGenerator) -> "AbstractDiscriminator":
        """The function of x when the generator is ``gen``: D itself, unless D answers the generator."""
        return self

    def checked_on(self, law: "AbstractLaw") -> Self:
        """This discriminator, where it is defined on the points of ``law``; an error elsewhere."""
        return self

    def normalized(self) -> Self:
        """The same critic scaled to Lipschitz constant 1 (spectral normalisation)."""
        raise ValueError(f"disc: {type(self).__name__} has no spectral norm; use e.g. Linear")

    def in_domain(self) -> Flag:
        """Whether the parameters are where D is defined. A run that leaves is stopped and recorded."""
        return jnp.asarray(True)


def has_score(disc: AbstractDiscriminator) -> bool:
    """Whether ``disc`` says what its score is."""
    return type(disc).score is not AbstractDiscriminator.score


def expected_score(disc: AbstractDiscriminator) -> str:
    """The end of an error message for a discriminator without a score."""
    return (
        "expected a discriminator with a score, an AbstractProbability (D(x) in (0, 1)) or an AbstractCritic "
        f"(D(x) any real number), got {type(disc).__name__}, which is neither"
    )


class AbstractCritic(AbstractDiscriminator):
    """A discriminator whose value is any real number; its score is its value.

    A subclass defines ``__call__``. ``Minimax`` and ``NonSaturating`` take the value for a logit (as in the
    Dirac-GAN of Mescheder et al. 2018): the probability there is 1/(1 + e^{-D(x)}).

    >>> import jax, jax.numpy as jnp, lsgan_analytic as lsgan
    >>> class Sine(lsgan.AbstractCritic):
    ...     w: jax.Array
    ...
    ...     def __call__(self, x):
    ...         return jnp.sin(self.w * x)
    >>> float(Sine(w=jnp.array(2.0)).score(0.0))
    0.0
    """

    def score(self, x: FloatLike) -> Values:
        """D(x)."""
        return self(x)


class AbstractProbability(AbstractDiscriminator):
    """A discriminator whose value is a probability, D(x) in (0, 1); its score is its logit.

    A subclass defines ``__call__``, D(x), or ``logit``, log D(x)/(1 - D(x)), or both; what it leaves out is
    found from the other. ValueError at construction for a subclass that defines neither.

    A logit found from D is as good as D is: where D is near 0 or 1 its error is about eps/(D (1 - D)), which
    ``expectation_error`` counts, and where D is or rounds to 0 or 1, or is outside (0, 1), the logit is NaN.
    A logit of its own costs no digits there.

    >>> import jax, jax.numpy as jnp, lsgan_analytic as lsgan
    >>> class Cauchy(lsgan.AbstractProbability):
    ...     at: jax.Array
    ...
    ...     def __call__(self, x):
    ...         return 0.5 + jnp.arctan(x - self.at) / jnp.pi
    >>> disc = Cauchy(at=jnp.array(1.0))
    >>> float(disc(2.0)), round(float(disc.logit(2.0)), 6)  # log of 0.75/0.25
    (0.75, 1.098612)
    """

    def __check_init__(self):
        kind = type(self)
        by_value = kind.logit is AbstractProbability.logit
        if by_value and kind.__call__ is AbstractProbability.__call__:  # each would ask the other
            raise ValueError(
                f"{kind.__name__}: expected a method __call__, D(x) in (0, 1), or a method logit, "
                "log D(x)/(1 - D(x)), got neither"
            )

    def __call__(self, x: FloatLike) -> Values:
        return jax.nn.sigmoid(self.logit(x))

    def logit(self, x: FloatLike) -> Values:
        """log D(x)/(1 - D(x)), elementwise."""
        value = self(x)
        inside = (value > 0) & (value < 1)
        safe = jnp.where(inside, value, 0.5)
        return jnp.where(inside, jnp.log(safe) - jnp.log1p(-safe), jnp.nan)

    def score(self, x: FloatLike) -> Values:
        """The logit of D."""
        return self.logit(x)

    def score_error(self, x: FloatLike) -> Values | None:
        if type(self).logit is not AbstractProbability.logit:
            return None
        value = self(x)
        return _ROUNDING * jnp.finfo(value.dtype).eps * (1 / value + 1 / (1 - value))
