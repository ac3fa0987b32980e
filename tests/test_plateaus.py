"""Plateaus and their causes, levels at infinity, extremes: against SciPy and analytic limits."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES
from scipy import integrate, optimize, special

import lsgan_analytic as lsgan

CASE = CASES["A"]


def at(a=CASE.a, b=CASE.b, g=CASE.g, h=CASE.h):
    return lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def d(u):
    return 0.5 * special.erfc(-u)


def test_factors_against_quad():
    seen = lsgan.diagnose(CASE.game, CASE.players, free=("b",))

    def slope(x):
        return CASE.a / np.sqrt(np.pi) * np.exp(-((CASE.a * x + CASE.b) ** 2))

    def over_samples(function):
        return integrate.quad(lambda s: np.exp(-s) * function(CASE.h + CASE.g * s), 0, 40, limit=400)[0]

    data = integrate.quad(lambda x: CASE.c * np.exp(-CASE.c * x) * slope(x), 0, 20, limit=400)[0]
    assert seen.data_slope == pytest.approx(data, rel=1e-10)
    assert seen.sample_slope == pytest.approx(over_samples(slope), rel=1e-10)
    pull = over_samples(lambda x: 2 * (1 - d(CASE.a * x + CASE.b)) * slope(x))
    assert seen.pull == pytest.approx(pull, rel=1e-10)
    moved = integrate.quad(lambda s: np.exp(-s) * np.hypot(s, 1), 0, 50)[0]  # dG/d(g, h) = (z^2, 1)
    assert seen.generator_slope == pytest.approx(moved, rel=1e-10)
    assert seen.cause == lsgan.Cause.moving
    assert seen.dwell == 0


CAUSES = [
    ((2.2, 9.0, 1.5, 0.5), lsgan.Cause.saturated),  # D ~ 1 everywhere
    ((2.2, -3.0, 1.5, 20.0), lsgan.Cause.samples),  # the samples far above the threshold, data around it
    ((2.0, -1.0, 0.01, 1.2), lsgan.Cause.sure),  # D has slope on the samples, 1 - D is 0.02
    ((2.2, -3.0, 1.5, -2.0), lsgan.Cause.moving),
]


@pytest.mark.parametrize(("start", "cause"), CAUSES)
def test_causes(start, cause):
    seen = lsgan.diagnose(CASE.game, at(*start), free=("h",), threshold=0.02)
    assert seen.cause == cause, lsgan.Cause[seen.cause]


def test_a_balanced_field_is_told_from_a_plateau():
    """Generated points have the law of the data: dJ/db = 2 E[(2D - 1) D'] is small, no factor is."""
    seen = lsgan.diagnose(CASE.game, at(a=1.0, b=-1.0, g=2.0, h=0.0), free=("b",), threshold=0.1)
    assert seen.cause == lsgan.Cause.balanced, (seen.field_norm, lsgan.Cause[seen.cause])


def test_dwell_is_the_time_that_the_flow_takes():
    """One sample under an erf D, moved by h alone: h' = 2 (1 - D(h)) D'(h), from far out."""
    game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.SquaredMinimax())
    players = at(a=1.0, b=0.0, g=1.0, h=-3.5)
    seen = lsgan.diagnose(game, players, lsgan.Simultaneous(0.4), free=("h",))

    def speed(_, h):
        return 2 * d(-np.asarray(h)) * np.exp(-np.square(h)) / np.sqrt(np.pi)

    def arrived(t, h):
        return speed(t, h)[0] - 1e-2

    arrived.terminal = True
    end = integrate.solve_ivp(speed, (0, 1e9), [-3.5], events=arrived, rtol=1e-8, atol=1e-10)
    assert seen.field_norm == pytest.approx(float(speed(0, -3.5)), rel=1e-12)
    assert seen.dwell == pytest.approx(end.t_events[0][0] / 0.4, rel=0.1)  # in steps of 0.4


def test_plateaus_of_case_a():
    found = lsgan.plateaus(CASE.game, CASE.players, {"b": (-8, 8), "h": (-8, 8)}, points=512)
    assert found.points.shape == (512, 2)
    assert found.share == pytest.approx(found.small.mean())
    assert sum(found.causes.values()) == pytest.approx(found.share)
    assert next(iter(found.causes)) == lsgan.Cause[lsgan.Cause.saturated]
    # saturated at b > 5 for data and h > 0; nowhere with the threshold -b/a amid both
    b, h = found.points.T
    assert found.small[(b > 5) & (h > 0)].all()
    assert not found.small[(b < -1) & (b > -4) & (h < 0)].any()
    np.testing.assert_allclose(found.cost[(b > 6) & (h > 0)], 1, atol=1e-3)


