"""Attractors: known shares of basins, cycles beside points, labels that are kept along a parameter."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from maps import CENTRE, dirac, FREE, Map, numbers, scalars

import lsgan_analytic as lsgan


def wells(tilt, count=200):
    """x' = x - x^3 + tilt with y' = -y, from x uniform on (-2, 2): the border is the middle root."""
    game = lsgan.FunctionGame(lambda x, y: x**2 / 2 - x**4 / 4 + tilt * x + y**2 / 2)
    grid = {"disc": (np.arange(count) + 0.5) * 4 / count - 2, "gen": [-1.0, 0.5]}
    return lsgan.basins(game, lsgan.Simultaneous(0.2), scalars(0.0, 0.0), grid, 400)


def roots(tilt):
    return np.sort(np.roots([-1, 0, 1, tilt]).real)


def test_shares_along_a_parameter():
    """They are the lengths of the intervals between the middle root and the ends; one well is gone at .5."""
    before = None
    for tilt in (0.0, 0.2, 0.3):
        found = lsgan.attractors(wells(tilt), 0.3, before)
        low, middle, high = roots(tilt)
        assert found.kinds == ("point", "point")
        np.testing.assert_allclose(found.centre, [[low, 0], [high, 0]], atol=1e-6)
        np.testing.assert_allclose(found.share, [(middle + 2) / 4, (2 - middle) / 4], atol=1 / 200)
        np.testing.assert_allclose(found.standard_error, np.sqrt(np.prod(found.share) / 400))
        assert found.labels.shape == (200, 2)
        np.testing.assert_array_equal(found.labels[:, 0], found.labels[:, 1])
        assert np.isnan(found.period).all()
        before = found
    gone = lsgan.attractors(wells(0.5), 0.3, before)
    np.testing.assert_array_equal(gone.share, [0, 1])
    assert np.isnan(gone.centre[0]).all()
    assert "1.1915" in str(gone).splitlines()[1]


def test_a_cycle_beside_a_point():
    """r -> r (1 + (r^2 - 1)(4 - r^2)/40), turned by 1: 0 attracts from r < 1, r = 2 from beyond."""

    def step(v, p):
        square = jnp.sum(v * v)
        cos, sin = np.cos(1.0), np.sin(1.0)
        turned = jnp.stack([cos * v[0] - sin * v[1], sin * v[0] + cos * v[1]])
        return (1 + (square - 1) * (p - square) / 40) * turned

    axis = np.linspace(-1.5, 1.5, 20)
    grid = {"disc": axis, "gen[0]": axis}
    rule = Map(step, jnp.asarray(4.0))
    game = lsgan.FunctionGame(lambda x, y: -jnp.sum(x**2) + jnp.sum(y**2))  # the point is a root of its field
    found = lsgan.attractors(lsgan.basins(game, rule, numbers(0.0, 0.0), grid, 600), 0.1)
    order = np.argsort(found.kinds)
    assert [found.kinds[i] for i in order] == ["cycle", "point"]
    inside = np.hypot(*np.meshgrid(axis, axis)) < 1
    np.testing.assert_array_equal(found.labels == order[1], inside)
    np.testing.assert_allclose(found.size[order], [2, 0], rtol=1e-3)
    np.testing.assert_allclose(found.period[order[0]], 2 * np.pi, rtol=1e-3)
    np.testing.assert_allclose(found.centre[order], 0, atol=1e-3)


def test_what_is_no_place_and_what_is_not_finished():
    found = lsgan.basins(
        dirac(), lsgan.Simultaneous(3.0), CENTRE, {"w": [0.0, 5.0, 6.0], "shift": [0.0]}, 5, FREE
    )
    ends = lsgan.attractors(found, 0.1)
    assert ends.kinds[0] == "point"
    assert set(ends.kinds) > {"point"}
    assert np.isnan(ends.centre[1:]).all()
    half = dataclasses.replace(found, finished=np.asarray([[True], [True], [False]]))
    ends = lsgan.attractors(half, 0.1)
    assert ends.labels[2, 0] == -1
    np.testing.assert_allclose(ends.share.sum(), 1)
    none = dataclasses.replace(found, finished=np.zeros((3, 1), bool))
    with pytest.raises(ValueError, match="found: expected runs that are finished, got none"):
        lsgan.attractors(none, 0.1)
    with pytest.raises(ValueError, match="apart: expected a finite number > 0, got 0"):
        lsgan.attractors(found, 0.0)
    with pytest.raises(ValueError, match="before: expected attractors of 2 free parameters, got 3"):
        lsgan.attractors(found, 0.1, dataclasses.replace(ends, centre=np.zeros((len(ends.kinds), 3))))
    with pytest.raises(ValueError, match="before: expected Attractors or None"):
        lsgan.attractors(found, 0.1, before=found)  # pyright: ignore[reportArgumentType]
    for tool in (lsgan.attractors, lsgan.boundaries):
        with pytest.raises(ValueError, match=r"found: expected what lsgan\.basins gives"):
            tool(ends, 0.1)
