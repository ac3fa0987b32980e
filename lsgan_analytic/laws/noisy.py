"""A law with Gaussian noise on it."""

import jax
import jax.numpy as jnp
from jax import Array

from .._types import Scalar, Values, Vector
from ._bisection import quantile
from .base import AbstractLaw
from .normal import Normal


class Noisy(AbstractLaw):
    """The law of x + std e with x ~ law and e ~ N(0, 1), e integrated by a composite rule around each x.

    Its rule has a panel structure in e for every node of ``law``: dear, but right for any discriminator.
    """

    law: AbstractLaw
    std: Scalar

    def sample(self, key: Array, n: int) -> Values:
        own, noise = jax.random.split(key)
        x = self.law.sample(own, n)
        return x + self.std * jax.random.normal(noise, x.shape, x.dtype)

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        return self._product(lambda noise: noise.nodes(40), n)

    def nodes_between(
        self, breaks: Vector, n: int | None = None, moving: bool = False
    ) -> tuple[Values, Values]:
        return self._product(lambda noise: noise.nodes_between(breaks, n, moving), None)

    def _product(self, rule, n: int | None) -> tuple[Values, Values]:
        x, weights = self.law.nodes(n)
        y, own = jax.vmap(lambda mean: rule(Normal(mean, self.std)))(x)
        return y.ravel(), (weights[:, None] * own).ravel()

    def cdf(self, x: Values) -> Values:
        at, weights = self.law.nodes()
        off = (jnp.asarray(x)[..., None] - at) / self.std
        return jnp.sum(weights * jax.scipy.stats.norm.cdf(off), axis=-1)

    def log_pdf(self, x: Values) -> Values:
        at, weights = self.law.nodes()
        off = (jnp.asarray(x)[..., None] - at) / self.std
        logs = jax.scipy.stats.norm.logpdf(off) - jnp.log(self.std)
        return jax.scipy.special.logsumexp(logs, axis=-1, b=weights)

    def quantile(self, q: Values) -> Values:
        """By bisection of the cdf."""
        x, _ = self.law.nodes()
        reach = 9 * self.std
        return quantile(self, q, jnp.min(x) - reach, jnp.max(x) + reach)


def noisy(law: AbstractLaw, std: Scalar) -> AbstractLaw:
    """The law of x + std e, e ~ N(0, 1)."""
    if type(law) is Normal:
        return Normal(law.mean, jnp.hypot(law.std, std))
    return Noisy(law, std)
