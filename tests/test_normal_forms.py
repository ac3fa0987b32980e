"""Normal forms: known coefficients and orbits."""

import jax
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

MINIMAX = dirac()


def test_henon_doubles_its_period():
    """The 2-cycle is known: x = (1 - b +- sqrt(4 a - 3 (1 - b)^2))/2, so both points are sqrt(2 da) away."""
    border = 3 * 0.7**2 / 4
    x = (-0.7 + np.sqrt(0.7**2 + 4 * border)) / 2
    form = lsgan.normal_form(system(henon), numbers(x, x), border)
    assert (form.kind, form.criticality, form.period) == ("flip", "supercritical", 2.0)
    np.testing.assert_allclose(form.amplitude(border + 0.02), np.sqrt(2 * 0.02), rtol=1e-9)
    assert np.isnan(form.amplitude(border - 0.02))
    assert form.amplitude(border) == 0
    np.testing.assert_allclose(form.amplitude([border, border + 0.08]), [0, 0.4], atol=1e-9)
    assert form.speed > 0
    assert "supercritical: coefficient" in str(form)


def test_henon_that_keeps_areas():
    """At b = -1 every fixed point with complex multipliers is a centre: there is no coefficient to see."""
    x = 0.2
    family = system(lambda v, b: henon(v, x**2 + 2 * x, b))
    form = lsgan.normal_form(family, numbers(x, x), -1.0)
    assert (form.kind, form.criticality) == ("neimark_sacker", "undecided")
    assert abs(form.coefficient) < 1e-12
    assert np.isnan(form.amplitude(-1.01))
    assert form.reason == "the coefficient is 0 to rounding"


def test_delayed_logistic():
    """Kuznetsov (2004), example 4.2: a(0) = -2 for q = (e^{i pi/3}, 1), of length sqrt 2: -1 for length 1."""
    branch = lsgan.continue_branch(system(delayed_logistic), numbers(0.3, 0.3), 1.4, 2.2)
    (event,) = branch.bifurcations
    form = event.normal_form
    assert (form.kind, form.criticality) == ("neimark_sacker", "supercritical")
    np.testing.assert_allclose(form.coefficient, -1, rtol=1e-8)
    np.testing.assert_allclose(form.period, 6, rtol=1e-9)


def test_hopf_of_van_der_pol():
    """Amplitude 2 sqrt p to leading order (averaging); l1 = -1/4 for |q| = 1."""
    (event,) = lsgan.continue_branch(van_der_pol, scalars(0.0, 0.0), -0.4, 0.5).bifurcations
    form = event.normal_form
    assert (form.kind, form.criticality) == ("hopf", "supercritical")
    np.testing.assert_allclose(form.coefficient, -0.25, rtol=1e-9)
    np.testing.assert_allclose(form.amplitude(0.01), 0.2, rtol=1e-7)
    np.testing.assert_allclose([form.period, form.speed], [2 * np.pi, 0.5], rtol=1e-9)


def test_van_der_pol_where_all_nonlinearity_is_multiplied_by_the_parameter():
    def game(p):
        return lsgan.FunctionGame(lambda x, y: x * y, lambda x, y: x * y - p * (1 - x**2) * y**2 / 2)

    form = lsgan.normal_form(game, scalars(0.0, 0.0), 0.0)
    assert (form.kind, form.criticality) == ("hopf", "undecided")


def guckenheimer_holmes(f, at):
    """Re c1 of a plane flow, their formula (3.4.11) in coordinates in which the linear part is a rotation."""
    a = np.asarray(jax.jacfwd(f)(at))
    values, columns = np.linalg.eig(a)
    q = columns[:, np.argmax(values.imag)]
    basis = np.stack([q.real, -q.imag], axis=1)  # x = 2 (u Re q - v Im q)/2
    omega = values.imag.max()

    def turned(u):
        return jnp.linalg.solve(jnp.asarray(basis), f(at + jnp.asarray(basis) @ u))

    zero = jnp.zeros(2)
    d2 = np.asarray(jax.jacfwd(jax.jacfwd(turned))(zero))
    d3 = np.asarray(jax.jacfwd(jax.jacfwd(jax.jacfwd(turned)))(zero))
    (f2, g2), (f3, g3) = d2, d3
    cubic = f3[0, 0, 0] + f3[0, 1, 1] + g3[0, 0, 1] + g3[1, 1, 1]
    square = f2[0, 1] * (f2[0, 0] + f2[1, 1]) - g2[0, 1] * (g2[0, 0] + g2[1, 1])
    square += -f2[0, 0] * g2[0, 0] + f2[1, 1] * g2[1, 1]
    # their radius is that of u: twice that of z q + z* q*
    return 4 * (cubic + square / omega) / 16 / omega


