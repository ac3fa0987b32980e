"""Gauss-Legendre rules whose nodes and weights are correct to the last bit.

NumPy's ``leggauss`` finds nodes through an eigenvalue problem and lets up to 1e-12 of relative error
into the weights. Here the nodes are polished by Newton's method in 40-digit decimal arithmetic.
"""

import functools
from decimal import Decimal, localcontext

import jax.numpy as jnp
import numpy as np
from jax import Array


def _legendre(degree: int, x: Decimal) -> tuple[Decimal, Decimal]:
    """P_n(x) and P_n'(x) by the three-term recurrence."""
    previous, current = Decimal(1), x
    for k in range(2, degree + 1):
        previous, current = current, ((2 * k - 1) * x * current - (k - 1) * previous) / k
    return current, degree * (x * current - previous) / (x * x - 1)


@functools.cache
def gauss_legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [-1, 1] of the n-point rule, exact for polynomials of degree 2n - 1.

    Returns two read-only float64 arrays of shape ``(n,)``, nodes increasing.
    """
    if n < 2:
        raise ValueError(f"n: a Gauss rule here needs at least 2 nodes, got {n}")
    guess = np.polynomial.legendre.leggauss(n)[0][n // 2 :]
    nodes, weights = [], []
    with localcontext() as context:
        context.prec = 40
        for start in guess:
            x = Decimal(0) if n % 2 and not nodes else Decimal(float(start))
            for _ in range(2):  # quadratic from 1e-15: the first step already reaches 1e-30
                value, slope = _legendre(n, x)
                x -= value / slope
            slope = _legendre(n, x)[1]
            nodes.append(float(x))
            weights.append(float(2 / ((1 - x * x) * slope * slope)))
    half = slice(1, None) if n % 2 else slice(None)
    points = np.array([-x for x in nodes[half]][::-1] + nodes)
    masses = np.array(weights[half][::-1] + weights)
    points.flags.writeable = masses.flags.writeable = False
    return points, masses


def composite(edges: Array, n: int) -> tuple[Array, Array]:
    """The n-point rule on every interval between neighbouring edges (increasing): points and weights."""
    x, w = (jnp.asarray(part, edges.dtype) for part in gauss_legendre(n))
    half, middle = 0.5 * jnp.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    points = middle[:, None] + half[:, None] * x[None]
    return points.ravel(), (half[:, None] * w[None]).ravel()
