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
from lsgan_analytic.drift import displacement
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
}


@pytest.fixture(scope="module")
def one_step_errors():
    """Distance after one step from the flow without and with drift, for halving step sizes."""
    start = pair([0.7], [-0.4])

    def error(make, corrected, h):
        rule = make((h, 0.7 * h))
        there, _ = rule.step(CURVED, start, None)

        def along(y):
            own = jax.tree.unflatten(jax.tree.structure(start), [y[:1], y[1:]])
            first = vector(displacement(CURVED, rule, own))
            return first + vector(lsgan.drift(CURVED, rule, own)) if corrected else first

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
            name: jnp.stack([error(make, False, h), error(make, True, h)]) for name, make in DRIFTING.items()
        }

    return jax.jit(jax.vmap(errors))(jnp.asarray([4e-3, 2e-3, 1e-3]))


@pytest.mark.parametrize("name", DRIFTING)
def test_drift_raises_the_order_from_two_to_three(name, one_step_errors):
    slopes = -np.diff(np.log2(one_step_errors[name]), axis=0)
    np.testing.assert_allclose(slopes, [[2, 3]] * 2, atol=0.1)


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
        lsgan.path_distance(path, lsgan.flow(game, start, 30, 31, rule=rule, corrected=corrected))[-1]
        for corrected in (False, True)
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
        ({"rule": lsgan.Lola(0.1)}, "rule: expected Simultaneous or Alternating"),
        ({"rule": lsgan.Simultaneous(np.ones(3))}, "rule: expected constant step sizes"),
    ],
)
def test_bad_input(more, message):
    with pytest.raises(ValueError, match=message):
        lsgan.flow(dirac(), pair([1.0], [1.0]), **({"time": 1.0} | more))


def test_without_diffrax(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "diffrax", None)
    with pytest.raises(ImportError, match=r"flow needs diffrax: pip install 'lsgan_analytic\[flow\]'"):
        lsgan.flow(dirac(), pair([1.0], [1.0]), time=1.0)
