"""Gauss-Legendre rules against mpmath and against what they must integrate exactly."""

import mpmath as mp
import numpy as np
import pytest

from lsgan_analytic._quadrature import gauss_legendre


@pytest.mark.parametrize("n", [2, 3, 24, 48, 101])
def test_nodes_and_weights_are_right_to_the_last_bit(n):
    nodes, weights = gauss_legendre(n)
    with mp.workdps(50):
        for i in (0, n // 3, n // 2, n - 1):
            x = mp.findroot(lambda t: mp.legendre(n, t), mp.mpf(float(nodes[i])))
            slope = n * (x * mp.legendre(n, x) - mp.legendre(n - 1, x)) / (x * x - 1)
            weight = 2 / ((1 - x * x) * slope**2)
            assert abs(nodes[i] - float(x)) <= 1e-16
            assert abs(weights[i] / float(weight) - 1) <= 2.3e-16


def test_integrates_polynomials_of_degree_2n_minus_1():
    nodes, weights = gauss_legendre(6)
    for power in range(12):
        exact = 0.0 if power % 2 else 2 / (power + 1)
        assert abs(np.sum(weights * nodes**power) - exact) < 4e-16
    assert abs(np.sum(weights * nodes**12) - 2 / 13) > 1e-6  # and no further


def test_too_few_nodes_is_an_error():
    with pytest.raises(ValueError, match=r"n: .*2 nodes, got 1"):
        gauss_legendre(1)
