"""Rules with optimisers (ExtraAdam, optimistic Adam, RMSProp over adjusted directions, unrolled Adam,
adaptive competitive gradient) against the published recursions, written out in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from dynamics import DIRAC, dirac, pair, Toy

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector

X, Y = 0.8, -1.3
RATES = np.array([0.05, 0.08])  # of D and of G, different to catch a swap
B1, B2, EPS = 0.5, 0.9, 1e-3
#: O_1 = x y^2 + sin x is ascended in x, O_2 = y x^3 + y^2/2 descended in y
GAME = Toy(lambda x, y: jnp.sum(x * y**2 + jnp.sin(x)), lambda x, y: jnp.sum(y * x**3 + y**2 / 2))


def field(p):
    x, y = p
    return np.array([y**2 + np.cos(x), -(x**3) - y])


def slopes(p):
    """The Jacobian of the field."""
    x, y = p
    return np.array([[-np.sin(x), 2 * y], [-3 * x**2, -1.0]])


class Adam:
    """Kingma & Ba 2015, algorithm 1, ascending along what it is given."""

    def __init__(self, rates, root=0.0):
        self.rates, self.root, self.m, self.v, self.t = rates, root, 0.0, 0.0, 0

    def __call__(self, along):
        self.t += 1
        self.m = B1 * self.m + (1 - B1) * along
        self.v = B2 * self.v + (1 - B2) * along**2
        mean, square = self.m / (1 - B1**self.t), self.v / (1 - B2**self.t)
        return self.rates * mean / (np.sqrt(square + self.root) + EPS)


def adams():
    return (optax.adam(rate, B1, B2, EPS) for rate in RATES)


def played(rule, steps=4, game=GAME):
    players = pair([X], [Y])
    state, path = rule.init(players), []
    step = jax.jit(lambda *now: lsgan.advance(game, rule, *now))
    for _ in range(steps):
        players, state = step(players, state)
        path.append(vector(players))
    return np.stack(path)


def recursion(once, steps=4):
    p, path = np.array([X, Y]), []
    for _ in range(steps):
        p = once(p)
        path.append(p)
    return np.stack(path)


def test_extra_adam():
    adam = Adam(RATES)

    def once(p):
        half = p + adam(field(p))
        return p + adam(field(half))

    np.testing.assert_allclose(played(lsgan.ExtraPerPlayer(*adams())), recursion(once), rtol=1e-12)


def test_optimistic_adam():
    """theta_{t+1} = theta_t - 2 u_t + u_{t-1}, u the update of Adam (Daskalakis et al. 2018, algorithm 1)."""
    adam, before = Adam(RATES), []

    def once(p):
        now = adam(field(p))
        p = p + 2 * now - (before[-1] if before else now)  # the first step is that of Adam
        before.append(now)
        return p

    rule = lsgan.PerPlayer(
        *(optax.optimistic_adam_v2(rate, b1=B1, b2=B2, eps=EPS, nesterov=False) for rate in RATES)
    )
    np.testing.assert_allclose(played(rule), recursion(once), rtol=1e-12)


@pytest.mark.parametrize("name", ["symplectic", "consensus"])
def test_rmsprop_over_an_adjusted_direction(name):
    rule, square = {
        "symplectic": (lsgan.SymplecticAdjustment(1.0, 0.3, align=False), [np.zeros(2)]),
        "consensus": (lsgan.Consensus(1.0, 0.3), [np.zeros(2)]),
    }[name]

    def once(p):
        v, j = field(p), slopes(p)
        along = v + 0.3 * ((j - j.T) / 2 @ v if name == "symplectic" else -j.T @ v)
        square[0] = 0.9 * square[0] + 0.1 * along**2
        return p + RATES * along / np.sqrt(square[0] + EPS)

    optimizers = (optax.rmsprop(rate, decay=0.9, eps=EPS) for rate in RATES)
    np.testing.assert_allclose(played(lsgan.Preconditioned(rule, *optimizers)), recursion(once), rtol=1e-12)


def test_lola_looks_ahead_by_its_own_step():
    """RMSProp steps, while the opponent's step is of the rule's size, at every step of its schedule."""
    square, k = [np.zeros(2)], [0]

    def once(p):
        (x, y), v, j = p, field(p), slopes(p)
        ahead = 0.2 / (k[0] + 1)
        gains = np.array([2 * x * y, -3 * x**2 * y])  # dO_1/dy, and -dO_2/dx for G, who descends
        along = v + ahead * np.array([j[1, 0] * gains[0], j[0, 1] * gains[1]])
        square[0], k[0] = 0.9 * square[0] + 0.1 * along**2, k[0] + 1
        return p + RATES * along / np.sqrt(square[0] + EPS)

    optimizers = (optax.rmsprop(rate, decay=0.9, eps=EPS) for rate in RATES)
    rule = lsgan.Preconditioned(lsgan.Lola(lambda k: 0.2 / (k + 1)), *optimizers)
    np.testing.assert_allclose(played(rule), recursion(once), rtol=1e-12)


def test_unrolled_adam():
    """The gradient through the moments, against central differences of the unrolled recursion."""
    disc, gen = Adam(RATES[0]), Adam(RATES[1])

    def answered(x, y):
        own = Adam(RATES[0])
        own.m, own.v, own.t = disc.m, disc.v, disc.t
        for _ in range(3):
            x = x + own(field((x, y))[0])
        return y * x**3 + y**2 / 2

    def once(p):
        x, y = p
        slope = (answered(x, y + 1e-5) - answered(x, y - 1e-5)) / 2e-5
        return np.array([x + disc(field(p)[0]), y + gen(-slope)])

    rule = lsgan.UnrolledPerPlayer(*adams(), k=3)
    np.testing.assert_allclose(played(rule), recursion(once), rtol=1e-8)


def test_adaptive_competitive_gradient():
    square, k = [np.zeros(2)], [0]

    def once(p):
        v, j = field(p), slopes(p)
        square[0], k[0] = 0.9 * square[0] + 0.1 * v**2, k[0] + 1
        a, b = RATES * np.sqrt(1 - 0.9 ** k[0]) / (np.sqrt(square[0]) + EPS)
        # of two parameters: x = a (v_x + j_xy y), y = b (v_y + j_yx x)
        x = a * (v[0] + j[0, 1] * b * v[1]) / (1 - a * b * j[0, 1] * j[1, 0])
        return p + np.array([x, b * (v[1] + j[1, 0] * x)])

    rule = lsgan.AdaptiveCompetitiveGradient(tuple(RATES), 0.9, EPS)
    np.testing.assert_allclose(played(rule), recursion(once), rtol=1e-12)


def test_multipliers_at_an_equilibrium():
    """Of plain steps the known ones; Adam's root has no slope there and is refused without eps_root."""
    game = dirac(lsgan.R1(0.5))
    plain = (optax.sgd(0.3),) * 2
    pairs = (
        (lsgan.ExtraPerPlayer(*plain), lsgan.Extragradient(0.3)),
        (lsgan.UnrolledPerPlayer(*plain, k=2), lsgan.Unrolled(0.3, 2)),
        (lsgan.Preconditioned(lsgan.Consensus(1.0, 0.4), *plain), lsgan.Consensus(0.3, 0.4)),
    )
    for rule, same in pairs:
        found, exact = (
            lsgan.classify(game, one, DIRAC, free=("w", "shift")).multipliers for one in (rule, same)
        )
        np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(exact), rtol=1e-12)
    adam, smooth = optax.adam(0.1), optax.adam(0.1, eps_root=1e-4)
    for rough in (lsgan.ExtraPerPlayer(adam, adam), lsgan.AdaptiveCompetitiveGradient(0.1)):
        with pytest.raises(ValueError, match="rule: expected one whose step has a derivative"):
            lsgan.classify(game, rough, DIRAC, free=("w", "shift"))
    unrolled = lsgan.UnrolledPerPlayer(smooth, smooth, k=2)
    assert np.isfinite(lsgan.classify(game, unrolled, DIRAC, free=("w", "shift")).multipliers).all()


