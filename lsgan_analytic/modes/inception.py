"""The inception score."""

import jax
import jax.numpy as jnp
from jax import Array

from .._checks import floating, Numbers, probabilities
from .._types import Scalar, Vector


def inception_score(log_posteriors: Numbers, weights: Numbers | None = None) -> Scalar:
    """IS = exp E_x[KL(p(y | x) || p(y))] with p(y) = E_x p(y | x), in [1, number of classes].

    It asks whether every x has one clear class and all classes are there; of the data it knows nothing.

    Args:
        log_posteriors: (n, classes), log p(y | x_i) of a classifier, normalised; -inf where it is 0.
        weights: (n,), >= 0, summing to 1: of nodes x_i of a law for its exact score; equal by default.
            ValueError for other shapes.

    Salimans et al., "Improved techniques for training GANs", NeurIPS 2016; Barratt & Sharma, "A note on the
    inception score", 2018.

    >>> import jax.numpy as jnp, lsgan_analytic as lsgan
    >>> float(lsgan.modes.inception_score(jnp.log(jnp.eye(3))).round(6))
    3.0
    """
    logs = floating(jnp.asarray(log_posteriors), "log_posteriors")
    if logs.ndim != 2 or logs.size == 0:
        raise ValueError(f"log_posteriors: expected shape (n, classes), n >= 1, got {logs.shape}")
    n = logs.shape[0]
    shares = jnp.full((n,), 1 / n, logs.dtype)
    if weights is not None:
        shares = probabilities(weights, n, "log_posteriors").astype(logs.dtype)
    return _score(logs, shares)


@jax.jit
def _score(logs: Array, shares: Vector) -> Scalar:
    weights = jnp.broadcast_to(shares[:, None], logs.shape)
    marginal = jax.scipy.special.logsumexp(logs, axis=0, b=weights)[None]
    present = logs > -jnp.inf  # 0 log 0 = 0, in derivatives too
    ratio = jnp.where(present, logs, 0) - jnp.where(present, marginal, 0)
    return jnp.exp(jnp.sum(weights * jnp.where(present, jnp.exp(jnp.where(present, logs, 0)) * ratio, 0)))
