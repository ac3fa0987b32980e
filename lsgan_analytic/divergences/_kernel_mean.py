"""E k(x, y) for the Gaussian kernel and independent x ~ p, y ~ q."""

import jax
import jax.numpy as jnp
from jax import Array

from .._types import Scalar, Values, Vector
from ..laws.base import AbstractLaw
from ..laws.mixture import Mixture
from ..laws.multivariate_normal import MultivariateNormal
from ..laws.normal import Normal
from ._rule import marks_of

_CUTS = (-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0)  # of panels about the peak of the kernel, in bandwidths

Parts = tuple[Vector, Array, Array]  # weights (k,), means (k, d), covariances (k, d, d)


def normal_parts(law: AbstractLaw) -> Parts | None:
    """A law that is a mixture of normal laws, points among them; None for others."""
    if law.is_sample:
        points, weights = law.nodes()
        n = points.shape[0]
        points = points.reshape(n, -1)
        d = points.shape[1]
        return weights, points, jnp.zeros((n, d, d), points.dtype)
    if type(law) is Normal:
        one = jnp.ones((1,), law.std.dtype)
        return one, law.mean.reshape(1, 1), jnp.square(law.std).reshape(1, 1, 1)
    if type(law) is MultivariateNormal:
        return jnp.ones((1,), law.mean.dtype), law.mean[None], law.covariance[None]
    if type(law) is Mixture:
        each = [normal_parts(one) for one in law.components]
        known = [one for one in each if one is not None]
        if len(known) == len(each):
            weights = [share * one[0] for share, one in zip(law.weights, known, strict=True)]
            return (
                jnp.concatenate(weights),
                jnp.concatenate([one[1] for one in known]),
                jnp.concatenate([one[2] for one in known]),
            )
    return None


def kernel_mean(p: AbstractLaw, q: AbstractLaw, bandwidth: Scalar) -> Scalar:
    """E e^{-|x - y|^2/(2 bandwidth^2)}."""
    first, second = normal_parts(p), normal_parts(q)
    if first is not None and second is not None:
        return _normal_mean(first, second, bandwidth)
    if p.dim == 2:
        (x, v), (y, w) = p.nodes(), q.nodes()
        square = jnp.square(x[:, None, 0] - y[None, :, 0]) + jnp.square(x[:, None, 1] - y[None, :, 1])
        return jnp.sum(v[:, None] * w[None] * jnp.exp(-square / (2 * jnp.square(bandwidth))))
    if q.is_sample:
        p, q = q, p
    return _line_mean(p, q, bandwidth)


def _normal_mean(p: Parts, q: Parts, bandwidth: Scalar) -> Scalar:
    """With N(m, A) and N(n, B): |1 + (A + B)/l^2|^{-1/2} e^{-(m - n)^T (l^2 + A + B)^{-1} (m - n)/2}."""
    noise = jnp.square(bandwidth)

    def row(part: tuple[Scalar, Vector, Array]) -> Scalar:
        weight, center, covariance = part
        off = center[None] - q[1]
        wide = covariance[None] + q[2]
        if off.shape[1] == 1:
            total = noise + wide[:, 0, 0]
            heights = jnp.exp(-0.5 * jnp.square(off[:, 0]) / total) * jnp.sqrt(noise / total)
        else:
            a, b, c = noise + wide[:, 0, 0], wide[:, 0, 1], noise + wide[:, 1, 1]
            det = a * c - b * b
            x, y = off[:, 0], off[:, 1]
            size = (c * x * x - 2 * b * x * y + a * y * y) / det
            heights = jnp.exp(-0.5 * size) * noise / jnp.sqrt(det)
        return weight * jnp.sum(q[0] * heights)

    return jnp.sum(jax.lax.map(row, p, batch_size=min(256, p[0].shape[0])))


def _line_mean(p: AbstractLaw, q: AbstractLaw, bandwidth: Scalar) -> Scalar:
    """Inner panels about every node of p; outer ones about every singularity of q."""
    cuts = bandwidth * jnp.asarray(_CUTS, bandwidth.dtype)
    marks = marks_of(q)
    around = (marks[:, None] + cuts[None]).ravel()
    x, weights = p.composite_nodes(jnp.concatenate([marks_of(p), around.astype(marks.dtype)]))

    def inner(at: Values) -> Scalar:
        y, weights = q.composite_nodes(jnp.concatenate([at + cuts, marks]))
        return jnp.sum(weights * jnp.exp(-0.5 * jnp.square((y - at) / bandwidth)))

    return jnp.sum(weights * jax.lax.map(inner, x, batch_size=min(256, x.shape[0])))
