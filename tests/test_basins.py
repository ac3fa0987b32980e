"""Basins: the same ends as paths one by one, distances against quadrature, stops, interruptions."""

import dataclasses
import importlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES
from scipy import integrate

import lsgan_analytic as lsgan
from lsgan_analytic.landscape._distance import distance_to_data

PLAY = lsgan.Simultaneous(step=0.4)


class Toy(lsgan.AbstractGame):
    """A zero-sum game of w and shift."""

    payoff: callable = eqx.field(static=True)

    def objectives(self, players):
        value = self.payoff(players.disc.w, players.gen.shift)
        return value, value

    def in_domain(self, players):
        return players.disc.in_domain()


class Positive(lsgan.Linear):
    """The linear critic, said to be defined for w > 0 only."""

    def in_domain(self):
        return self.w > 0


PLAYERS = lsgan.Players(disc=Positive(w=1.0), gen=lsgan.Shift(shift=0.0))
# w' = (w - 1) (3 - w): w goes to 3 from above 1, and to 0 from below; shift goes to 0
TOY = Toy(lambda w, s: -(w**3) / 3 + 2 * w**2 - 3 * w + s**2 / 2)
GRID = {"shift": np.array([-1.0, 0.5, 2.0]), "w": np.array([0.5, 2.0, 3.0, 4.0])}


def away(players):
    return jnp.abs(players.gen.shift - 0.4)


def toy(**changes):
    arguments = {
        "players": PLAYERS, "grid": GRID, "steps": 60, "free": ("w", "shift"), "distance": away, "chunk": 5,
        "rule": lsgan.Simultaneous(step=0.1), **changes,
    }  # fmt: skip
    return lsgan.basins(TOY, **arguments)  # pyright: ignore


def test_boundaries():
    """w = 0.5 leaves through w = 0, all others end at w = 3: the border is between the first two columns."""
    found = toy(steps=200)
    np.testing.assert_array_equal(lsgan.boundaries(found, apart=0.5), [[True, True, False, False]] * 3)
    # ends that differ by less than ``apart`` are one basin, where the outcome is the same
    shift = np.array(found.centre)
    shift[2, :, 1] += 0.4
    moved = dataclasses.replace(found, centre=jnp.asarray(shift))
    assert not lsgan.boundaries(moved, apart=0.5)[:, 2:].any()
    np.testing.assert_array_equal(lsgan.boundaries(moved, apart=0.3)[:, 2:], [[False] * 2] + [[True] * 2] * 2)
    left = dataclasses.replace(found, finished=np.arange(12).reshape(3, 4) % 4 != 0)
    assert not lsgan.boundaries(left, apart=0.5).any()
    with pytest.raises(ValueError, match="apart: expected a finite number > 0, got 0"):
        lsgan.boundaries(found, apart=0.0)


def test_the_same_as_paths_one_by_one():
    case = CASES["A"]
    game = lsgan.Game(
        lsgan.PointMasses([0.1, 0.8, 2.0, 5.0]), lsgan.PointMasses([0.2, 0.6, 1.5]), lsgan.SquaredMinimax()
    )
    grid = {"h": np.array([-2.0, 3.0]), "b": np.array([-3.0, -1.0, 1.5])}
    setting = {"steps": 120, "free": ("b", "h")}
    found = lsgan.basins(
        game, PLAY, case.players, grid, **setting, distance=lambda p: jnp.abs(p.gen.h - 0.3), chunk=4
    )
    assert found.finished.all()
    assert found.settled.shape == (2, 3)

    def path(h, b):
        start = lsgan.Players(disc=lsgan.Erf(a=case.a, b=b), gen=lsgan.Square(g=case.g, h=h))
        return lsgan.trajectory(game, PLAY, start, **setting)

    h, b = (axis.ravel() for axis in np.meshgrid(*grid.values(), indexing="ij"))
    paths, found = jax.vmap(path)(h, b), dataclasses.replace(found, grid={})
    flat = jax.tree.map(lambda leaf: leaf.reshape(6, *leaf.shape[2:]), found)
    for own, wanted in zip(jax.tree.leaves(flat.players), jax.tree.leaves(paths.players), strict=True):
        np.testing.assert_allclose(own, wanted[:, -1], rtol=1e-11)
    assert (flat.outcome == paths.outcome).all()
    assert (flat.steps_taken == 120).all()
    late = np.where(paths.field_norm > 1e-2, np.arange(1, 122), 0).max(axis=1)
    np.testing.assert_array_equal(flat.settled, np.where(late > 120, -1, late))
    assert len(set(late)) > 2
    assert late.max() > 120 > late.min()
    away = np.abs(paths.players.gen.h - 0.3)
    np.testing.assert_array_equal(flat.closest_step, away.argmin(axis=1))
    np.testing.assert_allclose(flat.closest, away.min(axis=1), rtol=1e-9)
    np.testing.assert_allclose(flat.distance, away[:, -1], rtol=1e-9)


