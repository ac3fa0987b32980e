"""Wasserstein distances between samples on the plane: against assignments, linear programs, known ones."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize

import lsgan_analytic as lsgan
from lsgan_analytic.divergences import w1, w2
from lsgan_analytic.laws import PointMasses

pytest.importorskip("ot")
RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(40, 2)), RNG.normal(size=(40, 2)) * 2 + 1
ORDERS = ((w1, 1), (w2, 2))


def distances(x, y):
    return np.linalg.norm(x[:, None] - y[None], axis=-1)


@pytest.mark.parametrize(("distance", "order"), ORDERS)
def test_equal_weights_are_an_assignment(distance, order):
    costs = distances(X, Y) ** order
    rows, columns = optimize.linear_sum_assignment(costs)
    exact = costs[rows, columns].mean() ** (1 / order)
    np.testing.assert_allclose(distance(PointMasses(X), PointMasses(Y)), exact, rtol=1e-12)


@pytest.mark.parametrize(("distance", "order"), ORDERS)
def test_any_weights_are_a_linear_program(distance, order):
    x, y, rng = X[:7], Y[:5], np.random.default_rng(order)
    p, q = rng.dirichlet(np.ones(7)), rng.dirichlet(np.ones(5))
    rows, columns = np.kron(np.eye(7), np.ones(5)), np.kron(np.ones(7), np.eye(5))
    solved = optimize.linprog(
        (distances(x, y) ** order).ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([p, q])
    )
    found = distance(PointMasses(x, p), PointMasses(y, q))
    np.testing.assert_allclose(found, solved.fun ** (1 / order), rtol=1e-9)


@pytest.mark.parametrize(("distance", "order"), ORDERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_shift_is_its_length(distance, order, dtype):
    x = jnp.asarray(X, dtype)
    found = distance(PointMasses(x), PointMasses(x + jnp.asarray([[3, -4]], dtype)))
    assert found.dtype == dtype
    np.testing.assert_allclose(found, 5, rtol=64 * np.finfo(dtype).eps)
    assert distance(PointMasses(x), PointMasses(x)) == 0


@pytest.mark.parametrize(("distance", "order"), ORDERS)
def test_points_of_a_line_are_the_distances_on_it(distance, order):
    flat = [PointMasses(np.stack([3 * x[:, 0], 4 * x[:, 0]], axis=1)) for x in (X, Y)]
    line = [PointMasses(5 * x[:, 0]) for x in (X, Y)]
    np.testing.assert_allclose(distance(*flat), distance(*line), rtol=1e-10)


@pytest.mark.parametrize(("distance", "order"), ORDERS)
def test_derivatives(distance, order):
    """In points and in weights along a direction that keeps their sum, by central differences."""
    rng = np.random.default_rng(0)
    weights, along, move = np.full(40, 1 / 40), rng.normal(size=40), rng.normal(size=(40, 2))
    along = (along - along.mean()) * 1e-3
    others = rng.dirichlet(np.ones(40))  # no partial sums agree, where there would be a kink

    def at(t):
        p = PointMasses.unchecked(
            jnp.asarray(X) + t * jnp.asarray(move), jnp.asarray(weights) + t * jnp.asarray(along)
        )
        return distance(p, PointMasses(Y, others))

    h = 1e-6
    np.testing.assert_allclose(jax.grad(at)(0.0), (at(h) - at(-h)) / (2 * h), rtol=1e-6)
    at_once = jax.vmap(at)(jnp.asarray([0.0, 0.1]))
    np.testing.assert_allclose(at_once, [at(0.0), at(0.1)], rtol=1e-13)


def test_derivative_at_coinciding_points_is_zero():
    slope = jax.grad(lambda x: w1(PointMasses.unchecked(x, jnp.full(40, 1 / 40)), PointMasses(X)))(
        jnp.asarray(X)
    )
    np.testing.assert_array_equal(slope, 0)


def test_samples_alone(monkeypatch):
    with pytest.raises(ValueError, match=r"p, q: on the plane W1 is for samples \(lsgan.PointMasses\)"):
        w1(lsgan.Product(lsgan.Normal(), lsgan.Normal()), PointMasses(X))
    with pytest.raises(ValueError, match="p, q: expected laws on one space"):
        w2(PointMasses(X), lsgan.Normal())
    monkeypatch.setitem(sys.modules, "ot.lp", None)
    with pytest.raises(
        ImportError, match=r'on the plane need POT: python -m pip install "lsgan_analytic\[transport\]"'
    ):
        w1(PointMasses(X[:3]), PointMasses(Y[:3]))


@pytest.mark.parametrize(("distance", "order"), ORDERS)
@pytest.mark.parametrize("scale", [1e-8, 1e-100, 1e100])
def test_units_do_not_matter(distance, order, scale):
    """The tolerances of the simplex are absolute."""
    at_one = distance(PointMasses(X), PointMasses(Y))
    np.testing.assert_allclose(
        distance(PointMasses(scale * X), PointMasses(scale * Y)) / scale, at_one, rtol=1e-12
    )


@pytest.mark.parametrize(("distance", "order"), ORDERS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_has_no_distance(distance, order, bad):
    equal = jnp.full(40, 1 / 40)
    assert np.isnan(distance(PointMasses.unchecked(jnp.asarray(X).at[0, 0].set(bad), equal), PointMasses(Y)))
    assert np.isnan(distance(PointMasses.unchecked(jnp.asarray(X), equal.at[0].set(bad)), PointMasses(Y)))


def test_derivative_in_a_weight_that_is_zero():
    """Mass from two near points to one that is far away."""
    x, y = (
        jnp.asarray([[5.0, 5.0], [0.0, 0.0], [1.0, 0.0]]),
        PointMasses([[0.0, 1.0], [1.0, 1.0]], [0.3, 0.7]),
    )
    weights, along = jnp.asarray([0.0, 0.5, 0.5]), jnp.asarray([1.0, -0.5, -0.5])

    def at(t):
        return w1(PointMasses.unchecked(x, weights + t * along), y)

    np.testing.assert_allclose(jax.grad(at)(0.0), (at(1e-6) - at(0.0)) / 1e-6, rtol=1e-6)
