"""Names of parameters, and games in which some are held."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import HeldGame, indices, vector


class Bumps(eqx.Module):
    """A player with an array of parameters, a static field and a name the other one has too."""

    w: jax.Array
    b: jax.Array
    width: float = eqx.field(static=True)


def test_names_in_the_order_of_the_derivatives():
    players = CASES["A"].players
    assert lsgan.parameter_names(players) == ("a", "b", "g", "h")
    np.testing.assert_array_equal(vector(players), [2.2, -3.0, 1.5, -2.0])


def test_arrays_static_fields_and_shared_names():
    bumps = Bumps(w=jnp.zeros((2, 2)), b=jnp.asarray(0.0), width=0.6)
    players = lsgan.Players(disc=lsgan.Erf(a=1.0, b=0.0), gen=bumps)  # pyright: ignore
    expected = ("a", "disc.b", "w[0, 0]", "w[0, 1]", "w[1, 0]", "w[1, 1]", "gen.b")
    assert lsgan.parameter_names(players) == expected
    assert indices(players, ("gen.b", "w[0, 1]")) == (6, 3)


@pytest.mark.parametrize("free", [("b", "q"), (), ("b", "b"), "bh"])
def test_bad_free(free):
    with pytest.raises(ValueError, match="free: expected"):
        indices(CASES["A"].players, free)


def test_held_parameters_have_no_derivative_of_any_order():
    case = CASES["A"]
    held = HeldGame(case.game, indices(case.players, ("b", "h")))
    force = vector(lsgan.field(held, case.players))
    full = vector(lsgan.field(case.game, case.players))
    np.testing.assert_array_equal(force, full * np.array([0.0, 1, 0, 1]))
    slope = lsgan.jacobian(held, case.players)
    keep = np.ix_([1, 3], [1, 3])
    np.testing.assert_allclose(slope[keep], lsgan.jacobian(case.game, case.players)[keep], rtol=1e-14)
    assert np.count_nonzero(slope) == 4
