"""Covariant Lyapunov vectors: eigenvectors, the Henon map beside singular vectors, memory, bad input."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from maps import Map, NOTHING, numbers
from problems import CASES

import lsgan_analytic as lsgan


def henon(v, _):
    return jnp.stack([1 - 1.4 * v[0] ** 2 + v[1], 0.3 * v[0]])


def parallel(one, other):
    """The sines of the angles between vectors along the last axis."""
    one, other = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (np.asarray(one), np.asarray(other)))
    along = np.sum(one * other, axis=-1, keepdims=True)
    return np.linalg.norm(one - along * other, axis=-1)


def test_of_a_linear_map_they_are_the_eigenvectors():
    matrix = np.array([[0.5, 2.0, -1.0], [0.0, -0.9, 3.0], [0.0, 0.0, 1.1]]) @ np.eye(3)
    values, vectors = np.linalg.eig(matrix)
    order = np.argsort(-np.abs(values))
    rule = Map(lambda v, _: jnp.asarray(matrix) @ v, jnp.asarray(0.0))
    found = lsgan.covariant_vectors(NOTHING, rule, numbers(0.0, 0.0, 0.0), 5)
    np.testing.assert_allclose(found.exponents, np.log(np.abs(values[order])), rtol=1e-9)
    np.testing.assert_allclose(parallel(found.vectors, vectors.T[order][None]), 0, atol=1e-9)
    np.testing.assert_array_equal(found.steps, np.arange(200, 205))
    # angles between the slow eigenvectors and the plane of the others, from their normal
    slow, normal = vectors.T[order[2]], np.cross(vectors.T[order[0]], vectors.T[order[1]])
    angle = np.arcsin(abs(slow @ normal) / np.linalg.norm(normal) / np.linalg.norm(slow))
    np.testing.assert_allclose(found.angles(2), angle, rtol=1e-9)


@pytest.fixture(scope="module")
def attractor():
    """(covariant vectors, points) of 300 steps on the Henon attractor."""
    found = lsgan.covariant_vectors(
        NOTHING, Map(henon, jnp.asarray(0.0)), numbers(0.1, 0.1), 300, transient=100
    )
    return found, np.stack([found.players.disc, found.players.gen[:, 0]], axis=-1)


def jacobian(x):
    return np.array([[-2.8 * x[0], 1.0], [0.3, 0.0]])


def test_steps_carry_them_into_each_other(attractor):
    found, points = attractor
    for k in range(299):
        carried = jacobian(points[k]) @ np.asarray(found.vectors[k]).T
        assert parallel(carried.T, found.vectors[k + 1]).max() < 1e-9
        np.testing.assert_allclose(np.log(np.linalg.norm(carried, axis=0)), found.growth[k], atol=1e-9)


def test_exponents_of_the_henon_map(attractor):
    """Their sum is log .3 at every step; the largest is .419 (Sprott 2003), to the noise of 300 steps."""
    found, _ = attractor
    assert found.exponents[0] == pytest.approx(0.419, abs=0.06)
    assert float(found.exponents.sum()) == pytest.approx(np.log(0.3), abs=0.01)


def test_growing_and_decaying_directions(attractor):
    """What 30 steps from the past stretch most, and 30 steps to come shrink most."""
    found, points = attractor
    for at in (40, 157, 260):
        before, after = np.eye(2), np.eye(2)
        for j in range(at - 30, at):
            before = jacobian(points[j]) @ before
        for j in range(at, at + 30):
            after = jacobian(points[j]) @ after
        growing, decaying = np.linalg.svd(before)[0][:, 0], np.linalg.svd(after)[2][1]
        np.testing.assert_allclose(parallel(found.vectors[at], np.stack([growing, decaying])), 0, atol=1e-6)
        assert found.angles(1)[at] == pytest.approx(np.arcsin(parallel(growing, decaying)), abs=1e-6)


def test_of_a_rule_with_memory_at_an_equilibrium():
    """The eigenvectors of the step, memory included."""
    game = lsgan.FunctionGame(lambda x, y: -jnp.sum(x**2) / 2 + x @ y * 0.1 + jnp.sum(y**2) * 0.2)
    rule = lsgan.PerPlayer(*(optax.sgd(0.3, momentum=0.2),) * 2)
    players = lsgan.Players(jnp.zeros(1), jnp.zeros(1))
    matrix = np.asarray(lsgan.step_jacobian(game, rule, players))
    values, vectors = np.linalg.eig(matrix)
    order = np.argsort(-np.abs(values))
    assert np.isreal(values).all()
    assert (np.diff(np.abs(values[order])) < -1e-3).all()
    found = lsgan.covariant_vectors(game, rule, players, 3, transient=2000)
    np.testing.assert_allclose(parallel(found.vectors, vectors.T[order][None]), 0, atol=1e-8)


def test_stops_are_nan():
    rule = Map(lambda v, _: v * 1e30, jnp.asarray(0.0))
    found = lsgan.covariant_vectors(NOTHING, rule, numbers(1.0, 1.0), 5, transient=20)
    assert np.isnan(found.vectors).all()


def test_many_runs():
    case = CASES["A"]
    starts = jax.vmap(lambda h: lsgan.Players(case.players.disc, lsgan.Square(1.5, h)))(
        jnp.asarray([-2.0, -1.5])
    )

    def one(players):
        return lsgan.covariant_vectors(case.game, lsgan.Simultaneous(0.4), players, 4, ("b", "h"), 10).growth

    together = jax.vmap(one)(starts)
    alone = one(jax.tree.map(lambda x: x[1], starts))
    np.testing.assert_allclose(together[1], alone, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"transient": 0}, "transient: expected an integer >= 1, got 0"),
        ({"free": ("q",)}, "free: expected distinct names"),
    ],
)
def test_bad_arguments(arguments, message):
    case = CASES["A"]
    given = {"steps": 5, **arguments}
    with pytest.raises(ValueError, match=message):
        lsgan.covariant_vectors(case.game, lsgan.Simultaneous(0.4), case.players, **given)


def test_bad_number_of_fast_directions(attractor):
    with pytest.raises(ValueError, match="fast: expected an integer from 1 to n - 1 = 1, got 2"):
        attractor[0].angles(2)
