"""Continuous time against SciPy, Runge-Kutta factors, drift, outcomes."""

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import Bilinear, dirac, Numbers, pair, Toy, zero_sum
from problems import CASES
from scipy.integrate import solve_ivp
from spirals import linear_game, rotated, SPIRALS

import lsgan_analytic as lsgan
from lsgan_analytic.drift import modified_field
from lsgan_analytic.parameters import vector


@pytest.mark.slow
def test_against_scipy():
    case = CASES["A"]
    names = ("b", "h")

    @jax.jit
    def force(y):
        own = lsgan.Players(lsgan.Erf(a=case.a, b=y[0]), lsgan.Square(g=case.g, h=y[1]))
        v = lsgan.field(case.game, own)
        return jnp.stack([v.disc.b, v.gen.h])

    run = lsgan.flow(case.game, case.players, time=40.0, points=9, free=names)
    peer = solve_ivp(
        lambda t, y: force(y), (0, 40), [case.b, case.h], t_eval=run.times, rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose([run.players.disc.b, run.players.gen.h], peer.y, atol=2e-8)
    np.testing.assert_array_equal(run.players.disc.a, case.a)
    np.testing.assert_allclose(run.cost[0], case.cost, rtol=1e-11)
    assert run.reached == 40
    assert run.field_norm.shape == (9,)


def test_the_dirac_gan_flows_in_circles():
    start = lsgan.Players(lsgan.Linear(w=0.9), lsgan.Shift(shift=-0.4))
    run = lsgan.flow(dirac(), start, time=20.0, points=6, free=("w", "shift"))
    np.testing.assert_allclose(run.players.disc.w**2 + run.players.gen.shift**2, 0.97, rtol=1e-8)
    assert abs(run.players.disc.w[-1] - 0.9) > 0.1
    assert run.outcome == lsgan.Outcome.moving


def test_float32():
    game, start = jax.tree.map(
        lambda x: x.astype(np.float32), (Bilinear(jnp.asarray(1.0)), pair([1.0], [0.0]))
    )
    run = lsgan.flow(game, start, time=np.float32(20.0), points=6)
    assert run.cost.dtype == run.players.disc.values.dtype == run.times.dtype == np.float32
    np.testing.assert_allclose(run.players.disc.values[:, 0], np.cos(run.times), atol=1e-3)


class RungeKutta4(diffrax.AbstractERK):
    """The classical method."""

    tableau = diffrax.ButcherTableau(
        a_lower=(np.array([0.5]), np.array([0.0, 0.5]), np.array([0.0, 0.0, 1.0])),
        b_sol=np.array([1, 2, 2, 1]) / 6,
        b_error=np.array([1, 2, 2, 1]) / 6 - np.array([1.0, 0, 0, 0]),
        c=np.array([0.5, 0.5, 1.0]),
    )
    interpolation_cls = diffrax.ThirdOrderHermitePolynomialInterpolation.from_k

    def order(self, terms):
        return 4


@pytest.mark.parametrize(
    ("solver", "squared"),
    [
        (diffrax.Heun(), lambda s: 1 + s**4 / 4),
        (RungeKutta4(), lambda s: 1 - s**6 / 72 + s**8 / 576),
    ],
    ids=["Heun", "RK4"],
)
def test_stages_are_joint(solver, squared):
    """A solver that freezes the opponent inside a stage has other factors."""
    game, start = Bilinear(jnp.asarray(1.4)), pair([0.6], [0.8])
    run = lsgan.flow(game, start, time=0.5, points=2, solver=solver, step=0.5)
    radius = np.hypot(run.players.disc.values, run.players.gen.values)[-1, 0]
    np.testing.assert_allclose(radius**2, squared(0.7), rtol=1e-12)


def payoff(x, y):
    return jnp.sum(jnp.sin(x) * y - x**2 * y**2 + jnp.cos(x + 2 * y))


CURVED = Toy(payoff, lambda x, y: payoff(x, y) + jnp.sum(x * jnp.tanh(y)))
DRIFTING = {
    "simultaneous": lsgan.Simultaneous,
    "alternating": lsgan.Alternating,
    "alternating 2 3": lambda step: lsgan.Alternating(step, disc_steps=2, gen_steps=3),
    "alternating, G first": lambda step: lsgan.Alternating(step, disc_steps=2, order="gen"),
    "extragradient": lsgan.Extragradient,
    "competitive gradient": lsgan.CompetitiveGradient,
}


@pytest.fixture(scope="module")
def one_step_errors():
    """Distance after one step from the flows of order 1, 2 and 3, for halving step sizes."""
    start = pair([0.7], [-0.4])

    def error(make, order, h):
        rule = make((h, 0.7 * h))
        there, _ = rule.step(CURVED, start, None)

        def along(y):
            own = jax.tree.unflatten(jax.tree.structure(start), [y[:1], y[1:]])
            return vector(modified_field(CURVED, rule, own, order))

        def stage(carry, coefficients):
            y, k, total = carry
            back, weight = coefficients
            k = along(y + back * k)
            return (y, k, total + weight * k), None

        def step(y, _):  # the classical Runge-Kutta method, 8 steps to time 1
            coefficients = jnp.array([[0, 1 / 16, 1 / 16, 1 / 8], [1 / 48, 1 / 24, 1 / 24, 1 / 48]]).T
            return jax.lax.scan(stage, (y, 0 * y, y), coefficients)[0][2], None

        return jnp.linalg.norm(jax.lax.scan(step, vector(start), length=8)[0] - vector(there))

    def errors(h):
        return {
            name: jnp.stack([error(make, order, h) for order in ORDERS.get(name, (1, 2))])
            for name, make in DRIFTING.items()
        }

    return jax.jit(jax.vmap(errors))(jnp.asarray([1.6e-2, 8e-3, 4e-3]))


ORDERS = {"extragradient": (1, 2, 3)}


@pytest.mark.parametrize("name", DRIFTING)
def test_every_order_raises_the_order_of_the_error(name, one_step_errors):
    slopes = -np.diff(np.log2(one_step_errors[name]), axis=0)
    expected = np.array(ORDERS.get(name, (1, 2))) + 1.0
    np.testing.assert_allclose(slopes, [expected] * 2, atol=0.25)


def test_the_published_expansion_of_eulers_method():
    """x' = x^2: Hairer, Lubich & Wanner, example IX.1.1, to the fifth order."""
    game = zero_sum(lambda x, y: jnp.sum(x**3 / 3 + y**2))
    h, x = 0.1, 0.7
    rule, players = lsgan.Simultaneous(h), pair([x], [0.0])
    published = [-(h**2) * x**3, 3 / 2 * h**3 * x**4, -8 / 3 * h**4 * x**5, 31 / 6 * h**5 * x**6]
    for order in (2, 3, 5):
        found = lsgan.drift(game, rule, players, order=order).disc.values[0]
        np.testing.assert_allclose(found, sum(published[: order - 1]), rtol=1e-11)


@pytest.mark.parametrize(
    ("make", "multiplier"),
    [
        (lsgan.Simultaneous, lambda z: 1 + z),
        (lsgan.Extragradient, lambda z: 1 + z + z**2),
    ],
)
def test_the_logarithm_of_a_rotation(make, multiplier):
    """On the bilinear game a step multiplies by m(i h): the flow turns and grows as log m(i h)."""
    h, order = 0.05, 4
    game, players = Bilinear(jnp.asarray(1.0)), pair([0.6], [0.8])
    found = vector(modified_field(game, make(h), players, order))
    velocity = complex(found[0], found[1]) / complex(0.6, 0.8)
    sign = np.sign(velocity.imag)  # which way round is the game's affair
    np.testing.assert_allclose(velocity, np.log(multiplier(1j * sign * h)), atol=h**5)
    assert abs(velocity - np.log(multiplier(1j * sign * h))) > h**5 / 50  # and no better: the order is 4


def test_the_drift_of_alternating_steps_by_hand():
    """1/2 (-n_d A'A - n_g B'B + n_d n_g (B'A - A'B)), D first."""
    rule, players = lsgan.Alternating((0.02, 0.03), disc_steps=2, gen_steps=3), pair([0.7], [-0.4])
    slope, force = (
        np.asarray(lsgan.jacobian(CURVED, players)),
        np.asarray(vector(lsgan.field(CURVED, players))),
    )
    step = np.array([0.02, 0.03])
    a, b = force * step * [1, 0], force * step * [0, 1]
    da, db = (step * [1, 0])[:, None] * slope, (step * [0, 1])[:, None] * slope
    expected = 0.5 * (-2 * da @ a - 3 * db @ b + 6 * (db @ a - da @ b))
    np.testing.assert_allclose(vector(lsgan.drift(CURVED, rule, players)), expected, rtol=1e-12)


def test_drift_of_simultaneous_steps_is_minus_half_h_j_f():
    case, h = CASES["A"], 0.4
    sign = np.array([1, 1, -1, -1])
    slope = sign[:, None] * np.asarray(lsgan.hessian(case.game, case.players))
    expected = -0.5 * h**2 * slope @ (sign * case.gradient)
    found = vector(jax.jit(lambda own: lsgan.drift(case.game, lsgan.Simultaneous(h), own))(case.players))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.slow
def test_a_path_is_nearer_to_the_corrected_flow():
    game, start, rule = Bilinear(jnp.asarray(1.0)), pair([0.6], [0.8]), lsgan.Simultaneous(0.1)
    path = lsgan.trajectory(game, rule, start, steps=30)
    far, near = (
        lsgan.path_distance(path, lsgan.flow(game, start, 30, 31, rule=rule, order=order))[-1]
        for order in (1, 2)
    )
    # radius: 1.01^15 against 1, and against e^(30 (0.1)^2/2); angle: 30 atan(0.1) against 3
    factor = 1.01**15 * np.exp(30j * np.arctan(0.1))
    np.testing.assert_allclose(far, abs(factor - np.exp(3j)), rtol=1e-6)
    np.testing.assert_allclose(near, abs(factor - np.exp(3j + 0.15)), rtol=1e-5)
    with pytest.raises(ValueError, match=r"run: expected points and parameters \(31, 2\) like path"):
        lsgan.path_distance(path, lsgan.flow(game, start, 30, 3, rule=rule))


@pytest.mark.parametrize("name", SPIRALS)
def test_a_field_that_grows_has_not_converged(name):
    """At every phase of a rotation, as runs of steps are judged: by |f| over as long again."""
    eigenvalues = SPIRALS[name]
    game = linear_game(rotated(eigenvalues, 0.4, 2.0))
    phases = np.linspace(0, 2 * np.pi, 8, endpoint=False) + 0.1

    def run(phase):
        start = pair(1e-6 * jnp.cos(phase)[None], 1e-6 * jnp.sin(phase)[None])
        ended = lsgan.flow(game, start, time=6.0, points=3)
        return ended.outcome, ended.evidence.growth

    outcome, growth = jax.jit(jax.vmap(run))(phases)
    if max(value.real for value in eigenvalues) > 0:
        assert (outcome == lsgan.Outcome.moving).all()
    else:
        assert (outcome == lsgan.Outcome.point).all()
        assert (growth < 0).all()


class Positive(Numbers):
    """A vector said to be defined where it is positive."""

    def in_domain(self):
        return jnp.all(self.values > 0)


@pytest.mark.slow
def test_stops():
    """At a wall, at rest, and at a blow-up, with the right words."""
    down = zero_sum(lambda x, y: jnp.sum(-x + y**2))
    walled = lsgan.Players(Positive(jnp.array([1.0])), Numbers(jnp.array([1.0])))
    run = lsgan.flow(down, walled, time=4.4, points=12)  # x = 1 - t
    assert run.outcome == lsgan.Outcome.left_domain
    np.testing.assert_allclose(run.reached, 0.8)
    np.testing.assert_allclose(run.players.disc.values[2:, 0], 0.2)

    calm = zero_sum(lambda x, y: jnp.sum(-(x**2) + y**2))
    run = lsgan.flow(calm, pair([1.0], [0.5]), time=50.0, points=6, rest=1e-3)
    assert run.outcome == lsgan.Outcome.point
    assert 3 < run.reached < 10
    assert 1e-5 < run.field_norm[-1] <= 1e-3

    burst = zero_sum(lambda x, y: jnp.sum(x**3 / 3 + y**2))  # x' = x^2: infinite at t = 1
    run = lsgan.flow(burst, pair([1.0], [1.0]), time=2.1, points=8)
    assert run.outcome == lsgan.Outcome.overflowed
    np.testing.assert_allclose(run.reached, 0.9)
    np.testing.assert_allclose(run.players.disc.values[-1, 0], 10, rtol=1e-6)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"time": 0.0}, "time: expected a finite number > 0, got 0.0"),
        ({"points": 1}, "points: expected an integer >= 2, got 1"),
        ({"free": ("x",)}, "free: expected distinct names"),
        ({"rest": -1.0}, "rest: expected a finite number > 0, got -1.0"),
        ({"step": 0.0}, "step: expected a finite number > 0, got 0.0"),
        ({"rule": lsgan.Optimistic(0.1)}, "rule: expected one whose step depends on the players alone"),
        ({"rule": lsgan.Simultaneous(0.1), "order": 0}, "order: expected an integer >= 1, got 0"),
        ({"rule": lsgan.Simultaneous(np.ones(3))}, "rule: expected constant step sizes"),
    ],
)
def test_bad_input(more, message):
    with pytest.raises(ValueError, match=message):
        lsgan.flow(dirac(), pair([1.0], [1.0]), **({"time": 1.0} | more))


def test_without_diffrax(monkeypatch):
    with pytest.raises(ValueError, match="time"):  # the annotations, checked in tests, are looked up with it
        lsgan.flow(dirac(), pair([1.0], [1.0]), time=-1.0)
    monkeypatch.setitem(__import__("sys").modules, "diffrax", None)
    with pytest.raises(
        ImportError, match=r'flow needs diffrax: python -m pip install "lsgan_analytic\[flow\]"'
    ):
        lsgan.flow(dirac(), pair([1.0], [1.0]), time=1.0)
