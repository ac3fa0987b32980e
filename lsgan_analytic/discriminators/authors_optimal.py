"""The D of the published optimal game: the authors' variant of the best one."""

import equinox as eqx
import jax.numpy as jnp

from .._logistic import TRANSITION_POINTS
from .._types import Flag, FloatLike, Parameter, Scalar, Values, Vector
from ..laws.base import AbstractLaw
from ..laws.exponential import Exponential, ShiftedExponential
from .base import AbstractProbability
from .optimal import AbstractBestResponse, StaticLaw


class _AuthorsResponse(AbstractProbability):
    """The logistic function of log(scale rate) + (rate - 1/scale) x + loc/scale."""

    rate: Parameter
    loc: Parameter
    scale: Parameter

    def _line(self) -> tuple[Scalar, Scalar]:
        inside = self.scale > 0
        scale = jnp.where(inside, self.scale, 1)
        offset = jnp.log(scale * self.rate) + self.loc / scale
        return self.rate - 1 / scale, jnp.where(inside, offset, jnp.nan)

    def logit(self, x: FloatLike) -> Values:
        slope, offset = self._line()
        return slope * x + offset

    @property
    def is_smooth(self) -> bool:
        return True

    def breakpoints(self) -> Vector:
        slope, offset = self._line()
        return (jnp.asarray(TRANSITION_POINTS, self.rate.dtype) - offset) / slope

    def crossings(self, level: float) -> Vector:
        slope, offset = self._line()
        return ((level - offset) / slope)[None]

    def in_domain(self) -> Flag:
        return self.scale > 0


class AuthorsOptimalDiscriminator(AbstractBestResponse):
    """D(x) = 1/(1 + e^{-(c - 1/g) x - h/g}/(g c)) for every x: the D of the published optimal game.

    c is the rate of exponential data, and generated points are h + g Exp(1), g > 0. From the sequel of
    Pulford & Kondrashov (2021), "Quasi-Analytical Least-Squares Generative Adversarial Networks". Its
    exponent has the opposite sign to that of p/(p + q), which is ``OptimalDiscriminator``, and it has no
    steps at the ends of the supports: another game. A run whose g falls to 0 or below is stopped there
    and recorded.

    Args:
        data, latent, frozen: as for ``OptimalDiscriminator``; data an ``Exponential``, and a latent law and
            generator that make a ``ShiftedExponential``. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> disc = lsgan.AuthorsOptimalDiscriminator(data=lsgan.Exponential(rate=1.2), latent=lsgan.Rayleigh())
    >>> round(float(disc.resolve(lsgan.Square(g=1.5, h=-2.0))(1.0)), 3)
    0.447
    """

    data: StaticLaw = eqx.field(static=True)
    latent: StaticLaw = eqx.field(static=True)
    frozen: bool = eqx.field(static=True)

    def __init__(self, data: AbstractLaw, latent: AbstractLaw, frozen: bool = False):
        self.data, self.latent = StaticLaw(data, "data"), StaticLaw(latent, "latent")
        self.frozen = bool(frozen)
        if type(data) is not Exponential:
            raise ValueError(f"data: expected an Exponential, got {data!r}")

    def _answer(self, data: AbstractLaw, generated: AbstractLaw) -> _AuthorsResponse:
        if type(data) is not Exponential or type(generated) is not ShiftedExponential:
            raise ValueError(
                f"latent: expected shifted exponential generated points, got {type(generated).__name__}"
            )
        return _AuthorsResponse(data.rate, generated.loc, generated.scale)
