"""What theorems are made of: spectra, text without loss, and a closed form."""

import random

import flint
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic import proofs
from lsgan_analytic.proofs._balls import cut, outward, text
from lsgan_analytic.proofs._spectrum import characteristic, outside_circle, right_of_axis


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_eigenvalues_are_counted(n):
    draw = np.random.default_rng(n)
    for _ in range(20):
        matrix = draw.normal(size=(n, n)) * draw.choice([0.4, 1.0])
        p = characteristic([[flint.arb(x) for x in row] for row in matrix.tolist()])
        assert np.allclose([float(c) for c in p], np.poly(matrix), rtol=0, atol=1e-9)
        values = np.linalg.eigvals(matrix)
        assert right_of_axis(p) == (values.real > 0).sum()
        assert outside_circle(p) == (abs(values) > 1).sum()


def test_what_may_be_on_the_border_is_not_counted():
    zero = flint.arb(0, 1e-20)
    assert right_of_axis([flint.arb(1), zero, flint.arb(1)]) is None  # +-i, perhaps
    assert outside_circle([flint.arb(1), zero, flint.arb(1)]) is None
    assert outside_circle([flint.arb(1), zero - 1]) is None  # mu = 1, perhaps
    assert outside_circle([flint.arb(1), zero + 1]) is None  # mu = -1, perhaps
    assert right_of_axis([flint.arb(1), zero, flint.arb(-1)]) == 1


def test_balls_are_written_without_loss():
    draw = random.Random(0)
    for _ in range(50):
        x = flint.arb(draw.gauss(0, 1) * 10.0 ** draw.randint(-300, 300), abs(draw.gauss(0, 1)) * 1e-30)
        again = proofs.from_text(text(x))
        assert again.mid() == x.mid()
        assert x.rad() <= again.rad()
        assert again.rad() <= x.rad() * (1 + flint.arb(2) ** -28)
        m, e, r, f = map(int, text(x).split())
        assert x.mid() == flint.arb((m, e))
        assert x.rad() == flint.arb((r, f))
        low, high = outward(x)
        assert low <= x <= high or (flint.arb(low) <= x.lower() and flint.arb(high) >= x.upper())
    assert not proofs.from_text(text(flint.arb("inf"))).is_finite()


def test_halves_share_an_end():
    first, second = cut(((0.1, 0.7), (0.0, 1.0)), [1.0, 1.0], [0.0, 0.0])
    assert first == ((0.1, 0.7), (0.0, 0.5))
    assert second == ((0.1, 0.7), (0.5, 1.0))
    assert cut(((0.0, 1.0),), [1.0], [2.0]) == ()
    neighbours = (1.0, float(np.nextafter(1.0, 2.0)))
    assert cut((neighbours,), [1.0], [0.0]) == ()


NORMAL_ERF = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.SquaredMinimax())


@pytest.mark.parametrize("a", [0.25, 1.0, 20.0])
def test_the_cost_of_normal_erf_is_an_arcsine(a):
    """E[D(X)^2] = 1/4 + asin(2 a^2/(1 + 2 a^2))/(2 pi) for X standard normal and b = 0, and so of 1 - D."""
    players = lsgan.Players(lsgan.Erf(a=a, b=0.0), lsgan.Affine(scale=1.0, shift=0.0))
    found = proofs.enclose(NORMAL_ERF, players, {"a": (a, a)}, precision=128)
    with flint.ctx.workprec(128):
        ratio = 2 * flint.arb(a) ** 2 / (1 + 2 * flint.arb(a) ** 2)
        expected = flint.arb(1) / 2 + ratio.asin() / flint.arb.pi()
        assert abs(found.cost - expected) < flint.arb("1e-34")


def test_normal_erf_has_no_stationary_point_either():
    players = lsgan.Players(lsgan.Erf(a=1.0, b=0.0), lsgan.Affine(scale=1.0, shift=0.0))
    box = {"a": (0.1, 3), "b": (-5, 5), "scale": (-2, 2), "shift": (-5, 5), "data.std": (0.1, 2)}
    shown = proofs.no_stationary_point(NORMAL_ERF, players, box)
    assert (shown.verdict, shown.parts[0]["component"]) == ("proved", "shift")
    flat = dict.fromkeys(("a", "b", "shift"), (-1, 1))  # a = b = 0 is stationary where the means agree
    assert proofs.no_stationary_point(NORMAL_ERF, players, flat, boxes=20).verdict == "undecided"


def test_float32_numbers_stand_for_themselves():
    players = lsgan.Players(
        lsgan.Erf(a=np.float32(2.2), b=np.float32(-3.0)), lsgan.Square(g=np.float32(1.5), h=np.float32(-2.0))
    )
    game = lsgan.Game(lsgan.Exponential(np.float32(0.5)), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    shown = proofs.no_stationary_point(game, players, {"b": (-8, 8), "h": (-8, 8)})
    assert shown.verdict == "proved"
    assert float.fromhex(shown.game["disc"]["a"]) == float(np.float32(2.2))
