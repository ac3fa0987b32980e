"""Divergences from samples, by nearest neighbours: how far off is the k-th point of either sample?

With rho_k(x) the distance from x to its k-th neighbour in a sample of p (itself not counted), nu_k(x) in
one of q, in d dimensions,

    log p(x)/q(x) ~ d log nu_k(x)/rho_k(x) + log m/(n - 1).                                        (1)

Divergences that need no densities take a sample as a law (``PointMasses``); that of Fisher, which needs
slopes of densities, is not estimated.

For large samples the masses of the two balls are Gamma(k)/n and Gamma(k)/m, independent, so that the estimate
is the truth plus log G'/G. Its mean is right; moments of the ratio are too large by a known factor,
E[(G'/G)^s] = Gamma(k + s) Gamma(k - s)/Gamma(k)^2, which is divided out. Where the tails of p reach beyond
those of q, the outermost balls are large, the density is not even in them, and small samples are biased:
KL(N(0, 1) || N(0.7, 1.2)) = 0.1997 comes out as 0.2265 from 400 points of each. Wang, Kulkarni & Verdu, IEEE
Trans. Inf. Theory 55 (2009) 2392; Perez-Cruz, ISIT 2008; Poczos & Schneider, AISTATS 2011.
"""

import functools
from math import exp, lgamma
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .._checks import checked_int, finite
from .._samples import by_rows, kth
from .._types import Numbers, Scalar, Values, Vector


class Estimate(NamedTuple):
    """A mean over a sample, and its standard error (without that from the other sample).

    >>> import lsgan_analytic as lsgan
    >>> lsgan.divergences.samples.Estimate._fields
    ('value', 'standard_error')
    """

    value: Scalar
    standard_error: Scalar


class HalfEstimates(NamedTuple):
    """The halves of a Jensen-Shannon divergence, as ``JSSplit``.

    >>> import lsgan_analytic as lsgan
    >>> lsgan.divergences.samples.HalfEstimates._fields
    ('quality', 'coverage')
    """

    quality: Estimate
    coverage: Estimate


def _points(values: Numbers, name: str, least: int) -> Array:
    points = finite(name)(values)
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise ValueError(f"{name}: expected points of shape (n,) or (n, 2), got {finite(name)(values).shape}")
    if points.shape[0] < least:
        raise ValueError(f"{name}: expected at least {least} points, got {points.shape[0]}")
    return points


@functools.partial(jax.jit, static_argnames="k")
def _distances(x: Array, y: Array, k: int) -> Vector:
    """From every x to the k-th nearest of y."""
    return jnp.sqrt(by_rows(lambda squares: kth(squares, k - 1), x, y))


def nearest_log_ratio(x: Numbers, y: Numbers, k: int = 5) -> Values:
    """Estimates of log p - log q at the points x ~ p, from x and y ~ q: equation (1), shape (n,).

    inf at a point with k copies in x, -inf at one with k copies in y, 0 where both.

    Args:
        x, y: samples (n,) and (m,), or on the plane (n, 2) and (m, 2), finite; k: which neighbour, an
            integer >= 1 with n > k and m >= k. ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> [float(l) for l in lsgan.divergences.samples.nearest_log_ratio([0.0, 1.0], [0.5, 9.0], k=1).round(4)]
    [0.0, 0.0]
    """
    k = checked_int(k, "k")
    x, y = _points(x, "x", k + 1), _points(y, "y", k)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x, y: expected samples of one space, got {x.shape[1]} and {y.shape[1]} dimensions")
    within, other = _distances(x, x, k + 1), _distances(x, y, k)
    same = (within == 0) & (other == 0)
    ratio = jnp.log(jnp.where(same, 1, other)) - jnp.log(jnp.where(same, 1, within))
    shift = np.log(y.shape[0] / (x.shape[0] - 1))
    return jnp.where(same, 0, x.shape[1] * ratio + jnp.asarray(shift, ratio.dtype))


def _estimate(values: Vector) -> Estimate:
    n = values.shape[0]
    return Estimate(jnp.mean(values), jnp.std(values, ddof=1) / float(n**0.5))


def _excess(power: float, k: int) -> float:
    """E[(G'/G)^power] for independent Gamma(k)."""
    return exp(lgamma(k + power) + lgamma(k - power) - 2 * lgamma(k))


def kl(x: Numbers, y: Numbers, k: int = 5) -> Estimate:
    """KL(p || q) from x ~ p and y ~ q: the mean of (1), consistent for every k. Arguments as there.

    >>> import jax, lsgan_analytic as lsgan
    >>> x, y = (lsgan.Normal(m, 1.0).sample(jax.random.key(0), 2000) for m in (0.0, 1.0))
    >>> bool(abs(lsgan.divergences.samples.kl(x, y).value - 0.5) < 0.15)
    True
    """
    return _estimate(nearest_log_ratio(x, y, k))


def chi2(x: Numbers, y: Numbers, k: int = 5) -> Estimate:
    """Pearson's chi2(p || q) = E_p[p/q] - 1 from x ~ p and y ~ q; arguments as for :func:`kl`, k >= 2."""
    k = checked_int(k, "k", least=2)
    return _estimate(jnp.exp(nearest_log_ratio(x, y, k)) / _excess(1, k) - 1)


def hellinger(x: Numbers, y: Numbers, k: int = 5) -> Estimate:
    """The squared Hellinger distance 1 - E_p[(q/p)^{1/2}] from x ~ p and y ~ q; as :func:`kl`."""
    return _estimate(1 - jnp.exp(-0.5 * nearest_log_ratio(x, y, k)) / _excess(0.5, checked_int(k, "k")))


def js_split(x: Numbers, y: Numbers, k: int = 50) -> HalfEstimates:
    """The halves of :func:`js`, each an ``Estimate``: quality from y ~ q, coverage from x ~ p."""
    coverage, quality = (
        _estimate(0.5 * (np.log(2) + jax.nn.log_sigmoid(nearest_log_ratio(*pair, k))))
        for pair in ((x, y), (y, x))
    )
    return HalfEstimates(quality, coverage)


def js(x: Numbers, y: Numbers, k: int = 50) -> Estimate:
    """JS(p, q) from x ~ p and y ~ q: (1) put into E_p[log 2p/(p + q)]/2 + E_q[log 2q/(p + q)]/2.

    The noise of (1) goes through a function that is not linear: a bias of the order of 1/k is left, and
    one from the size of the balls that grows with k. Arguments as for :func:`kl`.
    """
    return _sum(*js_split(x, y, k))


def le_cam(x: Numbers, y: Numbers, k: int = 50) -> Estimate:
    """Le Cam's divergence (E_p + E_q)[tanh(l/2)^2]/2 from x ~ p and y ~ q, with the biases of :func:`js`."""
    return _sum(
        *(
            _estimate(0.5 * jnp.square(jnp.tanh(0.5 * nearest_log_ratio(*pair, k))))
            for pair in ((x, y), (y, x))
        )
    )


def tv(x: Numbers, y: Numbers, k: int = 50) -> Estimate:
    """Total variation E_p[max(0, 1 - e^{-l})] from x ~ p and y ~ q: too large by the noise where p = q.

    Of equal laws it gives about 1/sqrt(pi k). Arguments as for :func:`kl`.
    """
    return _estimate(-jnp.expm1(-jax.nn.relu(nearest_log_ratio(x, y, k))))


def _sum(one: Estimate, other: Estimate) -> Estimate:
    return Estimate(one.value + other.value, jnp.hypot(one.standard_error, other.standard_error))
