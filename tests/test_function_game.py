"""A game given as plain functions is a game everywhere that something can be said of it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan


def bilinear(x, y):
    """max over x, min over y of x . y, on pytrees: a rotation about the origin."""
    return jnp.sum(x["w"] * y)


ROTATION = lsgan.FunctionGame(bilinear)
PAIR = lsgan.Players(disc={"w": jnp.asarray([0.6, 0.0])}, gen=jnp.asarray([0.0, -0.8]))
STEP = 0.3


def test_paths_and_multipliers_of_a_rotation():
    """Simultaneous steps: |multiplier|^2 = 1 + s^2; extragradient: 1 - s^2 + s^4 (MATH 7)."""
    assert lsgan.parameter_names(PAIR) == ("w[0]", "w[1]", "gen[0]", "gen[1]")
    path = lsgan.trajectory(ROTATION, lsgan.Simultaneous(STEP), PAIR, 20)
    np.testing.assert_allclose(path.field_norm, (1 + STEP**2) ** (np.arange(21) / 2), rtol=1e-13)
    np.testing.assert_allclose(path.cost[0], 0, atol=1e-15)
    origin = jax.tree.map(jnp.zeros_like, PAIR)
    for rule, square in (
        (lsgan.Simultaneous(STEP), 1 + STEP**2),
        (lsgan.Extragradient(STEP), 1 - STEP**2 + STEP**4),
    ):
        found = lsgan.classify(ROTATION, rule, origin)
        np.testing.assert_allclose(np.abs(found.multipliers) ** 2, square, rtol=1e-12)
        assert found.kind is lsgan.Kind.centre
    assert lsgan.gradient(ROTATION, PAIR).gen.tolist() == [0.6, 0.0]


def test_flow_of_a_rotation():
    half_turn = lsgan.flow(ROTATION, PAIR, time=np.pi, points=3)
    np.testing.assert_allclose(half_turn.players.disc["w"][-1], [-0.6, 0], atol=1e-7)


def cubic(mu):
    """x' = mu x - x^3, y' = -y."""
    return lsgan.FunctionGame(lambda x, y: mu * x**2 / 2 - x**4 / 4, lambda x, y: y**2 / 2)


def at(x, y):
    return lsgan.Players(disc=jnp.asarray(x), gen=jnp.asarray(y))


def test_landscape_of_functions():
    """Roots 0 and +-1 of x - x^3; basins by outcome and by a given distance; a portrait; exponents."""
    game, rule = cubic(1.0), lsgan.Simultaneous(0.2)
    found = lsgan.stationary_points(game, at(0.5, 0.5), {"disc": (-2.0, 2.1), "gen": (-1.0, 1.2)}, starts=32)
    np.testing.assert_allclose(np.sort(found.points[:, 0]), [-1, 0, 1], atol=1e-9)
    grid = {"disc": np.array([-1.5, 0.3, 2.0]), "gen": np.array([0.5])}
    ends = lsgan.basins(game, rule, at(0.0, 0.0), grid, steps=200)
    np.testing.assert_allclose(np.ravel(ends.players.disc), [-1, 1, 1], atol=1e-9)
    assert (ends.outcome == lsgan.Outcome.point).all()
    assert np.isnan(ends.distance).all()
    near = lsgan.basins(game, rule, at(0.0, 0.0), grid, steps=200, distance=lambda own: jnp.abs(own.disc - 1))
    np.testing.assert_allclose(np.ravel(near.distance), [2, 0, 0], atol=1e-9)
    picture = lsgan.portrait(game, at(0.0, 0.0), {"disc": [0.5, 1.0], "gen": [0.0, 2.0]})
    np.testing.assert_allclose(picture.field[:, :, 0], [[0.375] * 2, [0.0] * 2], atol=1e-15)
    spectrum = lsgan.lyapunov(game, rule, at(0.9, 0.1), 400, transient=100)
    np.testing.assert_allclose(np.exp(spectrum.exponents), [0.8, 0.6], rtol=1e-6)


def test_a_branch_of_functions():
    """The origin loses stability at mu = 0, where another branch crosses."""
    branch = lsgan.continue_branch(cubic, at(0.0, 0.0), -1.0, 1.0)
    assert branch.stable[0]
    assert not branch.stable[-1]
    assert any(abs(event.parameter) < 1e-6 for event in branch.bifurcations)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lsgan.FunctionGame(3), r"objective_disc: expected a function f\(x, y\), got 3"),
        (lambda: lsgan.FunctionGame(jnp.multiply, 3), r"objective_gen: expected a function .* got 3"),
        (
            lambda: lsgan.field(lsgan.FunctionGame(lambda x, y: x["w"] * y), PAIR),
            r"objective_disc: expected a function with scalar values, got shape \(2,\)",
        ),
        (
            lambda: lsgan.trajectory(ROTATION, lsgan.Simultaneous(0.1), lsgan.Players("a", "b"), 1),
            "players: expected float32, float64 or integer values",
        ),
        (lambda: lsgan.diagnose(ROTATION, PAIR), "game: expected a Game"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
