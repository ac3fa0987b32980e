"""Normal/erf, the second solved game: against SciPy, the general methods and limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

import lsgan_analytic as lsgan
from lsgan_analytic.landscape._distance import distance_to_data
from lsgan_analytic.parameters import vector
from lsgan_analytic.solved.normal_erf.enclosures import cost_bounds, log_gradient_bound

DATA, LATENT = lsgan.Normal(0.3, 1.2), lsgan.Normal(-0.2, 0.9)
GAME = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax())
SINGLE = lsgan.Game(
    lsgan.Normal(jnp.float32(0.3), jnp.float32(1.2)),
    lsgan.Normal(jnp.float32(-0.2), jnp.float32(0.9)),
    lsgan.SquaredMinimax(),
)
ALL = (0, 1, 2, 3)  # a, b, scale, shift


def at(a, b, scale, shift, dtype=jnp.float64):
    a, b, scale, shift = (jnp.asarray(x, dtype) for x in (a, b, scale, shift))
    return lsgan.Players(lsgan.Erf(a, b), lsgan.Affine(scale, shift))


PLAYERS = at(2.2, -3.0, 1.5, -2.0)
STARTS = [(2.2, -3.0, 1.5, -2.0), (-1.1, 0.4, -0.7, 1.3), (0.3, 0.1, 2.0, -1.0)]
DEEP = [(2.2, 190.0, 1.5, -2.0), (-1.1, -150.0, 0.7, 1.3), (0.5, 120.0, -2.0, 1.0), (9.0, 500.0, 0.1, 2.0)]


def log_slopes(a, b, scale, shift):
    """log|dJ/dp| and signs by the trapezoidal rule in logarithms: the integrands are entire and decay."""
    z = np.linspace(-800, 800, 400_001)
    terms = []
    for mean, std, sign in ((0.3, 1.2, 1), (scale * -0.2 + shift, scale * 0.9, -1)):
        x, u = mean + std * z, a * (mean + std * z) + b
        # dJ/dp = E[2 D D_p] - E[2 (1 - D) D_p], D_p = u_p e^{-u^2}/sqrt(pi)
        logs = special.log_ndtr(sign * np.sqrt(2) * u) - u * u + stats.norm.logpdf(z)
        logs += np.log(2 / np.sqrt(np.pi) * (z[1] - z[0]))
        own = 0 if sign > 0 else 1
        inner = np.stack([x, np.ones_like(x), own * a * (-0.2 + 0.9 * z), own * a * np.ones_like(x)])
        terms.append((logs, sign * inner))
    logs, inner = (np.concatenate(part, axis=-1) for part in zip(*terms, strict=True))
    return special.logsumexp(logs, b=inner, axis=-1, return_sign=True)


@pytest.mark.parametrize("start", STARTS + DEEP)
def test_log_gradient(start):
    size, sign = lsgan.log_gradient(GAME, at(*start))
    wanted, signs = log_slopes(*start)
    np.testing.assert_allclose(vector(size), wanted, rtol=1e-13, atol=1e-11)
    np.testing.assert_array_equal(vector(sign), signs)
    if start in STARTS:
        slope = vector(lsgan.gradient(GAME, at(*start)))
        np.testing.assert_allclose(vector(sign) * np.exp(vector(size)), slope, rtol=1e-11)
    elif start != DEEP[-1]:
        assert wanted.max() < -300


def test_log_gradient_in_float32_and_where_it_is_zero():
    size, sign = lsgan.log_gradient(SINGLE, at(*DEEP[0], dtype=jnp.float32))
    wanted, signs = log_slopes(*DEEP[0])
    assert vector(size).dtype == jnp.float32
    np.testing.assert_allclose(vector(size), wanted, rtol=1e-5)
    np.testing.assert_array_equal(vector(sign), signs)
    size, sign = lsgan.log_gradient(GAME, at(0.0, 0.7, 1.5, -2.0))  # D is constant: nothing moves G
    assert (sign.gen.scale, sign.gen.shift) == (0, 0)
    assert np.isneginf(size.gen.shift)


FAR = {"a": 1e7, "b": 1e3, "scale": 1e8, "shift": 1e4}


@pytest.mark.parametrize("start", STARTS)
def test_levels_on_the_axes(start):
    cost = jax.jit(GAME.cost)
    levels = lsgan.asymptotes(GAME, at(*start))
    assert len(levels) == 8
    for level in levels:
        ((name, rate),) = level.ray.items()
        values = dict(zip(("a", "b", "scale", "shift"), start, strict=True))
        values[name] = rate * FAR[name]
        assert level.value == pytest.approx(float(cost(at(**values))), abs=1e-6), level
        assert level.error == 0


def test_levels_of_the_parts_of_the_generator():
    for gen, name in ((lsgan.Shift(0.5), "shift"), (lsgan.Scale(0.5), "scale")):
        levels = lsgan.asymptotes(GAME, lsgan.Players(PLAYERS.disc, gen), free=(name,))
        wanted = lsgan.asymptotes(GAME, PLAYERS, free=(name,))
        assert [level.value for level in levels] == [level.value for level in wanted]
    point = at(2.0, 0.4, 0.0, 0.0)  # all samples at the step: D is (1 + erf b)/2 on them
    up, down = lsgan.asymptotes(GAME, point, free=("a",))
    above, made = stats.norm.cdf(0.25), (0.5 * special.erfc(0.4)) ** 2
    assert (up.value, down.value) == pytest.approx((above + made, 1 - above + made), abs=1e-14)
    constant = at(0.0, 0.4, 1.0, 0.0)
    (level, _) = lsgan.asymptotes(GAME, constant, free=("shift",))
    assert level.value == float(GAME.cost(constant))


@pytest.mark.parametrize(("m", "s", "n", "t"), [(0, 1, 3, 1), (0, 1, 3, 5), (1, 2, 1, 0.5), (0, 1, 9, 1.1)])
def test_w1_of_normal_laws(m, s, n, t):
    p, q = lsgan.Normal(m, s), lsgan.Normal(n, t)
    game, players = lsgan.Game(p, q, lsgan.Wasserstein()), lsgan.Players(lsgan.Linear(1.0), lsgan.Shift(0.0))
    at_zero = [(m * t - n * s) / (t - s)] if t != s else []

    def gap(x):
        return abs(stats.norm.cdf(x, m, s) - stats.norm.cdf(x, n, t))

    wanted, _ = integrate.quad(gap, -60, 60, points=[m, n, *at_zero], limit=500, epsabs=1e-13)
    value, slope = jax.value_and_grad(distance_to_data(game))(players)
    assert value == pytest.approx(wanted, abs=1e-11)
    assert lsgan.divergences.w1(p, q) == pytest.approx(wanted, abs=1e-11)
    # d/dshift E|d + t Z| = P(q above p at equal rank) - P(below)
    d = (n - m) / abs(s - t) if s != t else np.inf
    assert slope.gen.shift == pytest.approx(2 * stats.norm.cdf(d) - 1, abs=1e-14)


def test_w1_of_equal_laws_has_a_finite_slope():
    game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.Wasserstein())
    players = lsgan.Players(lsgan.Linear(1.0), lsgan.Affine(1.0, 0.0))
    value, slope = jax.value_and_grad(distance_to_data(game))(players)
    assert value == 0
    assert np.isfinite(vector(slope)).all()


def boxes_and_points():
    rng = np.random.default_rng(0)
    middle = rng.uniform([0.2, -4, -2, -4], [3, 4, 2, 4], (60, 4)) * rng.choice([-1, 1], (60, 1))
    half = rng.uniform(0, [0.15, 2, 1, 2], (60, 4)) * rng.choice([1e-6, 0.1, 1], (60, 1))
    points = middle + half * rng.uniform(-1, 1, (40, 60, 4))
    points[:16] = middle + half * np.stack(np.meshgrid(*[[-1, 1]] * 4), -1).reshape(16, 1, 4)
    return middle - half, middle + half, points


@pytest.mark.parametrize(("game", "gap"), [(GAME, 1e-4), (SINGLE, 0.1)])
def test_cost_bounds_hold_and_are_sharp_on_small_boxes(game, gap):
    dtype = game.data.std.dtype
    low, high, points = boxes_and_points()
    # the last: a and the scale change sign, so that v = 1 is inside and at no corner
    low, high = (np.append(end, [row], 0) for end, row in ((low, [-1, -1, -1, -1]), (high, [1, 1, 1, 1])))
    extra = np.random.default_rng(1).uniform(-1, 1, (40, 1, 4))
    extra[0] = [[0, 0, 1, 1]]
    points = np.concatenate([points, extra], axis=1)
    players = at(2.2, -3.0, 1.5, -2.0, dtype=dtype)
    least, most = cost_bounds(game, players, ALL, jnp.asarray(low, dtype), jnp.asarray(high, dtype))
    # a bound in float32 is one of boxes rounded to float32: those points are inside
    points = np.clip(points, np.asarray(low, dtype), np.asarray(high, dtype))
    cost = np.asarray(jax.jit(jax.vmap(lambda v: GAME.cost(at(*v))))(points.reshape(-1, 4))).reshape(40, -1)
    assert np.all(np.asarray(least) <= cost.min(axis=0))
    assert np.all(np.asarray(most) >= cost.max(axis=0))
    small = (high - low).max(axis=1) < 1e-5
    assert small.sum() > 10
    np.testing.assert_allclose(np.asarray(most - least)[small], 0, atol=gap)


@pytest.mark.parametrize("data", [DATA, lsgan.Exponential(0.5)])
def test_bounds_of_the_derivative_by_the_shift(data):
    low, high, points = boxes_and_points()
    game = lsgan.Game(data, LATENT, lsgan.SquaredMinimax())
    ends = [np.append(end, [row], 0) for end, row in ((low, [-0.1, 0, 1, 0]), (high, [0.1, 1, 2, 1]))]
    bound = np.asarray(log_gradient_bound(game, PLAYERS, ALL, 1.0, *map(jnp.asarray, ends)))
    sizes = jax.jit(jax.vmap(lambda v: lsgan.log_gradient(GAME, at(*v))[0].gen.shift))
    least = np.asarray(sizes(points.reshape(-1, 4))).reshape(40, -1).min(axis=0)
    assert np.all(bound[:-1] <= least)
    small = (high - low).max(axis=1) < 1e-5
    np.testing.assert_allclose(bound[:-1][small], least[small], atol=1e-2)
    assert np.isneginf(bound[-1])  # a changes its sign


@pytest.mark.parametrize("loss", [lsgan.SquaredMinimax(), lsgan.LeastSquares()])
def test_a_generator_that_shifts_has_no_stationary_point(loss):
    game = lsgan.Game(lsgan.Laplace(), LATENT, loss)
    box = {"b": (-5, 5), "scale": (0.5, 2), "shift": (-4, 4)}
    shown = lsgan.no_stationary_point(game, PLAYERS, box)
    assert (shown.verdict, shown.component) == (lsgan.Verdict.none_by_formula, "shift")
    rng = np.random.default_rng(2)
    points = rng.uniform([2.2, -5, 0.5, -4], [2.2, 5, 2, 4], (50, 4))
    forces = jax.jit(jax.vmap(lambda v: lsgan.field(game, at(*v)).gen.shift))(points)
    assert np.log(np.abs(forces)).min() > shown.log_bound
    assert lsgan.no_stationary_point(game, PLAYERS, {"scale": (0.5, 2)}, boxes=1).verdict.name == "undecided"


def test_extremes_are_proved():
    found = lsgan.extremes(GAME, PLAYERS, {"b": (-4, 4), "shift": (-3, 3)}, gap=1e-2)
    axes = {"b": np.linspace(-4, 4, 33), "shift": np.linspace(-3, 3, 25)}
    cost = lsgan.surface(GAME.cost, PLAYERS, axes)
    assert found.proved
    assert found.least.bound <= float(cost.min())
    assert found.least.value <= float(cost.min()) + 1e-9
    assert found.greatest.bound >= float(cost.max())
    assert found.greatest.value >= float(cost.max()) - 1e-9
    assert found.least.point[1] == 3
    assert found.greatest.point[1] == -3
