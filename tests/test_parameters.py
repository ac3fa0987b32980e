"""Names of parameters, and games in which some are held."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import indices, vector
from lsgan_analytic.restriction import restrict


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
    part = restrict(case.game, case.players, ("h", "b"))  # in the order given
    full = vector(lsgan.field(case.game, case.players))
    np.testing.assert_array_equal(part.field(part.point), full[np.array([3, 1])])
    keep = np.ix_([3, 1], [3, 1])
    whole = lsgan.jacobian(case.game, case.players)[keep]
    np.testing.assert_allclose(part.jacobian(part.point), whole, rtol=1e-14)
    assert lsgan.parameter_names(part.reduce(case.players)) == ("b", "h")


def test_some_entries_of_an_array_are_free():
    """Players without the fixed entries and back; the vector is in the order of ``free``."""
    players = lsgan.Players(
        disc={"w": jnp.arange(6.0).reshape(2, 3), "b": jnp.asarray(7.0)}, gen=jnp.asarray(8.0)
    )
    assert lsgan.parameter_names(players)[:2] == ("b", "w[0, 0]")
    assert lsgan.parameter_names(players)[-1] == "gen"
    game = lsgan.FunctionGame(lambda x, y: jnp.sum(x["w"] ** 3) * y + x["b"] * y**2)
    part = restrict(game, players, ("gen", "w[1, 2]", "w[0, 1]"))
    np.testing.assert_array_equal(part.point, [8.0, 5.0, 1.0])
    assert [leaf.shape for leaf in jax.tree.leaves(part.reduce(players))] == [(2,), ()]
    moved = part.players_at(jnp.asarray([-8.0, -5.0, -1.0]))
    np.testing.assert_array_equal(moved.disc["w"], [[0, -1, 2], [3, 4, -5]])
    assert (moved.disc["b"], moved.gen) == (7, -8)
    w3 = np.sum(np.arange(6.0) ** 3)
    np.testing.assert_allclose(part.field(part.point), [-w3 - 2 * 7 * 8, 3 * 25 * 8, 3 * 8], rtol=1e-14)
    np.testing.assert_allclose(
        part.jacobian(part.point), [[-14, -75, -3], [75, 240, 0], [3, 0, 48]], rtol=1e-14
    )
