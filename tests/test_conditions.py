"""The determinant of a border and its derivative, against minors, at singular matrices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lsgan_analytic.bifurcations._conditions import determinant


def cofactors(matrix):
    """By definition."""
    n = len(matrix)
    return np.array(
        [
            [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(matrix, i, 0), j, 1)) for j in range(n)]
            for i in range(n)
        ]
    )


def singular(n, count=40):
    """Matrices of -1, 0 and 1, of rank n - 1 and less: with pivots that vanish anywhere."""
    rng = np.random.default_rng(n)
    while count:
        matrix = rng.integers(-1, 2, (n, n)).astype(float)
        if abs(np.linalg.det(matrix)) < 0.5:
            count -= 1
            yield matrix


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 7])
def test_derivative_at_singular_matrices(n):
    derivative = jax.jit(jax.vmap(jax.grad(determinant)))
    matrices = np.stack([*singular(n)])
    exact = np.stack([cofactors(matrix) for matrix in matrices])
    np.testing.assert_allclose(derivative(jnp.asarray(matrices)), exact, atol=1e-12 * 3.0**n)


def test_derivative_elsewhere():
    matrices = jnp.asarray(np.random.default_rng(0).normal(size=(20, 5, 5)))
    exact = jax.vmap(jax.grad(jnp.linalg.det))(matrices)
    np.testing.assert_allclose(jax.vmap(jax.grad(determinant))(matrices), exact, rtol=1e-11)
    np.testing.assert_array_equal(jax.vmap(determinant)(matrices), jnp.linalg.det(matrices))


def test_second_derivative():
    """Against that of JAX, which is right where no pivot vanishes."""
    matrix, along = (
        jnp.diag(jnp.asarray([1.0, 2.0, 4.0])),
        jnp.asarray(np.random.default_rng(1).normal(size=(3, 3))),
    )

    def at(t):
        return determinant(matrix + t * along)

    exact = jax.grad(jax.grad(lambda t: jnp.linalg.det(matrix + t * along)))(0.0)
    np.testing.assert_allclose(jax.grad(jax.grad(at))(0.0), exact, rtol=1e-11)


@pytest.mark.parametrize(
    "matrix", [np.eye(3), [[0.0, 1.0], [-1.0, 0.0]], np.zeros((2, 2)), np.diag([0.0, 0, 1])]
)
def test_second_derivative_where_singular_values_coincide(matrix):
    along = jnp.asarray(np.random.default_rng(1).normal(size=np.shape(matrix)))

    def twice(function):
        return jax.grad(jax.grad(lambda t: function(jnp.asarray(matrix) + t * along)))(0.0)

    found, exact = twice(determinant), twice(jnp.linalg.det)
    np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-13)
