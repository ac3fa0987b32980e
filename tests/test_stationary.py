"""Stationary points, manifolds of them, and certificates that there are none."""

import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic import special
from lsgan_analytic.solved.rsee.enclosures import cost_bounds, log_force_bounds

W, S = "w", "shift"


def pair(w=0.3, shift=0.2, dtype=jnp.float64):
    return lsgan.Players(
        disc=lsgan.Linear(w=jnp.asarray(w, dtype), b=jnp.asarray(0, dtype)),
        gen=lsgan.Shift(shift=jnp.asarray(shift, dtype)),
    )


class Nine(lsgan.AbstractGame):
    """f = (P(w) + Q(s)/2, Q(s) - P(w)/2), P = p^3 - p with p = w - 0.1, Q the same of s + 0.2: 9 roots."""

    def objectives(self, players):
        p, q = players.disc.w - 0.1, players.gen.shift + 0.2
        rising = p**4 / 4 - p**2 / 2 + 0.5 * (q**3 - q) * p
        falling = -(q**4 / 4 - q**2 / 2) + 0.5 * (p**3 - p) * q
        return rising, falling


class Circle(lsgan.AbstractGame):
    """f = (c, w c) with c = w^2 + s^2 - 1: zero on the unit circle and nowhere else."""

    def objectives(self, players):
        w, s = players.disc.w, players.gen.shift
        return w**3 / 3 + (s * s - 1) * w, -w * (w * w * s + s**3 / 3 - s)


class Double(lsgan.AbstractGame):
    """f = (w^2, -s): one root, of multiplicity two."""

    def objectives(self, players):
        return players.disc.w**3 / 3, players.gen.shift**2 / 2


class Tail(lsgan.AbstractGame):
    """f = (e^-w, -s): no root, but a field that fades as w grows."""

    def objectives(self, players):
        return -jnp.exp(-players.disc.w), players.gen.shift**2 / 2


NINE = {W: (-2.0, 2.0), S: (-2.0, 2.0)}


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32])
def test_all_nine_roots_are_found_with_their_eigenvalues(dtype):
    found = lsgan.stationary_points(Nine(), pair(dtype=dtype), NINE)
    roots = np.asarray([(p + 0.1, q - 0.2) for p in (-1, 0, 1) for q in (-1, 0, 1)])
    assert found.verdict is lsgan.Verdict.found
    assert found.points.shape == (9, 2)
    assert found.points.dtype == dtype
    assert found.players.disc.w.shape == (9,)
    eps = np.finfo(dtype).eps
    for root in roots:
        at = np.linalg.norm(found.points - root, axis=1).argmin()
        np.testing.assert_allclose(found.points[at], root, atol=20 * eps)
        a, b = 3 * (root - (0.1, -0.2)) ** 2 - 1
        exact = np.linalg.eigvals([[a, 0.5 * b], [-0.5 * a, b]])
        np.testing.assert_allclose(
            np.sort_complex(found.eigenvalues[at]), np.sort_complex(exact), rtol=1e3 * eps
        )
    assert found.unseen == 0
    assert not found.degenerate.any()
    assert not found.manifolds
    assert found.hits.sum() <= 256
    assert found.residuals.max() < 100 * eps


def test_deflation_finds_what_too_few_starts_miss():
    """Four starts end at four roots at most; with those divided out, again and again, all nine are found."""
    found = lsgan.stationary_points(Nine(), pair(), NINE, starts=4)
    roots = np.asarray([(p + 0.1, q - 0.2) for p in (-1, 0, 1) for q in (-1, 0, 1)])
    assert 0 < np.sum(found.hits > 0) <= 4
    assert found.points.shape == (9, 2)
    for root in roots:
        assert np.linalg.norm(found.points - root, axis=1).min() < 1e-14


def test_a_closed_curve_is_followed_all_the_way_round():
    found = lsgan.stationary_points(Circle(), pair(), {W: (-1.5, 1.7), S: (-1.6, 1.5)}, starts=64)
    (curve,) = found.manifolds
    assert not len(found.points)
    np.testing.assert_allclose(np.linalg.norm(curve.samples, axis=1), 1, atol=1e-12)
    angles = np.sort(np.arctan2(*curve.samples.T))
    assert np.diff(angles, append=angles[0] + 2 * np.pi).max() < 0.1
    np.testing.assert_allclose(curve.directions @ curve.point, 0, atol=1e-7)  # the tangent


def test_a_multiple_root_is_a_degenerate_point_and_not_a_curve():
    found = lsgan.stationary_points(Double(), pair(), {W: (-1.0, 1.3), S: (-1.0, 1.0)}, starts=64)
    assert not found.manifolds
    assert found.degenerate.tolist() == [True]
    np.testing.assert_allclose(found.points, 0, atol=1e-6)


def test_a_fading_field_is_no_root_and_is_bounded_away_from_zero():
    box = {W: (0.0, 60.0), S: (-1.0, 1.0)}
    found = lsgan.stationary_points(Tail(), pair(), box, starts=64)
    assert not len(found.points)
    assert not found.manifolds
    assert found.verdict is lsgan.Verdict.none_bounded
    assert found.certificate.log_bound < -60 + 1  # not above the least |f| there, e^-60, times e
    assert "not proof" in found.reason


