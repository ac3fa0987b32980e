"""Networks of piecewise-linear units: expectations and two derivatives against 30-digit sums over pieces.

The reference is ``exact_networks.py``, derivatives along a direction by differences of order h^4.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from exact_networks import integral, mp, normal, Peer, roots, softplus
from jax.flatten_util import ravel_pytree

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import LogProbability, Margin, Scaled, Squared

RELU, LEAKY = lsgan.ReLUNetwork, lsgan.LeakyReLUNetwork
# name: law, parts (share, density, ends), integrand, the same in mpmath, scores where it has kinks
LOG, HINGE = LogProbability(0.0), Scaled(0.5, Margin(-1.0))
CASES = {
    "normal": (lsgan.Normal(), [(1, normal(0, 1), (-9, 9))], LOG, lambda s: -softplus(s), ()),
    "exponential": (
        lsgan.Exponential(rate=2.0),
        [(1, lambda x: 2 * mp.exp(-2 * x), (0, 20))],
        Squared(),
        lambda s: s * s,
        (),
    ),
    "uniform": (
        lsgan.Uniform(-1.0, 2.0),
        [(1, lambda x: mp.mpf(1) / 3, (-1, 2))],
        LOG,
        lambda s: -softplus(s),
        (),
    ),
    "mixture": (
        lsgan.Mixture([0.25, 0.75], (lsgan.Normal(-1.0, 0.5), lsgan.Normal(1.0, 0.25))),
        [(mp.mpf(1) / 4, normal(-1, 0.5), (-5.5, 3.5)), (mp.mpf(3) / 4, normal(1, 0.25), (-1.25, 3.25))],
        HINGE,
        lambda s: max(0, 1 + s) / 2,
        (-1,),
    ),
}
#: D's class and widths, G's (None: the law itself)
PAIRS = {
    "normal": [(RELU, (3,), RELU, (3,)), (LEAKY, (2, 2), LEAKY, (2, 2))],
    "exponential": [(LEAKY, (3,), RELU, (2, 2))],
    "uniform": [(RELU, (3, 2), LEAKY, (3,))],
    "mixture": [(LEAKY, (4,), None, ())],
}


def value(theta, law, disc, gen, sizes):
    """30 digits of E[phi(D(G(z)))] with parameters ``theta``, D's first."""
    _, parts, _, phi, levels = CASES[law]
    d, g = Peer(disc[1], theta[:sizes], leak(disc[0])), None
    if gen[0] is not None:
        g = Peer(gen[1], theta[sizes:], leak(gen[0]))
    total = mp.mpf(0)
    for share, density, (low, high) in parts:
        low, high = mp.mpf(low), mp.mpf(high)
        if g is None:
            knots, through = d.kinks(low, high), d
        else:
            inner = g.kinks(low, high)
            reach = [g(z) for z in inner]
            outer = d.kinks(min(reach), max(reach))
            knots = sorted(inner + [z for x in outer for z in roots(lambda z, x=x: g(z) - x, inner)])
            through = lambda z: d(g(z))  # noqa: E731
        knots = sorted(knots + [x for s in levels for x in roots(lambda x, s=s: through(x) - s, knots)])  # noqa: B023
        total += share * integral(lambda x: phi(through(x)), density, knots)  # noqa: B023
    return total


def leak(kind):
    return mp.mpf(0) if kind is RELU else mp.mpf(0.25)


def made(kind, widths, key):
    options = {} if kind is RELU else {"leak": 0.25}
    network = kind.random(key, width=widths[0], depth=len(widths), **options)
    if len(widths) == 2 and widths[0] != widths[1]:
        weights = (network.weights[0], network.weights[1][: widths[1]], network.weights[2][:, : widths[1]])
        biases = (network.biases[0], network.biases[1][: widths[1]], network.biases[2])
        network = kind(weights, biases, **options)
    return network


@pytest.mark.parametrize(
    ("law", "disc", "gen"), [(law, case[:2], case[2:]) for law, cases in PAIRS.items() for case in cases]
)
def test_value_gradient_and_hessian_to_30_digits(law, disc, gen):
    keys = jax.random.split(jax.random.key(len(law) + len(disc[1])), 3)
    d = made(*disc, keys[0])
    g = made(*gen, keys[1]) if gen[0] else None
    theta, unravel = ravel_pytree((d, g))
    sizes = ravel_pytree(d)[0].size
    along = jax.random.normal(keys[2], theta.shape)
    own = CASES[law]

    def exact(t):
        first, second = unravel(theta + t * along)
        part = own[0] if second is None else lsgan.pushforward(own[0], second)
        return lsgan.expectation(part, first, own[2])

    found = jax.jit(lambda t: (exact(t), jax.grad(exact)(t), jax.grad(jax.grad(exact))(t)))(0.0)
    h = mp.mpf(2) ** -15
    start, step = ([mp.mpf(float(v)) for v in vector] for vector in (theta, along))
    at = [
        value([x + k * h * u for x, u in zip(start, step, strict=True)], law, disc, gen, sizes)
        for k in (-2, -1, 0, 1, 2)
    ]
    slope = (at[0] - 8 * at[1] + 8 * at[3] - at[4]) / (12 * h)
    bend = (-at[0] + 16 * at[1] - 30 * at[2] + 16 * at[3] - at[4]) / (12 * h * h)
    values = np.array([float(v) for v in (at[2], slope, bend)])
    off = [float(mp.mpf(float(one)) - other) for one, other in zip(found, (at[2], slope, bend), strict=True)]
    np.testing.assert_array_less(np.abs(off), 1e-12 * (1 + np.abs(values)))