FAR = {"a": 1e7, "b": 60.0, "g": 1e7, "h": 1e3}


@pytest.mark.parametrize("start", [(2.2, -3.0, 1.5, -2.0), (-1.1, 0.4, -0.7, 1.3), (2.0, 1.0, -0.5, -1.0)])
def test_levels_on_the_axes_of_rsee(start):
    players = at(*start)
    names = ("a", "b", "g", "h")
    cost = eqx.filter_jit(CASE.game.cost)
    for level in lsgan.asymptotes(CASE.game, players):
        ((name, rate),) = level.ray.items()
        values = dict(zip(names, start, strict=True))
        values[name] = rate * FAR[name]
        assert level.value == pytest.approx(float(cost(at(**values))), abs=3e-6), level
        assert level.error == 0


def test_levels_by_extrapolation():
    low, high = lsgan.asymptotes(
        CASE.game, CASE.players, rays=[{"b": -1, "h": 2 / CASE.a}, {"b": 1, "h": -2 / CASE.a}]
    )
    assert (low.value, high.value) == pytest.approx((0, 2), abs=1e-12)
    point = lsgan.PointMasses([0.0])
    critic = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
    up, down = lsgan.asymptotes(lsgan.Game(point, point, lsgan.Wasserstein()), critic, free=("shift",))
    assert (up.value, down.value) == (-np.inf, np.inf)  # J = -w shift
    # J1 = E[Phi(a X)^2] with a -> inf for X of both signs; a logistic D in place of erf decays like 1/t
    logistic = lsgan.Players(disc=lsgan.Sigmoid(w=1.0, b=0.7), gen=lsgan.Square(g=1.0, h=0.5))
    (level,) = lsgan.asymptotes(CASE.game, logistic, rays=[{"w": 1.0}])
    assert level.value == pytest.approx(1, abs=1e-8)
    assert level.error < 1e-6


def test_extremes_of_case_a_against_quad():
    found = lsgan.extremes(CASE.game, CASE.players, {"b": (-8, 8), "h": (-8, 8)}, gap=1e-5)

    def cost(b, h):
        def first(x):
            return CASE.c * np.exp(-CASE.c * x) * d(CASE.a * x + b) ** 2

        def second(s):
            return np.exp(-s) * d(-(CASE.a * (h + CASE.g * s) + b)) ** 2

        kinks = [np.clip((t - b) / CASE.a, 1e-6, 59) for t in (-3, 0, 3)]
        turns = [np.clip(((t - b) / CASE.a - h) / CASE.g, 1e-6, 39) for t in (-3, 0, 3)]
        return (
            integrate.quad(first, 0, 60, points=kinks, epsabs=1e-12, limit=400)[0]
            + integrate.quad(second, 0, 40, points=turns, epsabs=1e-12, limit=400)[0]
        )

    top = optimize.minimize_scalar(
        lambda b: -cost(b, -8), bounds=(-1, 5), method="bounded", options={"xatol": 1e-7}
    )
    assert found.proved
    np.testing.assert_allclose(found.least.point, [-8, 8])
    assert found.least.value == pytest.approx(cost(-8, 8), abs=1e-9)
    assert found.greatest.value == pytest.approx(-top.fun, abs=1e-9)
    assert found.greatest.point[0] == pytest.approx(top.x, abs=1e-3)
    assert 0 <= found.least.value - found.least.bound <= 1e-5
    assert 0 <= found.greatest.bound - found.greatest.value <= 1e-5


def test_extremes_of_a_game_without_a_closed_form():
    """J = mean (w x + b)^2 + mean (1 - w z - b)^2, a parabola in (w, b): least squares is its minimum."""
    x, z = np.asarray([0.0, 1.0, 3.0]), np.asarray([-1.0, 0.5])
    game = lsgan.Game(lsgan.PointMasses(x), lsgan.PointMasses(z), lsgan.SquaredMinimax())
    players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    rows = np.concatenate([np.stack([x, x**0], 1) / np.sqrt(3), np.stack([z, z**0], 1) / np.sqrt(2)])
    target = np.concatenate([0 * x, z**0 / np.sqrt(2)])
    best, cost, *_ = np.linalg.lstsq(rows, target)
    found = lsgan.extremes(game, players, {"w": (-2, 1), "b": (-1, 2)}, gap=1e-4)
    assert not found.proved
    np.testing.assert_allclose(found.least.point, best, atol=1e-6)
    assert found.least.value == pytest.approx(cost[0], rel=1e-10)
    corners = [(w, b) for w in (-2, 1) for b in (-1, 2)]
    top = max(np.sum((rows @ corner - target) ** 2) for corner in corners)
    assert found.greatest.value == pytest.approx(top, rel=1e-12)
    assert 0 <= found.least.value - found.least.bound <= 1e-4
    assert 0 <= found.greatest.bound - found.greatest.value <= 1e-4