def test_a_planted_root_makes_the_bound_fail_and_is_inside_what_is_left():
    near = {W: (0.3, 1.3), S: (0.1, 0.7)}  # the root (1.1, 0.8) is just outside
    assert lsgan.no_stationary_point(Nine(), pair(), near).verdict is lsgan.Verdict.none_bounded
    planted = lsgan.no_stationary_point(Nine(), pair(), near | {S: (0.1, 0.9)})
    assert planted.verdict is lsgan.Verdict.undecided
    low, high = planted.unresolved[:, 0], planted.unresolved[:, 1]
    assert np.any(np.all((low <= (1.1, 0.8)) & (high >= (1.1, 0.8)), axis=1))
    assert np.abs(low - (1.1, 0.8)).max() < 0.01  # and nothing else is left


def boxes_and_points():
    """60 random boxes of (a, b, g, h), 40 points inside each; a keeps its sign, the slope a g may not."""
    rng = np.random.default_rng(0)
    middle = (
        rng.uniform([0.2, -4, -2, -4], [3, 4, 2, 4], (60, 4)) * np.where(rng.random(60) < 0.5, 1, -1)[:, None]
    )
    half = rng.uniform(0, [0.15, 2, 1, 2], (60, 4)) * rng.choice([1e-6, 0.1, 1], (60, 1))
    points = middle + half * rng.uniform(-1, 1, (40, 60, 4))
    return middle - half, middle + half, points


def test_force_bounds_hold_and_are_sharp_on_small_boxes():
    case = CASES["A"]
    low, high, points = boxes_and_points()
    ends = (
        np.append(low, [[-0.1, 0, 1, 0]], 0),
        np.append(high, [[0.1, 1, 2, 1]], 0),
    )  # the last: a changes sign
    bounds = log_force_bounds(case.game, case.players, (0, 1, 2, 3), 1.0, *map(jnp.asarray, ends))
    a, b, g, h = np.moveaxis(points, -1, 0)
    log_a, log_b = special.log_abs_K_derivatives(a * g, a * h + b)
    small = (high - low).max(axis=1) < 1e-5
    assert small.sum() > 10
    for bound, log_k in zip(map(np.asarray, bounds), (log_a, log_b), strict=True):
        least = (np.log(np.abs(a)) + np.asarray(log_k)).min(axis=0)
        assert np.all(bound[:-1] <= least)
        assert np.all(np.isfinite(bound[:-1]))
        np.testing.assert_allclose(bound[:-1][small], least[small], atol=1e-3)
        assert np.isneginf(bound[-1])  # and no proof


def test_cost_bounds_hold_and_are_sharp_on_small_boxes():
    case = CASES["B"]
    low, high, points = boxes_and_points()
    least, most = cost_bounds(case.game, case.players, (0, 1, 2, 3), jnp.asarray(low), jnp.asarray(high))
    a, b, g, h = np.moveaxis(points, -1, 0)
    cost = np.asarray(special.K(-a / case.c, -b) + special.K(a * g, a * h + b))
    assert np.all(np.asarray(least) <= cost.min(axis=0))
    assert np.all(np.asarray(most) >= cost.max(axis=0))
    small = (high - low).max(axis=1) < 1e-5
    np.testing.assert_allclose(np.asarray(most - least)[small], 0, atol=1e-4)


def test_the_truth_line_of_the_logistic_game():
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    players = lsgan.Players(disc=lsgan.Logistic(a=0.7, b=-1.5), gen=lsgan.Square(g=1.9, h=1.1))
    box = {"a": (0.5, 2.0), "b": (-0.8, 1.0), "g": (0.5, 2.5), "h": (-1.5, 1.5)}
    found = lsgan.stationary_points(game, players, box, starts=24)
    assert not len(found.points)
    (line,) = found.manifolds
    np.testing.assert_allclose(line.directions, [np.asarray([0, 0, 1, -1]) / np.sqrt(2)], atol=1e-9)
    np.testing.assert_allclose(line.samples[:, :2], [[1, 0]] * len(line.samples), atol=1e-9)
    np.testing.assert_allclose(line.samples[:, 2:].sum(axis=1), 2, atol=1e-9)
    assert np.ptp(line.samples[:, 2]) > 1.9  # g from 0.5 to 2.5
    assert line.residual < 1e-12


@pytest.mark.parametrize(
    ("box", "free", "says"),
    [
        ({W: (1.0, 0.0)}, None, "low < high"),
        ({W: (0.0, np.inf)}, None, "finite"),
        ({"c": (0.0, 1.0)}, None, "distinct names"),
        ({W: (0.0, 1.0)}, (W, S), "exactly the free"),
        ({}, None, "box"),
        ({W: (0.0, 1.0, 2.0)}, None, r"\(low, high\)"),
    ],
)
def test_bad_boxes(box, free, says):
    with pytest.raises(ValueError, match=says):
        lsgan.stationary_points(Nine(), pair(), box, free)


def test_bad_counts():
    for wrong in ({"starts": 0}, {"iterations": 0}, {"boxes": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            lsgan.stationary_points(Nine(), pair(), NINE, **wrong)
    with pytest.raises(ValueError, match="safety"):
        lsgan.no_stationary_point(Nine(), pair(), NINE, safety=0.5)
