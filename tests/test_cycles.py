"""Cycles: known periods, circles and multipliers; runs that end on none."""

import jax.numpy as jnp
import numpy as np
import pytest
from maps import (
    brusselator,
    CENTRE,
    delayed_logistic,
    dirac,
    FREE,
    henon,
    numbers,
    POINT,
    scalars,
    system,
    van_der_pol,
)

import lsgan_analytic as lsgan

NEAR = lsgan.Players(disc=lsgan.Linear(w=0.1), gen=lsgan.Shift(shift=0.1))


def cycle_of(function, parameter, *start, **options):
    return lsgan.cycle(*system(function)(parameter), numbers(*start), **options)


def turn(growth):
    """v -> growth R(1) v."""
    cos, sin = np.cos(1.0), np.sin(1.0)
    return lambda v, p: growth * jnp.stack([cos * v[0] - sin * v[1], sin * v[0] + cos * v[1]])


def test_the_two_cycle_of_henon():
    """x = (1 - b +- r)/2, r^2 = 4 a - 3 (1 - b)^2; multipliers of the product of both Jacobians."""
    a, b = 0.5, 0.3
    found = cycle_of(henon, a, 0.1, 0.1)
    r = np.sqrt(4 * a - 3 * (1 - b) ** 2)
    x = (1 - b + np.array([r, -r])) / 2
    np.testing.assert_allclose(np.sort(found.players.disc), np.sort(x), rtol=1e-12)
    product = np.array([[-2 * x[0], b], [1, 0]]) @ np.array([[-2 * x[1], b], [1, 0]])
    exact = np.linalg.eigvals(product)
    assert (found.kind, found.period) == ("periodic_orbit", 2.0)
    np.testing.assert_allclose(np.sort_complex(found.multipliers), np.sort_complex(exact), rtol=1e-9)
    np.testing.assert_allclose(found.amplitude, r / 2, rtol=1e-12)
    np.testing.assert_allclose(found.radius, r / np.sqrt(2), rtol=1e-12)


