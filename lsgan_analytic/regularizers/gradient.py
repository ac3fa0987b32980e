"""Penalties on the slope of the discriminator's score: R1, R2, and WGAN-GP's."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.core import Tracer

from .._plane import as_points
from .._quadrature import gauss_legendre
from .._types import Scalar, Values
from ..discriminators.base import AbstractDiscriminator
from ..expectation import average, transition_points
from ..laws.base import AbstractLaw
from ._arguments import nonnegative_number, positive_number
from ._segments import mean_on_segments
from .base import AbstractRegularizer, score_slope, squared_slope

_NODES, _MIX_NODES = 32, 8  # on the plane


def _squared_slope(disc: AbstractDiscriminator, law: AbstractLaw) -> Scalar:
    """E|ds/dx|^2: it jumps where D has a kink, so that its derivatives come from there too."""
    moving = not disc.is_smooth
    return average(law, lambda x: squared_slope(disc, x), transition_points(disc), differentiable=moving)


class R1(AbstractRegularizer):
    """D ascends its objective - strength/2 E_{x ~ data}|ds/dx|^2, s the score of D.

    Mescheder, Geiger & Nowozin, "Which training methods for GANs do actually converge?", ICML 2018.

    Args:
        strength: gamma, a finite number > 0 (squared units of x); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Exponential(rate=1.0)
    >>> round(float(lsgan.R1(strength=0.5).discriminator_penalty(lsgan.Linear(w=2.0), law, law)), 12)
    1.0
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))

    def sees_averages(self, dim: int) -> bool:
        return True

    def discriminator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar:
        return 0.5 * self.strength * _squared_slope(disc, data)


class R2(AbstractRegularizer):
    """D ascends its objective - strength/2 E|ds/dx|^2 over the generated points, s the score of D.

    Source and argument as for ``R1``.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.R2(strength=0.5).strength.item()
    0.5
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))

    def sees_averages(self, dim: int) -> bool:
        return True

    def discriminator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar:
        return 0.5 * self.strength * _squared_slope(disc, generated)


class GradientPenalty(AbstractRegularizer):
    """D ascends its objective - strength E (|ds/dx| - target)^2 at x = e x_data + (1 - e) y, e ~ U(0, 1).

    Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017; target = 0 is the penalty of
    Mescheder et al. (2018). Data, generated points and e are independent.

    On the line this is the expectation over all pairs (x_data, y), of laws and of samples of any sizes and
    weights; the mean over e of a pair is taken exactly, and the kinks of |ds/dx| are located (as many as 4
    and a quarter of the discriminator's ``breakpoints``). Relative error on exact laws 1e-9 in float64 for
    discriminators that name their breakpoints, 1e-13 for smooth ones; derivatives to second order.

    On the plane samples are paired by index, as in training: they must be of one size and of equal weights.
    Exact laws are taken by product rules of about 32 nodes a law and 8 in e: meant for smooth D, no error
    is promised.

    Args:
        strength: lambda, a finite number > 0; target: a finite number >= 0; ValueError otherwise, and at the
            first cost for laws whose rules make more than 1e8 pairs.

    >>> import lsgan_analytic as lsgan
    >>> law, penalty = lsgan.Normal(), lsgan.GradientPenalty(strength=10.0)
    >>> round(float(penalty.discriminator_penalty(lsgan.Linear(w=1.5), law, law)), 6)
    2.5
    """

    strength: Scalar = eqx.field(converter=positive_number("strength"))
    target: Scalar = eqx.field(default=1.0, converter=nonnegative_number("target"))

    def discriminator_penalty(
        self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw
    ) -> Scalar:
        if jax.eval_shape(lambda: data.nodes()[0]).ndim == 2:
            return self.strength * self._on_the_plane(disc, data, generated)
        slope = score_slope(disc)

        def excess(x: Scalar) -> Scalar:
            size = slope(x)
            return jnp.square(size) - 2 * self.target * jnp.abs(size) + jnp.square(self.target)

        breakpoints = as_points(transition_points(disc))
        jumps = breakpoints[:0] if disc.is_smooth else breakpoints
        return self.strength * mean_on_segments(excess, slope, data, generated, breakpoints, jumps)

    def sees_averages(self, dim: int) -> bool:
        return dim == 1

    def _on_the_plane(self, disc: AbstractDiscriminator, data: AbstractLaw, generated: AbstractLaw) -> Scalar:
        x, y, weights = _pairs(data, generated)
        e, share = gauss_legendre(_MIX_NODES)
        e, share = (jnp.asarray(part, weights.dtype) for part in (0.5 * (1 + e), 0.5 * share))
        e = e.reshape(-1, *[1] * x.ndim)
        mixed = (e * x[None] + (1 - e) * y[None]).reshape(-1, *x.shape[1:])
        slope = jax.vmap(score_slope(disc))(mixed)
        # scaled before it is squared: |slope| has finite derivatives wherever it is not 0
        scale = jax.lax.stop_gradient(jnp.max(jnp.abs(slope), axis=1))
        nonzero = scale > 0
        unit = jnp.where(nonzero[:, None], slope / jnp.where(nonzero, scale, 1)[:, None], 1)
        size = jnp.where(nonzero, scale * jnp.sqrt(jnp.sum(jnp.square(unit), axis=1)), 0)
        square = jnp.sum(jnp.square(slope), axis=1)
        every = (square - 2 * self.target * size + jnp.square(self.target)).reshape(_MIX_NODES, -1)
        return jnp.sum(share[:, None] * weights[None] * every)


def _pairs(data: AbstractLaw, generated: AbstractLaw) -> tuple[Values, Values, Values]:
    """Points of the plane of both laws and the weights of the pairs."""
    if data.is_sample and generated.is_sample:
        (x, p), (y, q) = data.nodes(), generated.nodes()
        if x.shape != y.shape:
            raise ValueError(
                "data, generated: the gradient penalty pairs samples on the plane by index, expected as many "
                f"points of both, got {x.shape[0]} and {y.shape[0]}"
            )
        blur = 64 * float(jnp.finfo(p.dtype).eps)
        uneven = jnp.any(jnp.abs(jnp.concatenate([p, q]) * x.shape[0] - 1) > blur * x.shape[0])
        message = "data, generated: the gradient penalty pairs samples on the plane of equal weights only"
        if isinstance(uneven, Tracer):
            return x, y, eqx.error_if(p, uneven, message)
        if uneven:
            raise ValueError(f"{message}, got {p} and {q}")
        return x, y, p
    (x, p), (y, q) = (law.nodes(None if law.is_sample else _NODES) for law in (data, generated))
    both = (p[:, None] * q[None]).ravel()
    return jnp.repeat(x, y.shape[0], axis=0), jnp.tile(y, (x.shape[0],) + (1,) * (y.ndim - 1)), both
