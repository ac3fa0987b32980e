"""Outcomes where the end is known: spirals, nodes, saddles, lines of roots, roots to rounding, plateaus."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import dirac, pair
from problems import CASES
from spirals import H, linear_game, rotated, SPIRALS

import lsgan_analytic as lsgan
from lsgan_analytic.outcome import OUTCOMES
from lsgan_analytic.restriction import Restriction
from lsgan_analytic.trajectory import play, Progress

TOLERANCE = 1e-2


def ends(game, rule, starts, steps, free):
    """The names of the outcomes of runs from ``starts``, their evidence, and where they are."""

    def one(players):
        start = Restriction(game, players, free)
        end, _ = play(lambda _: game, rule, Progress.begin(rule, start), 1, steps)
        return *end.judged(game, rule, jnp.asarray(TOLERANCE)), end.players

    outcome, evidence, players = jax.jit(lambda all_of: jax.lax.map(one, all_of, batch_size=64))(starts)
    names = np.full(outcome._value.shape, "left the list")
    for name, kind in OUTCOMES.items():
        names[np.asarray(outcome == kind)] = name
    return names, evidence, players


@pytest.mark.parametrize("shear", [0.0, 2.0])
@pytest.mark.parametrize("name", SPIRALS)
def test_linear_games(name, shear):
    """At every phase of a rotation, from 1e-12 to 1e-6 away: a growing field has not converged."""
    eigenvalues = SPIRALS[name]
    radius = max(abs(1 + H * value) for value in eigenvalues)
    phases = np.linspace(0, 2 * np.pi, 16, endpoint=False) + 0.1
    sizes = np.repeat([1e-12, 1e-8, 1e-6], len(phases))
    x, y = sizes * np.cos(np.tile(phases, 3)), sizes * np.sin(np.tile(phases, 3))
    game = linear_game(rotated(eigenvalues, 0.4, shear))
    names, evidence, _ = ends(game, lsgan.Simultaneous(H), pair(x[:, None], y[:, None]), 60, (0, 1))
    assert set(names) == {"moving" if radius > 1 else "point"}
    assert (np.asarray(evidence.field_norm) < TOLERANCE).all()
    if radius < 1:
        assert (np.asarray(evidence.growth) < 0).all()


def test_a_saddle_reached_along_its_stable_manifold_is_a_point():
    game = linear_game(np.diag([-1.0, 0.5]))
    names, _, _ = ends(game, lsgan.Simultaneous(H), pair([[1e-3], [0.2]], [[0.0], [0.0]]), 60, (0, 1))
    assert set(names) == {"point"}


def test_the_dirac_gan_from_nearby():
    """|mu|^2 = 1 + h^2/4 for simultaneous steps; extragradient contracts."""
    w = jnp.asarray([1e-4, 1e-9, 1e-13, 1e-30])
    starts = jax.vmap(lambda value: lsgan.Players(lsgan.Linear(w=value), lsgan.Shift(shift=0.0)))(w)
    for rule, expected in ((lsgan.Simultaneous(0.5), "moving"), (lsgan.Extragradient(0.5), "point")):
        names, evidence, _ = ends(dirac(), rule, starts, 60, (0, 2))
        assert set(names) == {expected}
        square = 1 + 0.25**2 if expected == "moving" else 1 - 0.25**2 + 0.25**4
        np.testing.assert_allclose(evidence.growth, 30 * np.log(square), rtol=0.05)


def test_a_line_of_roots_to_rounding():
    """Mao's game of sigmoid and square law ends on a = b = 0, g + h = 1/c, where the Jacobian is singular."""
    game = lsgan.Game(lsgan.Exponential(0.5), lsgan.Rayleigh(), lsgan.LeastSquares(fake=0, real=1, target=1))
    starts = jax.vmap(lambda t: lsgan.Players(lsgan.Sigmoid(t[0], t[1]), lsgan.Square(t[2], t[3])))(
        jnp.asarray([[-0.59, -1.32, 2.21, -0.07], [0.4, 0.2, 1.0, 0.5], [-0.2, 1.0, 1.5, -0.5]])
    )
    names, evidence, players = ends(game, lsgan.Simultaneous(0.4), starts, 3000, (0, 1, 2, 3))
    np.testing.assert_allclose(players.gen.g + players.gen.h, 2, rtol=1e-10)
    assert (np.asarray(evidence.field_norm) < 1e-13).all()
    assert set(names) == {"point"}


@pytest.mark.parametrize("name", ["A", "B"])
def test_plateaus_stay_plateaus(name):
    """From deep inside, where the field is far below rounding, and from the starts of the paper."""
    case = CASES[name]
    starts = jax.vmap(lambda b: lsgan.Players(lsgan.Erf(case.a, b), lsgan.Square(case.g, case.h)))(
        jnp.asarray([case.b, 12.0, 18.0, 30.0, 60.0])
    )
    names, evidence, _ = ends(case.game, lsgan.Simultaneous(0.4), starts, 249, (1, 3))
    assert set(names) == {"plateau"}
    assert (np.asarray(evidence.newton_distance) > 1e-3).all()


@pytest.mark.slow
def test_random_linear_games():
    """Random matrices, rules and phases: named converged if and only if the multipliers say so."""
    rng = np.random.default_rng(3)
    for make in (lsgan.Simultaneous, lsgan.Alternating, lsgan.Extragradient, lsgan.Optimistic):
        for _ in range(12):
            game, rule = linear_game(rng.normal(size=(2, 2))), make(0.2)
            start = pair(1e-4 * rng.normal(size=(16, 1)), 1e-4 * rng.normal(size=(16, 1)))
            centre = pair([0.0], [0.0])
            radius = np.abs(np.linalg.eigvals(lsgan.step_jacobian(game, rule, centre))).max()
            names, evidence, _ = ends(game, rule, start, 150, (0, 1))
            small = np.asarray(evidence.field_norm) < TOLERANCE
            if abs(radius - 1) * 150 > 0.5:
                assert set(names[small]) <= {"moving" if radius > 1 else "point"}
