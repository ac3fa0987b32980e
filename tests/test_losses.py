"""Losses: who wants what, the best D, and what the cost is worth there."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, optimize, stats

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators.erf import logit_half_erfc
from lsgan_analytic.losses.base import LogProbability

LABELS = {"fake": -0.5, "real": 1.5, "target": 0.5}  # real - target = 1, real - fake = 2
LOSSES = {
    "squared minimax": lsgan.SquaredMinimax(),
    "least squares": lsgan.LeastSquares(**LABELS),
    "minimax": lsgan.Minimax(),
    "smoothed": lsgan.Minimax(smoothing=0.9),
    "non-saturating": lsgan.NonSaturating(),
    "hinge": lsgan.Hinge(),
}
SIGMOID = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731


def formulas(name, d, e):
    """(what D ascends, what G descends) with D(x) = d on the data and e on generated points, by hand.

    d and e are values for the losses on D, logits or scores for the others.
    """
    log = np.log
    return {
        "squared minimax": lambda: (d**2 + (1 - e) ** 2,) * 2,
        "least squares": lambda: (-0.5 * (d - 1.5) ** 2 - 0.5 * (e + 0.5) ** 2, 0.5 * (e - 0.5) ** 2),
        "minimax": lambda: (log(SIGMOID(d)) + log(SIGMOID(-e)),) * 2,
        "smoothed": lambda: (0.9 * log(SIGMOID(d)) + 0.1 * log(SIGMOID(-d)) + log(SIGMOID(-e)),) * 2,
        "non-saturating": lambda: (log(SIGMOID(d)) + log(SIGMOID(-e)), -log(SIGMOID(e))),
        "wasserstein": lambda: (d - e,) * 2,
        "hinge": lambda: (-max(0, 1 - d) - max(0, 1 + e), -e),
    }[name]()


@pytest.mark.parametrize("name", [*LOSSES, "wasserstein"])
def test_who_ascends_what(name):
    # data at 0.8, generated points at h = -0.3, D(x) = w x + b: the field by differences of the formulas
    loss = LOSSES.get(name, lsgan.Wasserstein())
    game = lsgan.Game(lsgan.PointMasses([0.8]), lsgan.PointMasses([0.0]), loss)
    players = lsgan.Players(disc=lsgan.Linear(w=0.7, b=0.2), gen=lsgan.Shift(shift=-0.3))

    def objectives(w, b, h):
        return formulas(name, w * 0.8 + b, w * h + b)

    here, e = np.array([0.7, 0.2, -0.3]), 1e-5
    np.testing.assert_allclose(game.objectives(players), objectives(*here), rtol=1e-13)
    slope = [
        (np.array(objectives(*(here + e * axis))) - objectives(*(here - e * axis))) / (2 * e)
        for axis in np.eye(3)
    ]
    field = jax.tree.leaves(lsgan.field(game, players))
    np.testing.assert_allclose(field, [slope[0][0], slope[1][0], -slope[2][1]], rtol=1e-8)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("share", [0.2, 0.45, 0.9])
def test_the_best_response_is_the_best(name, share):
    # p/(p + q) = share; what D ascends at a point, over all values that D can take there
    loss = LOSSES[name]
    claimed = loss.best_response(np.log(share / (1 - share)))
    span = {"squared minimax": (0, 1), "least squares": (-3, 3), "hinge": (-3, 3)}.get(name, (-9, 9))
    grid = np.linspace(*span, 6001)

    def objective(value):
        on_data, on_fakes = np.asarray(loss.real(value)), np.asarray(loss.fake(value))
        sign = -1 if name in ("least squares", "hinge") else 1
        return sign * (share * on_data + (1 - share) * on_fakes)

    best = grid[np.argmax(objective(grid))]
    if name not in ("squared minimax", "hinge"):  # those two are best at a corner, which is on the grid
        near = (best - 0.01, best + 0.01)
        best = optimize.minimize_scalar(lambda v: -objective(v), bounds=near, options={"xatol": 1e-10}).x
    value = SIGMOID(best) if span == (-9, 9) else best
    np.testing.assert_allclose(claimed, value, atol=1e-6)


def value_at_the_best(loss, objective):
    """int of what D ascends at its best response, N(0, 1) against N(1, 1)."""
    p, q = stats.norm(0, 1), stats.norm(1, 1)
    x, w = np.polynomial.legendre.leggauss(400)
    edges = np.array([-9.0, 0.5, 10.0])  # p = q at 0.5
    x = 0.5 * (edges[1:] + edges[:-1])[:, None] + 0.5 * np.diff(edges)[:, None] * x
    w = 0.5 * np.diff(edges)[:, None] * w
    best = np.asarray(loss.best_response(p.logpdf(x) - q.logpdf(x)))
    return np.sum(w * objective(best, p.pdf(x), q.pdf(x)))


TV = 2 * stats.norm.cdf(0.5) - 1
JSD = 0.111421


@pytest.mark.parametrize(
    ("name", "expected", "atol"),
    [
        ("minimax", 2 * JSD - np.log(4), 2e-6),
        ("squared minimax", 1 + TV, 1e-12),
        ("hinge", 2 - 2 * TV, 1e-12),
    ],
)
def test_the_value_of_the_game_for_a_free_discriminator(name, expected, atol):
    loss = LOSSES[name]
    as_score = (lambda d: np.log(d / (1 - d))) if name == "minimax" else (lambda d: d)

    def cost(best, p, q):
        t = as_score(best)
        return p * np.asarray(loss.real(t)) + q * np.asarray(loss.fake(t))

    np.testing.assert_allclose(value_at_the_best(loss, cost), expected, atol=atol)


def test_the_generator_of_least_squares_descends_half_of_pearson():
    loss = LOSSES["least squares"]
    p, q = stats.norm(0, 1).pdf, stats.norm(1, 1).pdf
    chi = integrate.quad(lambda x: (p(x) - q(x)) ** 2 / (p(x) + q(x)), -9, 10)[0]
    taken = []
    loss.objectives(lambda phi: 0.0, lambda phi: taken.append(phi) or 0.0)
    target = taken[-1]
    on_fakes = value_at_the_best(loss, lambda best, p, q: q * np.asarray(target(best)))
    on_data = value_at_the_best(loss, lambda best, p, q: p * np.asarray(target(best)))
    # E_p + E_q of (D - target)^2/2 is half of int (p + q - 2q)^2/(p + q); the term in p is no matter to G
    np.testing.assert_allclose(on_fakes + on_data, 0.5 * chi, rtol=1e-10)


def test_scores_do_not_overflow_where_d_rounds():
    for loss, expected in ((lsgan.Minimax(), -800.0), (lsgan.Hinge(), 801.0)):
        slope = jax.grad(lambda s, loss=loss: loss.real(s))(jnp.array(-800.0))
        np.testing.assert_allclose(loss.real(-800.0), expected)
        np.testing.assert_allclose(abs(slope), 1.0)
    assert lsgan.Minimax().real(jnp.float32(-1.0)).dtype == np.float32


@pytest.mark.parametrize("at", [-30.0, -2.0, -1e-3, 0.0, 1e-3, 2.0, 30.0])
def test_derivatives_of_the_logit_of_an_error_function(at):
    """Through 0, where its two halves meet, and where D rounds to 0 or 1: up to order 3 against mpmath."""

    def exact(u):
        return mp.log(mp.erfc(-u) / mp.erfc(u))

    function = logit_half_erfc
    with mp.workdps(60 + int(at * at)):
        wanted = [float(mp.diff(exact, mp.mpf(at), n)) for n in range(4)]
    for n, value in enumerate(wanted):
        np.testing.assert_allclose(function(jnp.asarray(at)), value, rtol=1e-13 * 20**n, atol=1e-14 * 20**n)
        function = jax.grad(function)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_log_probability_through_zero_and_to_infinity(weight):
    phi = LogProbability(weight)
    slopes = [jax.grad(phi), jax.grad(jax.grad(phi)), jax.grad(jax.grad(jax.grad(phi)))]
    np.testing.assert_allclose([float(s(0.0)) for s in slopes], [weight - 0.5, -0.25, 0.0], atol=1e-15)
    at_ends = [float(phi(jnp.asarray(t))) for t in (-jnp.inf, jnp.inf)]
    assert at_ends == [0 if weight == 0 else -np.inf, 0 if weight == 1 else -np.inf]