def test_second_derivatives_of_a_squared_unit():
    """E max(0, wX + b)^2 of a normal X, by its formula; kinks at edges of panels, near them, and far out."""

    def formula(theta):
        w, b = theta
        mean, std = 0.3 * w + b, 0.7 * jnp.abs(w)
        u = mean / std
        return (mean**2 + std**2) * jax.scipy.stats.norm.cdf(u) + mean * std * jax.scipy.stats.norm.pdf(u)

    def found(theta):
        unit = RELU(((theta[0][None, None]), jnp.ones((1, 1))), (theta[1][None], jnp.zeros(1)))
        return lsgan.quadrature(lsgan.Normal(0.3, 0.7), unit, Squared())

    edges = 0.3 + 0.7 * jnp.asarray([0.0, -2.4, 2.4])  # of the panels of the law
    at = jnp.concatenate([edges, edges + 1e-9, edges - 1e-6, jnp.asarray([0.4, -1.0, 7.0, -30.0])])
    thetas = jnp.stack([jnp.full_like(at, -1.6), 1.6 * at], axis=1)
    for function in (lambda f: f, jax.grad, jax.hessian):
        one, other = (jax.jit(jax.vmap(function(f)))(thetas) for f in (found, formula))
        np.testing.assert_allclose(one, other, atol=2e-12)


def test_a_unit_of_weight_0_and_a_kink_outside_the_support():
    network = RELU([[[0.0], [2.0], [1.0]], [[1.0, 1.0, 3.0]]], [[0.5, -10.0, 0.0], [0.25]])
    assert jnp.isnan(network.breakpoints()[0])
    law = lsgan.Uniform(0.0, 2.0)  # one kink at an end of the support, one outside, one nowhere
    slope = jax.jit(jax.grad(lambda own: lsgan.expectation(law, own, lsgan.Wasserstein().real)))(network)
    np.testing.assert_allclose(slope.weights[0].ravel(), [1.0, 0.0, 3.0], atol=1e-14)  # w = 0: b > 0 is on
    np.testing.assert_allclose(slope.biases[0], [1.0, 0.0, 3.0], atol=1e-14)
    np.testing.assert_allclose(slope.weights[1], [[0.5, 0.0, 1.0]], atol=1e-14)


def test_equal_kinks():
    """Values and gradients of two units with one kink, on a law and through a generator with two of one."""
    both = RELU([[[1.0], [2.0]], [[1.0, -0.25]]], [[-0.5, -1.0], [0.0]])
    single = RELU([[[1.0]], [[0.5]]], [[-0.5], [0.0]])
    for gen in (None, RELU([[[1.0], [-1.0]], [[1.0, -0.5]]], [[0.2, -0.2], [0.1]])):
        law = lsgan.pushforward(lsgan.Normal(), gen) if gen else lsgan.Normal()
        cost = jax.jit(jax.value_and_grad(lambda own, law=law: lsgan.expectation(law, own, LOG)))
        (one, slope), (other, of_single) = cost(both), cost(single)
        np.testing.assert_allclose(one, other, rtol=1e-14)
        # of max(0, x - c) the parts are 1 and -1/2 of both and 1/2 of the single unit
        np.testing.assert_allclose(slope.biases[0], of_single.biases[0] * np.array([2.0, -0.5]), rtol=1e-12)


def test_kinks_of_two_layers_are_all_there_is():
    """No kink is missing: the slope is constant between those that are found, and jumps at each."""
    network = RELU.random(jax.random.key(3), width=12, depth=2)
    kinks = jnp.sort(network.breakpoints())
    kinks = kinks[jnp.isfinite(kinks)]
    x = jnp.sort(jax.random.uniform(jax.random.key(0), (20_000,), minval=-6.0, maxval=6.0))
    slope = jax.vmap(jax.grad(network))(x)
    which = np.searchsorted(kinks, x)
    for piece in np.unique(which):
        assert np.ptp(slope[which == piece]) < 1e-12
    before, after = (jax.vmap(jax.grad(network))(kinks + d) for d in (-1e-7, 1e-7))
    dead = np.isclose(before, after, atol=1e-9)  # a first unit that no second unit passes on
    assert kinks.size > 15
    assert dead.sum() < kinks.size / 2


def test_more_kinks_than_the_budget():
    network = RELU.random(jax.random.key(3), width=12, depth=2, max_breakpoints=5)
    with pytest.raises(Exception, match="ReLUNetwork: has more breakpoints than its max_breakpoints = 5"):
        jax.block_until_ready(jax.jit(lambda own: own.breakpoints())(network))
    with pytest.raises(ValueError, match="one or two hidden layers"):
        RELU([[[1.0]]], [[0.0]])
    with pytest.raises(ValueError, match="depth: expected 1 or 2 hidden layers, got 3"):
        RELU.random(jax.random.key(0), depth=3)
    with pytest.raises(ValueError, match="leak: "):
        LEAKY([[[1.0]], [[1.0]]], [[0.0], [0.0]], leak=1.5)