@pytest.mark.parametrize("a", [0.7, 1.0, 1.6])
def test_brusselator_against_the_formula_of_guckenheimer_and_holmes(a):
    b = 1 + a**2

    def f(v):
        x, y = v
        return jnp.stack([a - (b + 1) * x + x**2 * y, b * x - x**2 * y])

    form = lsgan.normal_form(lambda p: brusselator(p, a), scalars(a, b / a), b)
    np.testing.assert_allclose(form.coefficient, guckenheimer_holmes(f, jnp.asarray([a, b / a])), rtol=1e-10)
    assert form.criticality == "supercritical"


MIX = np.array([[1.0, 0.3, -0.2], [0.2, 0.8, 0.4], [-0.5, 0.1, 1.2]])


def pushed(inner):
    """A map seen in other coordinates, MIX (x, y + .7 x^2 + x^3, z - x y): their derivative at 0 is MIX."""
    mix, unmix = jnp.asarray(MIX), jnp.asarray(np.linalg.inv(MIX))

    def function(v, p):
        x, y, z = jnp.matmul(unmix, v)
        y = y - 0.7 * x**2 - x**3
        x, y, z = inner(jnp.stack([x, y, z + x * y]), p)
        return jnp.matmul(mix, jnp.stack([x, y + 0.7 * x**2 + x**3, z - x * y]))

    return function


def test_neimark_sacker_seen_through_bent_coordinates():
    """z -> e^{i t} z (1 + p + c |z|^2) beside a multiplier 1/2: Re c/|M q|^2, q = (1, -i, 0)/2."""
    angle, c = 1.1, -0.6 + 0.9j

    def inner(y, p):
        square = y[0] ** 2 + y[1] ** 2
        grow, turn = 1 + p + c.real * square, c.imag * square
        cos, sin = np.cos(angle), np.sin(angle)
        u, w = grow * y[0] - turn * y[1], turn * y[0] + grow * y[1]
        return jnp.stack([cos * u - sin * w, sin * u + cos * w, 0.5 * y[2] + 0.3 * y[0] * y[1]])

    form = lsgan.normal_form(system(pushed(inner)), numbers(0.0, 0.0, 0.0), 0.0)
    size = np.sum(np.abs(MIX @ np.array([0.5, -0.5j, 0])) ** 2)
    np.testing.assert_allclose(form.coefficient, c.real / size, rtol=1e-10)
    np.testing.assert_allclose([form.speed, form.period], [1, 2 * np.pi / angle], rtol=1e-10)
    circle = np.sqrt(0.01 / 0.6) * np.linalg.norm(MIX[:, :2], 2)
    np.testing.assert_allclose(form.amplitude(0.01), circle, rtol=1e-9)


@pytest.mark.parametrize(("b", "verdict"), [(0.8, "supercritical"), (-0.8, "subcritical")])
def test_flip_seen_through_bent_coordinates(b, verdict):
    """u -> -(1 + p) u + b u^3 beside multipliers 1/2 and -0.3."""

    def inner(y, p):
        u, v, w = y
        return jnp.stack([-(1 + p) * u + b * u**3, 0.5 * v + u * w, -0.3 * w])

    form = lsgan.normal_form(system(pushed(inner)), numbers(0.0, 0.0, 0.0), 0.0)
    size = np.sum(MIX[:, 0] ** 2)
    assert (form.kind, form.criticality) == ("flip", verdict)
    np.testing.assert_allclose([form.coefficient, form.speed], [b / size, 1], rtol=1e-10)
    np.testing.assert_allclose(form.amplitude(np.copysign(0.02, b)), np.sqrt(0.02 / 0.8 * size), rtol=1e-9)