def test_a_circle_known_in_closed_form():
    """r -> r + r (p - r^2), angle + 1 - r^2/2: r = sqrt p, multiplier 1 - 2 p, seen through a linear map."""
    p, mix = 0.04, np.array([[1.0, 0.4], [-0.3, 0.8]])

    def step(v, p):
        u = jnp.matmul(jnp.asarray(np.linalg.inv(mix)), v)
        square = jnp.sum(u * u)
        angle = 1 - square / 2
        cos, sin = jnp.cos(angle), jnp.sin(angle)
        turned = jnp.stack([cos * u[0] - sin * u[1], sin * u[0] + cos * u[1]])
        return jnp.matmul(jnp.asarray(mix), (1 + p - square) * turned)

    found = cycle_of(step, p, 0.3, 0.0, steps=1000)
    assert found.kind == "invariant_circle"
    np.testing.assert_allclose(found.angle, 1 - p / 2, rtol=1e-10)
    np.testing.assert_allclose(found.multipliers, [1, 1 - 2 * p], rtol=1e-8)
    np.testing.assert_allclose(found.amplitude, np.sqrt(p) * np.linalg.norm(mix, axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.radius, np.sqrt(p) * np.linalg.norm(mix, 2), rtol=1e-5)


def test_normal_form_and_circle_agree_past_the_border():
    """Delayed logistic, r = 2.01: the radius to the next order, the multiplier 1 - 2 speed dr."""
    form = lsgan.normal_form(system(delayed_logistic), numbers(0.5, 0.5), 2.0)
    found = cycle_of(delayed_logistic, 2.01, 0.4, 0.4)
    np.testing.assert_allclose(found.radius, form.amplitude(2.01), rtol=0.03)
    np.testing.assert_allclose(found.multipliers[1], 1 - 2 * form.speed * 0.01, atol=1e-3)
    locked = cycle_of(delayed_logistic, 2.2, 0.4, 0.4)
    assert (locked.kind, locked.period) == ("periodic_orbit", 7.0)


def test_van_der_pol_at_one():
    """Period 6.66328686 and amplitude 2.00862 of x (published to so many digits); multiplier .00086."""

    def damped(x, y):
        return x * y - (1 - x**2) * y**2 / 2

    found = lsgan.cycle(lsgan.FunctionGame(lambda x, y: x * y, damped), None, scalars(0.1, 0.0))
    assert found.kind == "periodic_orbit"
    np.testing.assert_allclose(found.period, 6.66328686, rtol=1e-8)
    np.testing.assert_allclose(found.amplitude[0], 2.00862, rtol=1e-5)
    np.testing.assert_allclose(found.multipliers[0], 1, atol=1e-8)
    # Liouville: the product is exp of the integral of the divergence 1 - x^2
    x = np.asarray(found.players.disc)
    np.testing.assert_allclose(found.multipliers[1], np.exp(found.period * np.mean(1 - x**2)), rtol=1e-6)


def test_a_flow_past_its_hopf_point():
    form = lsgan.normal_form(van_der_pol, scalars(0.0, 0.0), 0.0)
    found = lsgan.cycle(van_der_pol(0.01), None, scalars(0.1, 0.0), steps=600)
    np.testing.assert_allclose(found.radius, form.amplitude(0.01), rtol=0.01)
    np.testing.assert_allclose(found.period, form.period, rtol=1e-4)


def test_the_dirac_gan_past_its_step():
    """The circle of the simulated run, as large as the normal form says."""
    game = dirac(loss=lsgan.NonSaturating())
    rule = lsgan.Simultaneous(1.2 * 1.02)
    found = lsgan.cycle(game, rule, NEAR, free=FREE)
    form = lsgan.normal_form(lambda h: (game, lsgan.Simultaneous(h)), CENTRE, 1.2, free=FREE)
    np.testing.assert_allclose(found.radius, form.amplitude(1.2 * 1.02), rtol=2e-3)
    np.testing.assert_allclose(found.period, form.period, rtol=0.03)
    np.testing.assert_allclose(found.multipliers[0], 1, atol=1e-8)
    path = lsgan.trajectory(game, rule, NEAR, steps=6000, free=FREE)
    seen = np.hypot(path.players.disc.w, path.players.gen.shift)[-1000:].max()
    np.testing.assert_allclose(found.radius, seen, rtol=1e-3)


def test_neutral_circles():
    """Alternating steps of the bilinear game and its flow keep every closed curve: multipliers 1, 1."""
    game = lsgan.Game(POINT, POINT, lsgan.Wasserstein())
    found = lsgan.cycle(game, lsgan.Alternating(0.5), NEAR, free=FREE, steps=100)
    np.testing.assert_allclose(np.cos(found.angle), 1 - 0.5**2 / 2, rtol=1e-10)
    np.testing.assert_allclose(found.multipliers, 1, atol=1e-8)


def test_single_precision():
    found = lsgan.cycle(*system(henon)(0.5), numbers(0.1, 0.1, dtype=jnp.float32))
    assert (found.kind, found.period) == ("periodic_orbit", 2.0)
    assert found.players.disc.dtype == jnp.float32


REFUSED = {
    "point": ((henon, 0.3, 0.1, 0.1), "converges to a point"),
    "chaos": ((henon, 1.4, 0.1, 0.1), "found none next to its end"),
    "overflow": ((henon, 3.0, 0.1, 0.1), "overflowed and was stopped"),
    "inwards": ((turn(0.9999), 0.0, 0.4, 0.4), "found none next to its end"),
    "outwards": ((turn(1.0001), 0.0, 0.4, 0.4), "found none next to its end"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_runs_that_end_on_no_cycle(name):
    arguments, message = REFUSED[name]
    with pytest.raises(ValueError, match="players: expected a run that ends on a cycle, .*" + message):
        cycle_of(*arguments)


def test_a_flow_that_comes_to_rest():
    with pytest.raises(ValueError, match="players: expected a run that ends on a cycle"):
        lsgan.cycle(brusselator(1.5), None, scalars(1.1, 1.5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"free": ("x",)}, "free: expected distinct names"),
        ({"rule": 3.0}, "rule: expected an update rule"),
        ({"rule": lsgan.Simultaneous(lambda k: 1 / (k + 1))}, "rule: .* whose step does not change"),
        ({"players": {}}, "players: expected lsgan.Players"),
        ({"game": 1}, "game: expected"),
    ],
)
def test_bad_arguments(change, message):
    arguments = {"game": dirac(), "rule": lsgan.Simultaneous(1.25), "players": CENTRE, "free": FREE, **change}
    with pytest.raises(ValueError, match=message):
        lsgan.cycle(**arguments)