def test_cycles():
    """Past the border of R1 every start but the equilibrium ends on one circle, as paths one by one do."""
    point, rule, steps = lsgan.PointMasses([0.0]), lsgan.Simultaneous(1.25), 1999
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    centre = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0))
    grid = {"w": [-0.4, 0.0, 0.2], "shift": [0.0, 0.3]}
    free = ("w", "shift")
    found = lsgan.basins(game, rule, centre, grid, steps, free, chunk=4)
    on_cycle = np.ones((3, 2), bool)
    on_cycle[1, 0] = False
    np.testing.assert_array_equal(found.outcome == lsgan.Outcome.cycle, on_cycle)
    np.testing.assert_array_equal(found.outcome == lsgan.Outcome.point, ~on_cycle)
    np.testing.assert_array_equal(np.isnan(found.period), ~on_cycle)
    one = lsgan.Players(lsgan.Linear(w=0.2), lsgan.Shift(shift=0.3))
    np.testing.assert_allclose(
        found.period[2, 1], lsgan.trajectory(game, rule, one, steps, free).period, rtol=1e-9
    )
    exact = lsgan.cycle(game, rule, one, free=free)
    np.testing.assert_allclose(found.period[on_cycle], exact.period, rtol=1e-4)
    curve = np.stack([exact.players.disc.w, exact.players.gen.shift], axis=1)
    np.testing.assert_allclose(found.size[on_cycle], np.sqrt(np.sum(curve.var(axis=0))), rtol=1e-3)
    np.testing.assert_allclose(found.centre, 0, atol=1e-3)
    assert found.size[1, 0] == 0
    # all on the circle are one basin, though they are at different phases of it
    np.testing.assert_array_equal(lsgan.boundaries(found, apart=0.1)[0], [True, False])


def test_a_long_run_is_known_by_its_last_steps(monkeypatch):
    """A path of 2000 points of which 200 are recorded."""
    monkeypatch.setattr(importlib.import_module("lsgan_analytic.landscape._runs"), "RECORDED", 200)
    point, rule = lsgan.PointMasses([0.0]), lsgan.Simultaneous(1.25)
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    centre = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0))
    found = lsgan.basins(game, rule, centre, {"w": [0.3]}, 2000, ("w", "shift"))
    assert (found.outcome == lsgan.Outcome.cycle).all()
    np.testing.assert_allclose(found.period, 10.1005, rtol=1e-3)


