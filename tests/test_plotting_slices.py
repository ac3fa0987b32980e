"""Paths over maps, and slices on which nothing moves."""

import jax.numpy as jnp
import numpy as np
import pytest
from matplotlib.figure import Figure

import lsgan_analytic as lsgan
from lsgan_analytic import plotting


def panel():
    return Figure().subplots()


def test_path_on_a_map_keeps_its_limits_and_marks_where_it_leaves():
    axes = plotting.value_map(panel(), [0, 1, 2], [0, 1], np.ones((3, 2)))
    before = axes.get_xlim(), axes.get_ylim()
    plotting.path(axes, [0.0, 1.0, 50.0], [0.0, 0.5, 0.5])
    assert (axes.get_xlim(), axes.get_ylim()) == before
    np.testing.assert_array_equal(axes.lines[-1].get_xydata(), [[1.0, 0.5]])
    axes = plotting.path(panel(), [0.0, 1.0], [0.0, 1.0])
    assert plotting.path(axes, [0.0, 50.0], [0.0, 1.0]).get_xlim()[1] > 50  # beside another path it is seen


@pytest.mark.parametrize(("size", "said"), [(1e-5, True), (1.0, False)])
def test_portrait_says_when_nothing_moves(size, said):
    grid = {"b": jnp.linspace(0, 1, 8), "h": jnp.linspace(0, 1, 8)}
    seen = lsgan.Portrait(grid, jnp.ones((8, 8)), size * jnp.ones((8, 8, 2)))
    axes = plotting.phase_portrait(panel(), seen)
    texts = [text.get_text() for text in axes.texts]
    assert any("nothing moves" in text and "1.4e-05" in text for text in texts) is said
