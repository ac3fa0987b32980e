"""Lyapunov spectra: textbook maps, exact eigenvalues, shears, stops, bad input."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan

GAME = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())


class Polynomial(lsgan.updates.AbstractRule):
    """A map of the plane that ignores the game: rows of coefficients of (1, w, b, w^2, w b, w^2 b)."""

    coefficients: jax.Array

    def init(self, players):
        return None

    def step(self, game, players, state):
        w, b = players.disc.w, players.disc.b
        there = self.coefficients @ jnp.stack([jnp.ones_like(w), w, b, w * w, w * b, w * w * b])
        return eqx.tree_at(lambda own: (own.disc.w, own.disc.b), players, (there[0], there[1])), state


def start(w, b=0.1):
    return lsgan.Players(disc=lsgan.Linear(w=w, b=b), gen=lsgan.Shift(shift=0.0))


H = 0.01
MAPS = {
    "henon": [[1, 0, 1, -1.4, 0, 0], [0, 0.3, 0, 0, 0, 0]],
    "logistic": [[0, 4, 0, -4, 0, 0], [0, 0, 0.5, 0, 0, 0]],
    "van der pol": [[0, 1, H, 0, 0, 0], [0, -H, 1 + H, 0, 0, -H]],
    "shear": [[0, 1, 0.3, 0, 0, 0], [0, 0, 1, 0, 0, 0]],
    "contraction": [[0, 0.5, 8, 0, 0, 0], [0, 0, 0.25, 0, 0, 0]],
    "growing": [[0, 2, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]],
}
STEPS = 12_000


@pytest.fixture(scope="module")
def spectra():
    """Of all maps at once: one program."""

    def one(coefficients):
        return lsgan.lyapunov(GAME, Polynomial(coefficients), start(0.1234), STEPS, free=("w", "b"))

    found = jax.vmap(one)(jnp.asarray(list(MAPS.values())))
    return {name: jax.tree.map(lambda leaf, i=i: leaf[i], found) for i, name in enumerate(MAPS)}


@pytest.mark.parametrize(
    ("name", "leading", "total"),
    [
        ("henon", 0.41922, np.log(0.3)),  # Sprott, Chaos and Time-Series Analysis (2003)
        ("logistic", np.log(2), np.log(2) + np.log(0.5)),
    ],
)
def test_chaos(spectra, name, leading, total):
    found = spectra[name]
    assert found.verdict == lsgan.Sensitivity.sensitive
    assert 0 < found.errors[0] < 0.01
    assert abs(found.exponents[0] - leading) < 4 * found.errors[0]
    np.testing.assert_allclose(found.total, total, atol=4e-3 if name == "logistic" else 1e-12)
    np.testing.assert_allclose(found.max_growth / STEPS, leading, atol=0.01)


def test_van_der_pol(spectra):
    """A limit cycle: 0 along it, and -1.0594 per unit of time across (Floquet, mu = 1)."""
    found = spectra["van der pol"]
    np.testing.assert_allclose(found.exponents / H, [0, -1.0594], atol=0.06)
    assert abs(found.exponents[0]) < 4 * found.errors[0]
    assert found.verdict == lsgan.Sensitivity.regular


def test_a_shear_grows_and_is_not_chaos(spectra):
    found = spectra["shear"]
    np.testing.assert_allclose(found.exponents, 0, atol=1e-12)
    k = STEPS
    np.testing.assert_allclose(found.growth[-1], np.arcsinh(0.3 * k / 2), rtol=1e-12)  # sigma_max exactly
    assert found.verdict == lsgan.Sensitivity.transient


def test_a_contraction_that_grows_first(spectra):
    """Exponents are the logarithms of the eigenvalues, growth that of singular values of the powers."""
    found = spectra["contraction"]
    np.testing.assert_allclose(found.exponents, np.log([0.5, 0.25]), rtol=1e-10)
    np.testing.assert_allclose(found.finite_time[-1].sum(), np.log(0.125), rtol=1e-12)
    matrix = np.array([[0.5, 8], [0, 0.25]])
    sizes = [np.log(np.linalg.norm(np.linalg.matrix_power(matrix, k), 2)) for k in (1, 2, 3, 9)]
    np.testing.assert_allclose(found.growth[jnp.array([0, 1, 2, 8])], sizes, rtol=1e-10)
    assert found.verdict == lsgan.Sensitivity.regular


def test_an_overflow_is_told(spectra):
    found = spectra["growing"]
    assert found.verdict == lsgan.Sensitivity.stopped
    assert found.steps_taken == 516  # w^2 is inf from 2^515.02 * 0.1234 on
    np.testing.assert_allclose(found.exponents, [np.log(2), 0], atol=1e-12)
    assert np.isnan(found.local[516:]).all()


def test_memory_has_exponents_too():
    """Heavy ball on the Dirac-WGAN's rotation: the moduli of the eigenvalues of the 4 x 4 map."""

    class HeavyBall(lsgan.updates.AbstractRule):
        def init(self, players):
            return jax.tree.map(jnp.zeros_like, players), jnp.asarray(0)

        def step(self, game, players, state):
            velocity, seen = state
            pull = lsgan.field(game, players)
            velocity = jax.tree.map(lambda v, f: 0.6 * v + 0.3 * f, velocity, pull)
            return jax.tree.map(lambda p, v: p + v, players, velocity), (velocity, seen + 1)

    found = lsgan.lyapunov(GAME, HeavyBall(), start(0.1), 400, free=("w", "shift"), transient=100)
    rotation = np.array([[0, -1], [1, 0]])
    matrix = np.block([[np.eye(2) + 0.3 * rotation, 0.6 * np.eye(2)], [0.3 * rotation, 0.6 * np.eye(2)]])
    wanted = np.sort(np.log(np.abs(np.linalg.eigvals(matrix))))[::-1]  # nothing of b, which is fixed
    np.testing.assert_allclose(found.exponents, wanted, atol=1e-3)


def test_the_papers_game_is_regular_in_float32():
    case, dtype = CASES["A"], jnp.float32
    parts = jax.tree.map(lambda x: x.astype(dtype), (case.game, lsgan.Simultaneous(step=0.4), case.players))
    found = lsgan.lyapunov(*parts, steps=249, free=("b", "h"))
    assert found.verdict == lsgan.Sensitivity.regular
    assert found.exponents.dtype == dtype
    assert found.total < 0
    assert "largest growth" in str(found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"steps": 100, "transient": -1}, "transient: expected an integer >= 0, got -1"),
        ({"steps": 100, "transient": 90}, "steps: expected at least batches=20 after the transient, got 10"),
        ({"steps": 100, "batches": 1}, "batches: expected an integer >= 2, got 1"),
        ({"steps": 100, "free": ("x",)}, "free: expected distinct names"),
        ({"steps": 100, "rule": 0.4}, "rule: expected an update rule"),
    ],
)
def test_bad_arguments(arguments, message):
    case, rule = CASES["A"], lsgan.Simultaneous(step=0.4)
    with pytest.raises(ValueError, match=message):
        lsgan.lyapunov(case.game, **{"rule": rule, "players": case.players, **arguments})