def test_largest_stable_step_of_extragradient_by_optimisers():
    """On the bilinear game s < 1, as of ``Extragradient``."""
    point = lsgan.PointMasses([0.0])
    game = lsgan.Game(point, point, lsgan.Wasserstein())
    largest = lsgan.largest_stable_step(
        game, lambda h: lsgan.ExtraPerPlayer(optax.sgd(h), optax.sgd(h)), DIRAC, free=("w", "shift")
    )
    assert largest == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lsgan.ExtraPerPlayer(0.1, optax.sgd(0.1)), "disc: expected an optax.GradientTransformation"),
        (lambda: lsgan.UnrolledPerPlayer(optax.sgd(0.1), optax.sgd(0.1), 0), "k: expected an integer >= 1"),
        (
            lambda: lsgan.UnrolledPerPlayer(optax.sgd(0.1), 3, 2),
            "gen: expected an optax.GradientTransformation",
        ),
        (
            lambda: lsgan.Preconditioned(lsgan.Proximal(0.1), optax.sgd(0.1), optax.sgd(0.1)),
            "rule: expected one with a direction for both players",
        ),
        (lambda: lsgan.AdaptiveCompetitiveGradient(0.1, decay=1.0), r"decay: expected a number in \[0, 1\)"),
        (
            lambda: lsgan.AdaptiveCompetitiveGradient(0.1, epsilon=0.0),
            "epsilon: expected a finite number > 0",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
