"""Enclosures hold the known values, and nothing is proved where a stationary point is planted."""

import random

import flint
import mpmath
import pytest
from proof_games import (
    CASE_A,
    CASE_B,
    DIRAC,
    dirac,
    MAO,
    point,
    reference_k,
    RSEE,
    RSEE_B,
)

import lsgan_analytic as lsgan
from lsgan_analytic import proofs
from lsgan_analytic.proofs import from_text


@pytest.mark.parametrize(("A", "B"), [(3.3, -7.4), (-4.4, 3.0), (0.5, 0.1), (30.0, -5.0)])
@pytest.mark.parametrize(("i", "j"), [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)])
def test_k_and_its_derivatives(A, B, i, j):
    found = proofs.K(A, B, i, j, precision=128)
    with mpmath.workdps(40):
        expected = flint.arb(mpmath.nstr(reference_k(A, B, i, j), 36))
    assert abs(found - expected) < flint.arb("1e-30")
    wide = proofs.K((A - 0.25, A + 0.125), (B - 0.1, B + 0.2), i, j)
    assert wide.contains(found)
    narrow = proofs.K((A - 0.25e-3, A + 0.125e-3), (B - 0.1e-3, B + 0.2e-3), i, j)
    assert narrow.rad() < 2e-3 * wide.rad()


def test_case_a_has_the_known_values():
    found = proofs.enclose(RSEE, CASE_A, point(a=2.2, b=-3.0, g=1.5, h=-2.0))
    assert abs(float(found.cost) - (0.465922211468332 + 0.878246197996683)) < 2e-15
    a, b, g, h, c = map(mpmath.mpf, (2.2, -3.0, 1.5, -2.0, 0.5))
    real, fake = (-a / c, -b), (a * g, a * h + b)
    k_a, k_b = reference_k(*fake, 1, 0), reference_k(*fake, 0, 1)
    known = (
        -reference_k(*real, 1, 0) / c + g * k_a + h * k_b,
        -reference_k(*real, 0, 1) + k_b,
        a * k_a,
        a * k_b,
    )
    for x, expected in zip(found.gradient, known, strict=True):
        assert abs(float(x) - float(expected)) < 1e-15
        assert x.rad() < 1e-15
    signs = (1, 1, -1, -1)
    assert [float(x) for x in found.field] == [
        s * float(x) for s, x in zip(signs, found.gradient, strict=True)
    ]


def many_games():
    """(game, players, the box's centre) of every kind of part."""
    square, affine = lsgan.Square(g=1.5, h=-2.0), lsgan.Affine(scale=1.5, shift=-2.0)
    yield RSEE, CASE_A, {"a": 2.2, "b": -3.0, "g": 1.5, "h": -2.0, "data.rate": 0.5}
    mao = lsgan.Game(RSEE.data, RSEE.latent, lsgan.LeastSquares(fake=-0.25, real=0.75, target=0.6))
    yield (
        mao,
        lsgan.Players(lsgan.Logistic(a=1.2, b=-1.0), square),
        {"a": 1.2, "b": -1.0, "g": 1.5, "h": -2.0},
    )
    laws = lsgan.Normal(1.0, 2.0), lsgan.Normal(0.5, 0.5)
    at = {"w": 1.2, "b": -1.0, "scale": 1.5, "shift": -2.0}
    for loss in (lsgan.Minimax(smoothing=0.9), lsgan.NonSaturating(), lsgan.Wasserstein()):
        game = lsgan.Game(*laws, loss, (lsgan.R1(0.3), lsgan.InstanceNoise(0.5)))
        yield game, lsgan.Players(lsgan.Sigmoid(w=1.2, b=-1.0), affine), at
    flat = lsgan.Uniform(1.0, 2.0), lsgan.Uniform(0.5, 0.75)
    game = lsgan.Game(*flat, lsgan.LeastSquares(-1, 1, 0.5), (lsgan.GradientPenalty(0.3),))
    yield game, lsgan.Players(lsgan.Linear(w=1.2, b=-1.0), affine), at
    points = lsgan.Game(
        lsgan.PointMasses([0.0, 0.5]), lsgan.PointMasses([0.25]), lsgan.Hinge(), (lsgan.R2(0.3),)
    )
    yield points, lsgan.Players(lsgan.Linear(w=0.2, b=0.1), square), {"w": 0.2, "b": 0.1, "g": 1.5, "h": -2.0}