def test_diagnosis_in_float32_and_under_vmap():
    def narrow(b):
        parts = (jnp.asarray(value, jnp.float32) for value in (1.0, 1.0, 0.5))
        a, g, h = parts
        return lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))

    point = lsgan.PointMasses(jnp.asarray([0.0, 1.0], jnp.float32))
    game = lsgan.Game(point, point, lsgan.SquaredMinimax())
    seen = jax.vmap(lambda b: lsgan.diagnose(game, narrow(b)))(jnp.asarray([0.0, 9.0], jnp.float32))
    assert seen.dwell.dtype == jnp.float32
    assert (seen.cause == lsgan.Cause.saturated).tolist() == [False, True]


def test_bad_input():
    with pytest.raises(ValueError, match="threshold"):
        lsgan.diagnose(CASE.game, CASE.players, threshold=0.0)
    with pytest.raises(ValueError, match="game"):
        lsgan.diagnose("game", CASE.players)
    with pytest.raises(ValueError, match="rays"):
        lsgan.asymptotes(CASE.game, CASE.players, rays=[{"b": 0.0}])
    with pytest.raises(ValueError, match="rays"):
        lsgan.asymptotes(CASE.game, CASE.players, free=("b",), rays=[{"b": 1.0}])
    with pytest.raises(ValueError, match="gap"):
        lsgan.extremes(CASE.game, CASE.players, {"b": (0, 1)}, gap=0.0)
    with pytest.raises(ValueError, match="points"):
        lsgan.plateaus(CASE.game, CASE.players, {"b": (0, 1)}, points=0)


WRONG_KINDS = [
    (lambda: lsgan.diagnose(CASE.game, {"b": 1.0}), "players: expected lsgan.Players"),
    (
        lambda: lsgan.diagnose(CASE.game, CASE.players, rule=0.4),
        r"rule: expected an update rule, .* got 0.4",
    ),
    (
        lambda: lsgan.diagnose(CASE.game, CASE.players, free="b"),
        "free: expected a sequence of names, got 'b'",
    ),
    (
        lambda: lsgan.plateaus(CASE.game, CASE.players, {"b": 1}),
        r"box: expected \(low, high\) for 'b', got 1",
    ),
    (
        lambda: lsgan.plateaus(CASE.game, CASE.players, {"b": (0, 1)}, rule="sgd"),
        "rule: expected an update rule",
    ),
    (lambda: lsgan.extremes(CASE.game, None, {"b": (0, 1)}), "players: expected lsgan.Players"),
    (lambda: lsgan.extremes("game", CASE.players, {"b": (0, 1)}), "game: expected a Game, got 'game'"),
    (lambda: lsgan.asymptotes(1, CASE.players), "game: expected a Game, got 1"),
    (lambda: lsgan.asymptotes(CASE.game, CASE.players, rays={"b": 1.0}), "rays: expected a sequence of"),
    (lambda: lsgan.asymptotes(CASE.game, CASE.players, rays=[1.0]), "rays: expected {name: rate}, got 1.0"),
    (lambda: lsgan.asymptotes(CASE.game, CASE.players, free=()), "free: expected distinct names"),
    (lambda: lsgan.surface(1, CASE.players, {"b": [0.0]}), "function: expected a function of players, got 1"),
    (lambda: lsgan.surface(CASE.game.cost, {}, {"b": [0.0]}), "players: expected lsgan.Players"),
    (lambda: lsgan.surface(CASE.game.cost, CASE.players, ["b"]), "axes: expected {name: values}, got"),
    (lambda: lsgan.portrait(None, CASE.players, {"b": [0.0], "h": [0.0]}), "game: expected a game, e.g."),
    (lambda: lsgan.portrait(CASE.game, CASE.players, "bh"), "grid: expected {name: values}, got 'bh'"),
]


@pytest.mark.parametrize(("call", "message"), WRONG_KINDS)
def test_wrong_kinds_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
