"""Bounds from samples: never "none" where a root is planted."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan

Verdict = lsgan.Verdict
NAMES = ("w", "b", "scale", "shift")


@jax.custom_jvp
def potential(own, field):
    """A function whose slope is ``field``, whether or not there is such a function."""
    return jnp.zeros_like(own[0])


@potential.defjvp
def _slope(primals, tangents):
    return potential(*primals), jnp.sum(primals[1] * tangents[0])


class Planted(lsgan.AbstractGame):
    """A game of four parameters whose field is ``function`` of (x, numbers): one program for many games."""

    function: callable = eqx.field(static=True)
    numbers: dict

    def objectives(self, players):
        disc, gen = players.disc, players.gen
        x = jnp.stack([disc.w, disc.b, gen.scale, gen.shift])
        f = self.function(x, self.numbers)
        return potential(x[:2], f[:2]), -potential(x[2:], f[2:])


def switches(x, n):
    """f_i = envelope tanh(k_i (u_i - bend u_{i+1}^2 - lift)), u = M (x - r): zero at x = r for lift = 0."""
    u = jnp.sum(n["mix"] * (x - n["root"])[None], axis=1)
    level = u - n["bend"] * jnp.roll(u, -1) ** 2
    decay = jnp.exp(-n["decay"] * jnp.sum(jnp.square(x - n["root"])))
    return decay * jnp.tanh(n["steep"] * level ** n["power"])


def planted(root, steep=1.0, bend=0.0, decay=0.0, power=1, turn=0.0, dtype=jnp.float64):
    mix = np.eye(4) + turn * np.asarray([[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1], [0, 0, -1, 0.0]])
    numbers = {"root": np.broadcast_to(root, (4,)), "steep": np.broadcast_to(steep, (4,)), "mix": mix}
    numbers |= {"bend": bend, "decay": decay}
    arrays = {name: jnp.asarray(value, dtype) for name, value in numbers.items()}
    return Planted(switches, arrays | {"power": jnp.asarray(power)})


def players_at(point, dtype=jnp.float64):
    w, b, scale, shift = (jnp.asarray(x, dtype) for x in np.broadcast_to(point, (4,)))
    return lsgan.Players(lsgan.Linear(w, b), lsgan.Affine(scale, shift))


#: roots inside, at the border, in a corner; gentle and steep switches; flat far fields; oblique and bent
ROOTS = (0.3, -0.71234567, 1.0, -1.0, 0.999999, 1e-9)
SHAPES = (
    {},
    {"steep": 1e3},
    {"steep": 1e6},
    {"steep": 30.0, "decay": 40.0},
    {"power": 3},
    {"turn": 0.7, "steep": 100.0, "bend": 0.4},
    {"turn": -1.0, "bend": 1.5, "decay": 5.0},
    {"power": 2},
)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_planted_root_is_never_denied(n):
    """48 games in one and two dimensions, 16 in four."""
    free = NAMES[:n]
    for k, shape in enumerate(SHAPES):
        for root in ROOTS if n < 4 else (ROOTS[k % 6], ROOTS[(k + 3) % 6]):
            if n == 1 and shape.get("turn"):
                shape = shape | {"turn": 0.0}
            game, players = planted(root, **shape), players_at(root)
            box = dict.fromkeys(free, (-1.0, 1.0))
            shown = lsgan.no_stationary_point(game, players, box, boxes=1500)
            assert shown.verdict is Verdict.undecided, (shape, root, shown.reason)
            low, high = shown.unresolved[:, 0], shown.unresolved[:, 1]
            inside = np.all((low <= root + 1e-12) & (high >= root - 1e-12), axis=1)
            assert inside.any(), (shape, root)


def test_where_there_is_none_the_bound_says_so():
    for n, outside in ((1, 1.3), (2, 1.3), (4, 1.8)):
        free = NAMES[:n]
        box = dict.fromkeys(free, (-1.0, 1.0))
        shown = lsgan.no_stationary_point(planted(outside), players_at(outside), box)
        assert shown.verdict is Verdict.none_bounded
        assert 0 < np.exp(shown.log_bound) < np.tanh(2.8)


def test_a_narrow_dip_is_not_denied():
    """f = 1 - 1.1 exp(-(40 (w - r))^2): two roots 0.015 apart in a box of width 2, +1 at both ends."""

    def dip(x, n):
        return 1 - 1.1 * jnp.exp(-jnp.square(n["steep"] * (x - n["root"])))

    game = Planted(dip, {"steep": jnp.asarray(40.0), "root": jnp.full(4, 0.3)})
    shown = lsgan.no_stationary_point(game, players_at(0.0), {"w": (-1.0, 1.0)})
    assert shown.verdict is Verdict.undecided


def test_few_boxes_and_many_parameters_show_nothing():
    shown = lsgan.no_stationary_point(planted(1.3), players_at(1.3), {"w": (-1.0, 1.0)}, boxes=255)
    assert shown.verdict is Verdict.undecided
    assert "boxes=255 are fewer than the 256" in shown.reason


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32])
def test_a_textbook_game_with_a_far_switch(dtype):
    """E[1 - D(x)] = E[D(z)] at b = 0 alone; beside it the field is +1 and -1 and has no slope."""
    game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.Minimax())
    parts = lsgan.Players(lsgan.Sigmoid(1.0, 0.0), lsgan.Shift(0.0))
    game, players = jax.tree.map(lambda x: jnp.asarray(x, dtype), (game, parts))
    assert lsgan.no_stationary_point(game, players, {"b": (-100, 60)}).verdict is Verdict.undecided
    found = lsgan.stationary_points(game, players, {"b": (-100, 60)})
    assert found.verdict is Verdict.found
    np.testing.assert_allclose(found.points, [[0]], atol=1e-13 if dtype == jnp.float64 else 1e-5)


def test_what_cancels_to_rounding_is_not_a_sign():
    """dJ/db = 1 - 1 for a critic's offset: zero, whatever the weights of the rules sum to."""
    game = lsgan.Game(lsgan.Normal(), lsgan.Exponential(1.0), lsgan.Wasserstein())
    players = lsgan.Players(lsgan.Linear(0.3, 0.0), lsgan.Shift(0.0))
    assert lsgan.no_stationary_point(game, players, {"b": (-10, 6)}).verdict is Verdict.undecided


def test_a_steep_root_on_an_interval_is_found_and_a_jump_is_not_one():
    for root in (0.3, -0.7123):
        found = lsgan.stationary_points(
            planted(root, steep=1e7), players_at(0.0), {"w": (-1.0, 1.0)}, starts=8
        )
        np.testing.assert_allclose(found.points, [[root]], rtol=1e-14)
    found = lsgan.stationary_points(planted(0.3, steep=1e30), players_at(0.0), {"w": (-1.0, 1.0)}, starts=8)
    assert (len(found.points), found.verdict) == (0, Verdict.undecided)
