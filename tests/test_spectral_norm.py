"""Spectral normalisation: every discriminator that has a norm, against a search for its steepest slope."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, special

import lsgan_analytic as lsgan


def bump(v, x):
    """sum_i w_i e^{-(x - c_i)^2/(2 s^2)} over its steepest slope, v = (w1, w2, c1, c2, s)."""

    def slope(x):
        return sum(-w * (x - c) / v[4] ** 2 * np.exp(-0.5 * ((x - c) / v[4]) ** 2) for w, c in pairs)

    pairs = ((v[0], v[2]), (v[1], v[3]))
    grid = np.linspace(-3, 3, 2001)
    at = grid[np.argmax(np.abs(slope(grid)))]
    bounds = (at - 0.01, at + 0.01)
    found = optimize.minimize_scalar(lambda x: -abs(slope(x)), bounds=bounds, options={"xatol": 1e-9})
    return sum(w * np.exp(-0.5 * ((x - c) / v[4]) ** 2) for w, c in pairs) / -found.fun


def pieces(leak):
    """Two units over the steepest slope of the three pieces, v = (w1, w2, b1, b2, c1, c2, d)."""

    def known(v, x):
        (w, b, c), d = v[:6].reshape(3, 2), v[6]
        low, high = sorted(-b / w)
        slopes = [
            np.sum(c * w * np.where(w * at + b > 0, 1, leak)) for at in (low - 1, (low + high) / 2, high + 1)
        ]
        u = w * x + b
        return (np.sum(c * np.where(u > 0, u, leak * u)) + d) / np.max(np.abs(slopes))

    return known


def network(kind):
    return lambda v: kind((v[:2, None], v[None, 4:6]), (v[2:4], v[6:]))


TWO_UNITS = [0.9, -1.3, 0.2, 0.7, 1.1, -0.6, 0.3]
KNOWN_NORMS = {
    "ReLUNetwork": (network(lsgan.ReLUNetwork), pieces(0.0), TWO_UNITS, 0.37),
    "LeakyReLUNetwork": (network(lsgan.LeakyReLUNetwork), pieces(0.2), TWO_UNITS, 0.37),
    "Linear": (lambda v: lsgan.Linear(v[0], v[1]), lambda v, x: np.sign(v[0]) * x + v[1], [0.7, 0.2], 0.4),
    "Plane": (
        lambda v: lsgan.Plane(v[:2], v[2]),
        lambda v, x: v[:2] @ x / np.hypot(*v[:2]) + v[2],
        [0.7, -1.2, 0.1],
        [0.4, 0.3],
    ),
    "HalfPlane": (
        lambda v: lsgan.HalfPlane(v[:2], v[2]),
        lambda v, x: 0.5 * special.erfc(-(v[:2] @ x / np.hypot(*v[:2]) + v[2])),
        [0.7, -1.2, 0.1],
        [0.4, 0.3],
    ),
    "RadialBasis": (
        lambda v: lsgan.RadialBasis(v[:2], v[2:4], v[4]),
        bump,
        [1.0, -3.0, -0.4, 0.5, 0.6],
        0.37,
    ),
}


def test_every_norm_is_known():
    base = lsgan.discriminators.AbstractDiscriminator
    public = {
        name: kind for name, kind in vars(lsgan).items() if isinstance(kind, type) and issubclass(kind, base)
    }
    assert {name for name, kind in public.items() if kind.normalized is not base.normalized} == set(
        KNOWN_NORMS
    )


@pytest.mark.parametrize("name", KNOWN_NORMS)
def test_normalised_critics_and_two_orders_of_slopes(name):
    """The steepest point moves with the parameters: held, second derivatives are wrong by tenths."""
    build, known, start, x = KNOWN_NORMS[name]
    start, x, h = np.array(start), np.array(x), 2e-3

    def ours(v):
        return lsgan.SpectralNorm().transform_discriminator(build(v))(jnp.asarray(x))

    value, slope, bend = jax.jit(lambda v: (ours(v), jax.grad(ours)(v), jax.hessian(ours)(v)))(start)
    np.testing.assert_allclose(value, known(start, x), rtol=1e-12)
    steps = h * np.eye(start.size)
    for i, one in enumerate(steps):
        wanted = (known(start + one, x) - known(start - one, x)) / (2 * h)
        np.testing.assert_allclose(slope[i], wanted, atol=5e-5)
        for j, other in enumerate(steps):
            corners = [s * t * known(start + s * one + t * other, x) for s in (-1, 1) for t in (-1, 1)]
            np.testing.assert_allclose(bend[i, j], sum(corners) / (4 * h * h), atol=5e-4)
