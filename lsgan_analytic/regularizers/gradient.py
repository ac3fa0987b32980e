"""Penalties on the slope of the discriminator's score: R1, R2, and WGAN-GP's."""

import equinox as eqx
import jax.numpy as jnp

from .._checks import nonnegative, positive
from .._quadrature import gauss_legendre
from .._types import Scalar, Values
from ..discriminators.base import AbstractDiscriminator
from ..expectation import average, turns
from ..laws.base import AbstractLaw
from .base import AbstractRegularizer, squared_slope

_NODES, _MIX_NODES = 32, 8


class R1(AbstractRegularizer):
    """D ascends its objective - strength/2 E_{x ~ data}|ds/dx|^2, s the score of D.

    Mescheder, Geiger & Nowozin, "Which training methods for GANs do actually converge?", ICML 2018.

    Args:
        strength: gamma, a finite number > 0 (squared units of x); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Exponential(rate=1.0)
    >>> round(float(lsgan.R1(strength=0.5).penalty(lsgan.Linear(w=2.0), law, law)), 12)
    1.0
    """

    strength: Scalar = eqx.field(converter=positive("strength"))

    def penalty(self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw) -> Scalar:
        return 0.5 * self.strength * average(data, lambda x: squared_slope(disc, x), turns(disc))


class R2(AbstractRegularizer):
    """D ascends its objective - strength/2 E|ds/dx|^2 over the generated points, s the score of D.

    Source and argument as for ``R1``.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.R2(strength=0.5).strength.item()
    0.5
    """

    strength: Scalar = eqx.field(converter=positive("strength"))

    def penalty(self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw) -> Scalar:
        return 0.5 * self.strength * average(generated, lambda y: squared_slope(disc, y), turns(disc))


class GradientPenalty(AbstractRegularizer):
    """D ascends its objective - strength E (|ds/dx| - target)^2 at x = e x_data + (1 - e) y, e ~ U(0, 1).

    Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017; target = 0 is the penalty of
    Mescheder et al. (2018). Data and generated points are independent; on two samples they are taken pair
    by pair, as in training. Taken by rules of 32 nodes each: meant for smooth D.

    Args:
        strength: lambda, a finite number > 0; target: a finite number >= 0; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Normal()
    >>> round(float(lsgan.GradientPenalty(strength=10.0).penalty(lsgan.Linear(w=1.5), law, law)), 6)
    2.5
    """

    strength: Scalar = eqx.field(converter=positive("strength"))
    target: Scalar = eqx.field(default=1.0, converter=nonnegative("target"))

    def penalty(self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw) -> Scalar:
        x, y, weights = _pairs(data, generated)
        e, share = gauss_legendre(_MIX_NODES)
        e, share = (jnp.asarray(part, weights.dtype) for part in (0.5 * (1 + e), 0.5 * share))
        e = e.reshape(-1, *[1] * x.ndim)
        mixed = (e * x[None] + (1 - e) * y[None]).reshape(-1, *x.shape[1:])
        square = squared_slope(disc, mixed)
        # (size - target)^2 expanded: the square is smooth where the size has its kink
        size = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), 0)
        every = (square - 2 * self.target * size + jnp.square(self.target)).reshape(_MIX_NODES, -1)
        return self.strength * jnp.sum(share[:, None] * weights[None] * every)


def _pairs(data: AbstractLaw, generated: AbstractLaw) -> tuple[Values, Values, Values]:
    """Points of both laws and the weights of the pairs."""
    if data.is_sample and generated.is_sample:
        (x, p), (y, q) = data.nodes(), generated.nodes()
        count = min(x.shape[0], y.shape[0])
        both = p[:count] * q[:count]
        return x[:count], y[:count], both / jnp.sum(both)
    (x, p), (y, q) = (law.nodes(None if law.is_sample else _NODES) for law in (data, generated))
    both = (p[:, None] * q[None]).ravel()
    return jnp.repeat(x, y.shape[0], axis=0), jnp.tile(y, (x.shape[0],) + (1,) * (y.ndim - 1)), both