def test_wasserstein_distance_of_exponentials():
    """Against the integral over ranks, on a fine grid of logits; scales of either sign."""
    logit = np.linspace(-40, 40, 100_001)
    rank, rest = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))
    mean = 0.25
    game = lsgan.Game(lsgan.Exponential(1 / mean), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    cases = [(g, h) for g in (-2.0, -0.3, 0.0, 0.25, 1.5) for h in (-3.0, -0.2, 0.0, 0.4, 4.0)]
    wanted = []
    for g, h in cases:
        gap = h - g * np.log(rest if g >= 0 else rank) + mean * np.log(rest)
        wanted.append(integrate.simpson(np.abs(gap) * rank * rest, x=logit))
    g, h = np.asarray(cases).T
    blank = lsgan.Players(disc=lsgan.Erf(a=1.0, b=0.0), gen=lsgan.Square(g=0.0, h=0.0))

    def distance(g, h):
        return distance_to_data(game)(eqx.tree_at(lambda p: (p.gen.g, p.gen.h), blank, (g, h)))

    values, slopes = jax.jit(jax.vmap(jax.value_and_grad(distance, argnums=(0, 1))))(
        jnp.asarray(g), jnp.asarray(h)
    )
    np.testing.assert_allclose(values, wanted, atol=1e-7)
    assert np.isfinite(slopes).all()


def test_wasserstein_distance_by_quantiles():
    normal = lsgan.Game(lsgan.Normal(std=2.0), lsgan.Normal(std=2.0), lsgan.Wasserstein())
    moved = eqx.tree_at(lambda p: p.gen.shift, PLAYERS, jnp.asarray(-3.0))
    np.testing.assert_allclose(jax.jit(distance_to_data(normal))(moved), 3, rtol=3e-3)
    laplace = lsgan.Game(lsgan.Laplace(scale=2.0), lsgan.Laplace(scale=2.0), lsgan.Wasserstein())
    np.testing.assert_allclose(jax.jit(distance_to_data(laplace))(moved), 3, rtol=3e-3)
    sampled = lsgan.Game(lsgan.PointMasses([0.0, 1.0]), lsgan.PointMasses([5.0, 9.0]), lsgan.Wasserstein())
    np.testing.assert_allclose(jax.jit(distance_to_data(sampled))(moved), 3.5, rtol=1e-6)


def test_stops_and_points():
    found = toy()
    assert (found.outcome == lsgan.Outcome.left_domain)[:, 0].all()
    assert (found.settled[:, 0] == -1).all()
    assert (found.steps_taken[:, 0] < 60).all()
    assert (found.outcome == lsgan.Outcome.point)[:, 1].all()
    assert found.steps_taken[0, 1] == 60
    start = GRID["shift"][:, None]
    passed = start >= 0.4  # shift falls to 0: from above it comes past 0.4
    np.testing.assert_array_equal(found.closest[:, 1:] < 0.05, np.broadcast_to(passed, (3, 3)))
    np.testing.assert_allclose(found.distance[:, 1:], 0.4, atol=0.03)
    np.testing.assert_array_equal(found.grid["w"], GRID["w"])


def test_float32():
    small = jax.tree.map(lambda x: x.astype(jnp.float32), (PLAYERS, lsgan.Simultaneous(step=0.1)))
    found = toy(players=small[0], rule=small[1])
    assert found.players.disc.w.dtype == found.closest.dtype == jnp.float32
    np.testing.assert_array_equal(found.steps_taken, toy().steps_taken)


def test_an_interruption_keeps_what_is_finished(monkeypatch):
    module = importlib.import_module("lsgan_analytic.landscape.basins")
    whole, play, calls = toy(), module._ends, []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) >= 2:
            raise KeyboardInterrupt
        return play(*arguments)

    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr(module, "_ends", interrupted)
    with pytest.warns(UserWarning, match="interrupted: 7 of 12 starts are not finished"):
        part = toy()
    monkeypatch.setattr(module, "_ends", play)
    np.testing.assert_array_equal(part.finished.ravel(), np.arange(12) < 5)
    np.testing.assert_array_equal(np.isnan(part.distance), ~part.finished)
    np.testing.assert_array_equal(part.steps_taken == -1, ~part.finished)
    assert not (part.outcome == lsgan.Outcome.moving)[~part.finished].any()
    resumed = toy(resume=part)
    assert resumed.finished.all()
    for own, wanted in zip(jax.tree.leaves(resumed), jax.tree.leaves(whole), strict=True):
        np.testing.assert_array_equal(own, wanted)
    assert toy(resume=resumed) is resumed
    with pytest.raises(ValueError, match="another setting: steps is 60 in the earlier result and 61 here"):
        toy(resume=part, steps=61)
    with pytest.raises(ValueError, match=r"another setting: players.disc.w is 1.0 in the .* and 1.5 here"):
        toy(resume=part, players=lsgan.Players(disc=Positive(w=1.5), gen=PLAYERS.gen))
    with pytest.raises(
        ValueError, match=r"another setting: distance is away in .* is 0.4 in the .* 0.5 here"
    ):
        toy(resume=part, distance=lambda players: jnp.abs(players.gen.shift - 0.5))
    monkeypatch.setattr(module, "_ends", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.warns(UserWarning, match="interrupted: 12 of 12"), pytest.raises(KeyboardInterrupt):
        toy()


def test_an_error_in_a_distance_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        toy(distance=lambda players: players.gen.shift * (1 / 0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"chunk": 0}, "chunk: expected an integer >= 1, got 0"),
        ({"grid": {"x": [0.0]}}, "grid: expected distinct names"),
        ({"grid": {"w": [[0.0]]}}, r"grid: expected a non-empty vector for 'w', got shape \(1, 1\)"),
        ({"grid": {"w": [np.nan]}}, "w: expected a finite number, got"),
        ({"free": ("x",)}, "free: expected distinct names"),
        ({"tolerance": [0.1, 0.2]}, "tolerance: expected one number > 0, got"),
        ({"rule": lsgan.Simultaneous(step=np.full(7, 0.1))}, "step: expected one size for each of 60 steps"),
        ({"tolerance": 0.0}, "tolerance: expected a finite number > 0, got 0.0"),
        ({"rule": 0.4}, "rule: expected an update rule"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        toy(**arguments)