@pytest.mark.parametrize("is_map", [True, False])
def test_fold(is_map):
    """w' = p - w^2 (+ w): two equilibria sqrt p away, for p > 0."""

    def game(p):
        return lsgan.FunctionGame(lambda x, y: p * x - x**3 / 3, lambda x, y: y**2 / 4)

    family = (lambda p: (game(p), lsgan.Simultaneous(1.0))) if is_map else game
    (event,) = lsgan.continue_branch(family, scalars(1.0, 0.1), 1.0, -1.0).bifurcations
    form = event.normal_form
    assert (form.kind, form.criticality) == ("fold", "subcritical")
    np.testing.assert_allclose([abs(form.coefficient), abs(form.speed)], 1, rtol=1e-9)
    np.testing.assert_allclose(form.amplitude(0.04), 0.2, rtol=1e-9)


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32])
def test_the_dirac_gan(dtype):
    """A prototype's numbers, to its digits: d = -.123, and circles of .1379, .2759, .6168."""
    game, centre = jax.tree.map(lambda x: jnp.asarray(x, dtype), (dirac(loss=lsgan.NonSaturating()), CENTRE))
    form = lsgan.normal_form(lambda h: (game, lsgan.Simultaneous(h)), centre, 1.2, free=FREE)
    assert (form.kind, form.criticality) == ("neimark_sacker", "supercritical")
    np.testing.assert_allclose(form.coefficient, -0.123, atol=5e-4)
    past = 1.2 * np.array([1.005, 1.02, 1.1])
    np.testing.assert_allclose(form.amplitude(past), [0.1379, 0.2759, 0.6168], atol=1e-4)


@pytest.mark.parametrize("angle", [2 * np.pi / 3, np.pi / 2])
def test_strong_resonances_are_flagged(angle):
    cos, sin = np.cos(angle), np.sin(angle)

    def turn(v, p):
        u, w = (1 + p) * v[0] + v[0] ** 2, (1 + p) * v[1]
        return jnp.stack([cos * u - sin * w, sin * u + cos * w])

    form = lsgan.normal_form(system(turn), numbers(0.0, 0.0), 0.0)
    assert (form.kind, form.criticality) == ("neimark_sacker", "resonant")
    assert np.isnan(form.coefficient)
    assert np.isnan(form.amplitude(0.01))
    assert "strong resonance" in form.reason
    assert form.reason in str(form)


def test_extragradient_leaves_by_a_resonance():
    """mu = 1 + i s - s^2 is i at s = 1, s = step f'(0)."""
    game = lsgan.Game(POINT, POINT, lsgan.Minimax())
    form = lsgan.normal_form(lambda h: (game, lsgan.Extragradient(h)), CENTRE, 2.0, free=FREE)
    assert (form.kind, form.criticality) == ("neimark_sacker", "resonant")


def test_a_flip_whose_terms_cancel():
    """Alternating steps of the Dirac-GAN with R1: w^T C is 0, entry against entry, and so is b."""
    branch = lsgan.continue_branch(
        lambda h: (MINIMAX, lsgan.Alternating(h)), CENTRE, 2.8, 3.1, free=FREE, max_step=0.1
    )
    form = branch.bifurcations[-1].normal_form
    assert (form.kind, form.criticality) == ("flip", "undecided")


def test_equal_pairs_are_undecided():
    def turn(v, p):
        cos, sin = jnp.cos(1.0), jnp.sin(1.0)
        a, b, c, d = (1 + p) * v - v**3
        return jnp.stack([cos * a - sin * b, sin * a + cos * b, cos * c - sin * d, sin * c + cos * d])

    form = lsgan.normal_form(system(turn), numbers(0.0, 0.0, 0.0, 0.0), 0.0)
    assert form.criticality == "undecided"
    assert "more eigenvalues" in form.reason
    branch = lsgan.continue_branch(lambda p: dirac(p), CENTRE, 0.2, 2.0, free=FREE)
    assert [event.normal_form for event in branch.bifurcations] == [None]  # node-focus
