"""Borders as functions of other parameters: formulas, finite differences of borders found again, batches."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from maps import brusselator, CENTRE, dirac, FREE, Map, NOTHING, numbers, scalars
from scipy.interpolate import CubicSpline

import lsgan_analytic as lsgan


def training(step, others):
    """Rates h and ratio h; |mu|^2 = 1 - ratio h gamma + ratio h^2/4."""
    return dirac(others["strength"]), lsgan.Simultaneous((others["ratio"] * step, step))


def soft(strength, ratio):
    others = {"strength": strength, "ratio": ratio}
    return lsgan.critical_parameter(training, CENTRE, "neimark_sacker", 1.0, others, FREE)


def flip(strength, ratio):
    others = {"strength": strength, "ratio": ratio}
    return lsgan.critical_parameter(training, CENTRE, "flip", 1.1, others, FREE)


def test_the_soft_border_of_the_dirac_gan():
    """h = 4 gamma at every ratio; in reverse, forward and twice."""
    np.testing.assert_allclose(soft(0.3, 1.0), 1.2, rtol=1e-11)
    np.testing.assert_allclose(jax.grad(soft, (0, 1))(0.3, 1.5), (4, 0), atol=1e-8)
    np.testing.assert_allclose(jax.jacfwd(soft)(0.3, 1.0), 4, rtol=1e-8)
    np.testing.assert_allclose(jax.hessian(soft)(0.3, 1.0), 0, atol=1e-6)


def test_the_hard_border_of_the_dirac_gan():
    """4 - 2 r h gamma + r h^2/4 = 0, of which h, dh/dgamma and dh/dr are known; second derivatives too."""
    gamma, ratio = 0.5, 6.0

    def exact(gamma, ratio):
        return 4 * gamma - jnp.sqrt(16 * gamma**2 - 16 / ratio)

    np.testing.assert_allclose(flip(gamma, ratio), exact(gamma, ratio), rtol=1e-11)
    for derivative in (jax.grad, jax.hessian):
        found, wanted = (derivative(own, (0, 1))(gamma, ratio) for own in (flip, exact))
        np.testing.assert_allclose(found, wanted, rtol=1e-7)


def test_a_batch():
    strengths = jnp.linspace(0.1, 0.45, 5)
    values, slopes = jax.jit(jax.vmap(jax.value_and_grad(lambda g: soft(g, 1.0))))(strengths)
    np.testing.assert_allclose(values, 4 * strengths, rtol=1e-9)
    np.testing.assert_allclose(slopes, 4, rtol=1e-8)


def test_a_hopf_border():
    """The Brusselator: B = 1 + A^2, with an equilibrium that moves with A."""

    def border(a):
        return lsgan.critical_parameter(brusselator, scalars(1.0, 2.0), "hopf", 2.2, a)

    np.testing.assert_allclose(border(1.3), 1 + 1.3**2, rtol=1e-11)
    np.testing.assert_allclose(jax.grad(border)(1.3), 2.6, rtol=1e-9)


def test_a_border_that_moves_against_borders_found_again():
    """Optimistic steps, the ratio of the rates as third parameter: no formula, but differences of borders."""

    def system(step, others):
        return dirac(others[0]), lsgan.Optimistic((others[1] * step, step))

    def border(ratio):
        others = jnp.stack([0.5, ratio])
        return lsgan.critical_parameter(system, CENTRE, "neimark_sacker", 1.4, others, FREE, (0.1, 4.0))

    def again(ratio):
        curve = lsgan.continue_border(
            lambda p, q: system(p, (q, ratio)),
            CENTRE,
            "neimark_sacker",
            (1.4, 0.5),
            (0.3, 4.0),
            (0.4, 0.6),
            FREE,
        )
        order = np.argsort(curve.q)
        return float(CubicSpline(curve.q[order], curve.p[order])(0.5))

    value, slope = jax.value_and_grad(border)(0.8)
    np.testing.assert_allclose(value, again(0.8), rtol=1e-6)
    assert abs(slope) > 0.1
    np.testing.assert_allclose(slope, (again(0.81) - again(0.79)) / 0.02, rtol=1e-2)
    np.testing.assert_allclose(slope, (border(0.8 + 1e-4) - border(0.8 - 1e-4)) / 2e-4, rtol=1e-6)


def test_nothing_found_is_nan():
    """x + p^2 + 1 has no fold of fixed points at real p."""

    def system(p, q):
        return NOTHING, Map(
            lambda v, pq: v + jnp.stack([pq[0] ** 2 + pq[1] + v[0] ** 2, -v[1]]), jnp.stack([p, q])
        )

    found = lsgan.critical_parameter(system, numbers(0.1, 0.0), "fold", 0.3, 1.0)
    assert np.isnan(found)
    found = lsgan.critical_parameter(system, numbers(0.1, 0.0), "fold", 0.3, -1.0)
    np.testing.assert_allclose(abs(found), 1, rtol=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"system": 3.0}, "system: expected a function"),
        ({"kind": "hopf"}, "kind: expected one of"),
        ({"start": np.nan}, "start: expected a finite number"),
        ({"p_range": (2.0, 3.0)}, r"start: expected a finite number in"),
        ({"p_range": 1.0}, r"p_range: expected a pair \(low, high\), got 1.0"),
        ({"others": None}, "others: expected a number"),
        ({"free": ("x",)}, "free: expected distinct names"),
        ({"free": ("w",)}, "kind: expected two numbers that move at least"),
    ],
)
def test_bad_arguments(change, message):
    arguments = {
        "system": lambda p, q: (dirac(q), lsgan.Simultaneous(p)), "players": CENTRE,
        "kind": "neimark_sacker", "start": 1.0, "others": 0.3, "free": FREE,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        lsgan.critical_parameter(**(arguments | change))


def test_a_rule_that_changes_with_its_number():
    def system(step, strength):
        both = optax.sgd(lambda k: step / (1 + k))
        return dirac(strength), lsgan.PerPlayer(both, both)

    with pytest.raises(ValueError, match="rule: expected one whose step does not change"):
        lsgan.critical_parameter(system, CENTRE, "neimark_sacker", 1.0, 0.3, FREE)
