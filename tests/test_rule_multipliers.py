"""Multipliers of one step, and where the rules go, against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from dynamics import Bilinear, DIRAC, dirac, KNOWN, pair, QUADRATIC_PAIR, TANDEM, zero_sum

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import restrict


@pytest.mark.parametrize("name", KNOWN)
def test_known_multipliers(name):
    known = KNOWN[name]
    found = np.linalg.eigvals(lsgan.step_jacobian(known.game, known.rule, known.players, ("w", "shift")))
    assert found.shape == (len(known.multipliers),)
    # double roots are good to the root of the rounding only; compare what they are roots of
    np.testing.assert_allclose(np.poly(found), np.poly(known.multipliers), atol=1e-12)
    if "1.0" not in name:
        np.testing.assert_allclose(
            np.sort_complex(np.round(found, 11)), np.sort_complex(np.round(known.multipliers, 11)), atol=1e-10
        )


S = np.array([0.2, 0.4, 0.577, 0.578, 0.9, 1.999, 2.001])


@pytest.fixture(scope="module")
def bilinear():
    """Spectral radii on the bilinear game of singular value 1.7, for s = step 1.7 in S."""
    rules = {
        "simultaneous": lsgan.Simultaneous,
        "alternating": lsgan.Alternating,
        "extragradient": lsgan.Extragradient,
        "proximal": lsgan.Proximal,
        "competitive": lsgan.CompetitiveGradient,
        "optimistic": lsgan.Optimistic,
        "past": lsgan.PastExtragradient,
        "look ahead": lsgan.LookAhead,
        "LOLA": lsgan.Lola,
        "Taylor LOLA": lsgan.TaylorLola,
    }
    game, players = Bilinear(jnp.asarray(1.7)), pair([0.0], [0.0])

    def all_of(size):
        return {name: lsgan.step_jacobian(game, rule(size), players) for name, rule in rules.items()}

    found = jax.jit(jax.vmap(all_of))(jnp.asarray(S / 1.7))
    return {name: np.abs(np.linalg.eigvals(value)).max(axis=1) for name, value in found.items()}


@pytest.mark.parametrize(
    ("name", "squared"),
    [
        ("simultaneous", 1 + S**2),
        ("extragradient", 1 - S**2 + S**4),
        ("look ahead", 1 - S**2 + S**4),
        ("LOLA", 1 - S**2 + S**4),
        ("Taylor LOLA", (1 - 2 * S**2) ** 2 + S**2),
        ("proximal", 1 / (1 + S**2)),
        ("competitive", 1 / (1 + S**2)),
        ("alternating", np.where(S <= 2, 1, (1 - S**2 / 2 - np.sqrt((1 - S**2 / 2) ** 2 - (S > 2))) ** 2)),
    ],
)
def test_bilinear_game(name, squared, bilinear):
    np.testing.assert_allclose(bilinear[name] ** 2, squared, rtol=1e-10)


@pytest.mark.parametrize("name", ["optimistic", "past"])
def test_optimism_is_stable_below_one_over_root_three(name, bilinear):
    assert (bilinear[name] < 1).tolist() == (1 / np.sqrt(3) > S).tolist()
    roots = [np.abs(np.roots([1, -(1 + 2j * s), 1j * s])).max() for s in S]
    np.testing.assert_allclose(bilinear[name], roots, rtol=1e-10)


def radius(game, rule, players):
    return np.abs(np.linalg.eigvals(lsgan.step_jacobian(game, rule, players))).max()


def test_largest_stable_step():
    """h = (2/|Re|)/(1 + (Im/Re)^2), the least over all eigenvalues; 2/101 for the quadratic pair."""
    below, above = 1 - 1e-6, 1 + 1e-6
    for rule in (lsgan.Simultaneous(2 / 101 * below), lsgan.Simultaneous(2 / 101 * above)):
        radius_of = radius(QUADRATIC_PAIR, rule, pair([0.0], [0.0]))
        assert (radius_of < 1) == (rule.step_sizes()[0] < 2 / 101)
    one = lsgan.step_jacobian(dirac(lsgan.R1(0.7)), lsgan.Simultaneous(1.0), DIRAC, ("w", "shift"))
    values = np.linalg.eigvals(one) - 1
    limit = np.min(2 / np.abs(values.real) / (1 + (values.imag / values.real) ** 2))
    sizes = [np.abs(1 + limit * factor * values).max() for factor in (below, above)]
    assert sizes[0] < 1 < sizes[1]


def test_negative_momentum_is_stable_below_two_times_one_plus_beta():
    for s, stable in ((0.999, True), (1.001, False)):
        own = optax.sgd(s, momentum=-0.5)
        rule = lsgan.PerPlayer(own, own, order="disc")
        assert (radius(Bilinear(jnp.asarray(1.0)), rule, pair([0.0], [0.0])) < 1) == stable


def test_tandem_game():
    """Shaping rests at x + y = 1/(1 - 2 eta), with anticipation at (1 - 2 eta)/(1 - 4 eta); the Nash at 1."""
    size = 0.05
    ends = {}
    for rule in (lsgan.Lola(size), lsgan.TaylorLola(size), lsgan.LookAhead(size)):
        play = jax.jit(lambda own, rule=rule: jax.lax.fori_loop(
            0, 400, lambda _, now: rule.step(TANDEM, now, None)[0], own
        ))  # fmt: skip
        ends[type(rule).__name__] = float(vector(play(pair([0.3], [-0.2]))).sum())
    np.testing.assert_allclose(ends["Lola"], 1 / (1 - 2 * size), rtol=1e-10)
    np.testing.assert_allclose(ends["TaylorLola"], (1 - 2 * size) / (1 - 4 * size), rtol=1e-10)
    np.testing.assert_allclose(ends["LookAhead"], 1, rtol=1e-10)


def test_observed_contraction():
    """The Dirac-GAN spirals in at the rate of the multiplier (s = 0.6/2)."""
    rates = {
        lsgan.Extragradient: np.sqrt(1 - 0.09 + 0.0081),
        lsgan.Proximal: 1 / np.sqrt(1.09),
        lsgan.Optimistic: np.abs(np.roots([1, -(1 + 0.6j), 0.3j])).max(),
    }
    players = lsgan.Players(lsgan.Linear(w=0.02), lsgan.Shift(shift=-0.01))
    part = restrict(dirac(), players, ("w", "shift"))

    def sizes(rule):
        def once(carry, _):
            now, state = lsgan.advance(part, rule, *carry)
            return (now, state), jnp.hypot(now.disc.w, now.gen.shift)

        start = part.reduce(players)
        return jax.lax.scan(once, (start, rule.init(start)), length=120)[1]

    for size, rate in zip(
        jax.jit(lambda: [sizes(make(0.6)) for make in rates])(), rates.values(), strict=True
    ):
        np.testing.assert_allclose((size[119] / size[19]) ** 0.01, rate, rtol=1e-3)


def test_wgan_gp_cycles():
    """Mescheder et al. 2018: the gradient penalty with target 1 does not converge on the Dirac-GAN."""
    game = dirac(lsgan.GradientPenalty(0.25), loss=lsgan.Wasserstein())
    players = lsgan.Players(lsgan.Linear(w=0.5), lsgan.Shift(shift=0.5))
    path = lsgan.trajectory(game, lsgan.Simultaneous(0.02), players, steps=3000, free=("w", "shift"))
    size = np.hypot(path.players.disc.w, path.players.gen.shift)[1500:]
    turns = np.sum(np.diff(np.sign(path.players.gen.shift[1500:])) != 0)
    assert 1.2 < size.min() < size.max() < 1.5
    assert turns >= 4


def test_follow_the_ridge_has_real_multipliers():
    """A local minimax where gradient play turns: I + step H_dd and I - step (H_gg - H_gd H_dd^-1 H_dg)."""
    game = zero_sum(lambda x, y: jnp.sum(-2 * x**2 + 9 * x * y - 3 * y**2))
    found = lsgan.step_jacobian(game, lsgan.FollowRidge((0.1, 0.01)), pair([0.0], [0.0]))
    expected = [1 - 0.4, 1 - 0.01 * (-6 + 81 / 4)]
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(found)), np.sort(expected), rtol=1e-12)