@pytest.mark.parametrize("half", [0.03, 0.4])
@pytest.mark.parametrize("number", range(7))
def test_boxes_hold_their_points(number, half):
    game, players, at = list(many_games())[number]
    draw = random.Random(number)
    wide = proofs.enclose(game, players, {name: (x - half, x + half) for name, x in at.items()})
    for _ in range(3):
        inside = {name: x + half * draw.uniform(-1, 1) for name, x in at.items()}
        exact = proofs.enclose(game, players, point(**inside))
        assert wide.cost.contains(exact.cost)
        for large, small in ((wide.field, exact.field), (wide.gradient, exact.gradient)):
            assert all(one.contains(other) for one, other in zip(large, small, strict=True))
        for large, small in ((wide.jacobian, exact.jacobian), (wide.hessian, exact.hessian)):
            rows = zip(large, small, strict=True)
            assert all(a.contains(b) for one, two in rows for a, b in zip(one, two, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(7))
def test_fields_are_those_of_the_library(number):
    game, players, at = list(many_games())[number]
    found = proofs.enclose(game, players, point(**{name: x for name, x in at.items() if "." not in name}))
    force = lsgan.field(game, players)
    for name, x in zip(found.names, found.field, strict=True):
        own = force.disc if hasattr(force.disc, name) else force.gen
        assert abs(float(x) - float(getattr(own, name))) < 1e-13
    slopes = lsgan.jacobian(game, players, free=found.names)
    for i, row in enumerate(found.jacobian):
        assert all(abs(float(x) - float(slopes[i, j])) < 1e-12 for j, x in enumerate(row))
    assert abs(float(found.cost) - float(game.cost(players))) < 1e-13


@pytest.mark.parametrize(("game", "players"), [(RSEE, CASE_A), (RSEE_B, CASE_B)])
def test_rsee_has_no_stationary_point(game, players):
    shown = proofs.no_stationary_point(game, players, {"b": (-8, 8), "h": (-8, 8)})
    assert shown.verdict == "proved"
    assert shown.left == ()
    assert from_text(shown.parts[0]["least"]) > 0
    everywhere = {"a": (0.01, 5), "b": (-8, 8), "g": (-3, 3), "h": (-8, 8), "data.rate": (0.1, 5)}
    assert proofs.no_stationary_point(game, players, everywhere)


def test_a_proof_by_balls_alone():
    shown = proofs.no_stationary_point(dirac(), DIRAC, {"w": (0.05, 8), "shift": (-8, 8)})
    assert shown.verdict == "proved"
    shown = proofs.no_stationary_point(RSEE, CASE_A, {"a": (2.1, 2.4), "b": (-3.2, -2.8)})
    assert shown.verdict == "proved"
    assert {part["by"] for part in shown.parts} == {"balls"}


PLANTED = {
    "Dirac": (dirac(), DIRAC, {"w": 0.0, "shift": 0.0}),
    "Dirac with R1": (dirac(lsgan.R1(0.3)), DIRAC, {"w": 0.0, "shift": 0.0}),
    "Dirac with noise": (dirac(lsgan.InstanceNoise(0.5)), DIRAC, {"w": 0.0, "shift": 0.0}),
    "constant D": (RSEE, CASE_A, {"a": 0.0, "b": 0.0, "g": 1.5, "h": 0.5}),
    "truth": (
        RSEE,
        lsgan.Players(lsgan.Logistic(1.0, 0.0), lsgan.Square(2.0, 0.0)),
        {"a": 1.0, "b": 0.0, "g": 2.0, "h": 0.0},
    ),
    "truth, Mao": (
        lsgan.Game(RSEE.data, RSEE.latent, MAO),
        lsgan.Players(lsgan.Logistic(1.0, 0.0), lsgan.Square(2.0, 0.0)),
        {"a": 1.0, "b": 0.0, "g": 2.0, "h": 0.0},
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_is_proved_where_a_stationary_point_is_planted(name):
    game, players, at = PLANTED[name]
    draw = random.Random(7)
    for _ in range(12):
        reach = 10 ** draw.uniform(-6, -0.2)
        box = {key: (x - reach * draw.random(), x + reach * draw.random()) for key, x in at.items()}
        shown = proofs.no_stationary_point(game, players, box, boxes=15)
        assert shown.verdict == "undecided"
        inside = [
            all(low <= x <= high for (low, high), x in zip(part, at.values(), strict=True))
            for part in shown.left
        ]
        assert any(inside)
