"""Regularisers x discriminators x losses: objectives and their slopes against SciPy's densities.

Data Exp(rate), generated points N(shift, scale): e X + (1 - e) Y is exponentially modified normal, with a
density that SciPy has, so that each expectation is one integral in x (and one in e).
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, special, stats

import lsgan_analytic as lsgan

RATE, NOISE = 1.3, 0.4
X, W = np.polynomial.legendre.leggauss(20)


def integral(function, low, high, cuts=()):
    """By 20 nodes on each of 500 panels, that end at ``cuts``."""
    inside = [cut for cut in cuts if low < cut < high]
    edges = np.unique(np.concatenate([np.linspace(low, high, 501), inside]))
    half = 0.5 * np.diff(edges)[:, None]
    return np.sum(half * W * function(edges[:-1, None] + half * (1 + X)))


def rb_slope(x, v):
    return sum(
        -w * (x - c) / v[2] ** 2 * np.exp(-0.5 * ((x - c) / v[2]) ** 2)
        for w, c in ((v[0], v[1]), (-0.7, -0.4))
    )


def erf_score(x, v):
    u = 2**0.5 * (v[0] * x + v[1])
    return special.log_ndtr(u) - special.log_ndtr(-u)


def erf_slope(x, v):
    u = v[0] * x + v[1]
    return v[0] * 2 / np.sqrt(np.pi) * (1 / special.erfcx(-u) + 1 / special.erfcx(u))


class Disc:
    """A discriminator of ours, its score and its slope in NumPy, from the same vector."""

    def __init__(self, start, build, score, slope):
        self.start, self.build, self.score, self.slope = start, build, score, slope


DISCS = {
    "Linear": Disc(
        [0.7, -0.2],
        lambda v: lsgan.Linear(v[0], v[1]),
        lambda x, v: v[0] * x + v[1],
        lambda x, v: v[0] + 0 * x,
    ),
    "Quadratic": Disc(
        [0.4], lambda v: lsgan.Quadratic(v[0]), lambda x, v: v[0] * x**2, lambda x, v: 2 * v[0] * x
    ),
    "Erf": Disc([0.9, -0.4], lambda v: lsgan.Erf(v[0], v[1]), erf_score, erf_slope),
    "RadialBasis": Disc(
        [1.5, 0.3, 0.5],
        lambda v: lsgan.RadialBasis(
            jnp.stack([v[0], jnp.asarray(-0.7)]), jnp.stack([v[1], jnp.asarray(-0.4)]), v[2]
        ),
        lambda x, v: (
            v[0] * np.exp(-0.5 * ((x - v[1]) / v[2]) ** 2) - 0.7 * np.exp(-0.5 * ((x + 0.4) / v[2]) ** 2)
        ),
        rb_slope,
    ),
}


def exponnorm(e, shift, scale):
    """The law of e X + (1 - e) Y."""
    return stats.exponnorm(e / RATE / ((1 - e) * scale), (1 - e) * shift, (1 - e) * scale)


def sign_changes(function):
    grid = np.linspace(-8, 8, 401) + 0.0013
    values = function(grid)
    return [
        optimize.brentq(function, a, b, xtol=1e-15)
        for a, b, s, t in zip(grid, grid[1:], values, values[1:], strict=False)
        if s * t < 0
    ]


def gradient_penalty(slope, shift, scale, target):
    kinks = sign_changes(slope)

    def of(e):
        law, reach = exponnorm(e, shift, scale), 40 * e / RATE
        low, high = (1 - e) * (shift - 10 * scale), (1 - e) * (shift + 10 * scale) + reach
        cuts = [*kinks, *((1 - e) * (shift + scale * np.linspace(-10, 10, 41)))]
        return integral(lambda x: (np.abs(slope(x)) - target) ** 2 * law.pdf(x), low, high, cuts)

    ends = [0, 0.2, 0.5, 0.7, 0.85, 0.93, 0.97, 1]
    parts = [
        (left + (right - left) * (0.5 + 0.5 * X), 0.5 * (right - left) * W)
        for left, right in itertools.pairwise(ends)
    ]
    return sum(w * of(e) for nodes, weights in parts for e, w in zip(nodes, weights, strict=True))


def steepest(slope):
    grid = np.linspace(-6, 6, 6001)
    at = grid[np.argmax(np.abs(slope(grid)))]
    found = optimize.minimize_scalar(
        lambda x: -abs(slope(x)), bounds=(at - 0.01, at + 0.01), options={"xatol": 1e-12}
    )
    return -found.fun


PARTS = {
    "none": (),
    "R1": (lsgan.R1(0.7),),
    "R2": (lsgan.R2(0.7),),
    "GradientPenalty": (lsgan.GradientPenalty(0.8),),
    "GradientPenalty at 0": (lsgan.GradientPenalty(0.8, 0.0),),
    "InstanceNoise": (lsgan.InstanceNoise(NOISE),),
    "SpectralNorm": (lsgan.SpectralNorm(),),
    "Diversity": (lsgan.Diversity(0.6),),
    "Clip": (lsgan.Clip(0.1),),  # of steps, not of objectives
}
PHIS = {
    "Wasserstein": (lambda s: s, lambda s: -s, lambda s: -s, 1),
    "Hinge": (lambda s: -np.maximum(0, 1 - s), lambda s: -np.maximum(0, 1 + s), lambda s: -s, 0),
    "Minimax": (
        lambda s: -np.logaddexp(0, -s),
        lambda s: -np.logaddexp(0, s),
        lambda s: -np.logaddexp(0, s),
        1,
    ),
}


def reference(part, disc, loss, v):
    """(what D ascends, what G descends) at v = (..., shift, scale)."""
    own, shift, scale = v[:-2], v[-2], v[-1]
    size = steepest(lambda x: disc.slope(x, own)) if part == "SpectralNorm" else 1.0
    real, fake, generator, zero_sum = PHIS[loss]
    noise = NOISE if part == "InstanceNoise" else 0.0
    spread = np.hypot(scale, noise)
    data = (
        (stats.exponnorm(1 / (RATE * noise), 0, noise).pdf, -10 * noise, 40 / RATE)
        if noise
        else (lambda x: RATE * np.exp(-RATE * x), 0.0, 40 / RATE)
    )
    made = stats.norm(shift, spread).pdf, shift - 12 * spread, shift + 12 * spread

    def score(x):
        return disc.score(x, own) / size

    cuts = [*sign_changes(lambda x: score(x) - 1), *sign_changes(lambda x: score(x) + 1)]

    def mean(law, phi):
        return integral(lambda x: phi(x) * law[0](x), law[1], law[2], cuts)

    rising = mean(data, lambda x: real(score(x))) + mean(made, lambda x: fake(score(x)))
    falling = mean(made, lambda x: generator(score(x))) + (
        mean(data, lambda x: real(score(x))) if zero_sum else 0
    )
    if part in ("R1", "R2"):
        rising -= 0.35 * mean(data if part == "R1" else made, lambda x: disc.slope(x, own) ** 2)
    if part.startswith("GradientPenalty"):
        rising -= 0.8 * gradient_penalty(
            lambda x: disc.slope(x, own), shift, scale, 0.0 if "0" in part else 1.0
        )
    if part == "Diversity":
        falling -= 0.6 * 2 * scale / np.sqrt(np.pi)
    return np.array([rising, falling])


CASES = [
    ("none", "Linear", "Hinge", True),
    ("GradientPenalty", "RadialBasis", "Wasserstein", False),
    ("InstanceNoise", "Erf", "Minimax", False),
    ("SpectralNorm", "RadialBasis", "Wasserstein", False),
    ("Diversity", "Quadratic", "Minimax", False),
    *[
        (part, disc, loss, True)
        for k, part in enumerate(PARTS)
        for j, disc in enumerate(DISCS)
        for i, loss in enumerate(PHIS)
        if (i + j + k) % 3 == 0 and (part != "SpectralNorm" or disc in ("Linear", "RadialBasis"))
    ],
]


@pytest.mark.parametrize(
    ("part", "name", "loss"), [pytest.param(*case[:3], marks=[pytest.mark.slow] * case[3]) for case in CASES]
)
def test_objectives_and_their_slopes(part, name, loss):
    disc = DISCS[name]
    start = np.array([*disc.start, -0.3, 0.9])

    def ours(v):
        game = lsgan.Game(lsgan.Exponential(RATE), lsgan.Normal(), getattr(lsgan, loss)(), PARTS[part])
        players = lsgan.Players(disc.build(v[:-2]), lsgan.Affine(v[-1], v[-2]))
        both = jnp.stack(game.objectives(players))
        return both, both

    slopes, values = jax.jit(jax.jacrev(ours, has_aux=True))(jnp.asarray(start))
    np.testing.assert_allclose(values, reference(part, disc, loss, start), rtol=1e-10, atol=1e-10)
    h = 1e-4
    for k in range(start.size):
        step = h * np.eye(start.size)[k]
        wanted = (reference(part, disc, loss, start + step) - reference(part, disc, loss, start - step)) / (
            2 * h
        )
        np.testing.assert_allclose(slopes[:, k], wanted, rtol=3e-7, atol=3e-7)
