"""Theorems: enclosures hold the known values, and nothing is proved where a stationary point is planted."""

import random
import subprocess
import sys

import flint
import mpmath
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic import proofs
from lsgan_analytic.proofs import from_text

RSEE = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
CASE_A = lsgan.Players(lsgan.Erf(a=2.2, b=-3.0), lsgan.Square(g=1.5, h=-2.0))
RSEE_B = lsgan.Game(lsgan.Exponential(rate=4.04), lsgan.Rayleigh(), lsgan.SquaredMinimax())
CASE_B = lsgan.Players(lsgan.Erf(a=1.21, b=-1.0), lsgan.Square(g=0.35, h=-4.0))
MAO = lsgan.LeastSquares(fake=0, real=1, target=1)
ORIGIN = lsgan.PointMasses([0.0])
DIRAC = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0))
AT_ORIGIN = {"w": (0.0, 0.0), "shift": (0.0, 0.0)}


def dirac(*parts, loss=None):
    """The Dirac-GAN."""
    return lsgan.Game(ORIGIN, ORIGIN, loss or lsgan.Minimax(), parts)


def point(**at):
    """A box that is one point."""
    return {name.replace("__", "."): (x, x) for name, x in at.items()}


def reference_k(A, B, i=0, j=0):
    """d^(i+j) K / dA^i dB^j by mpmath, 40 digits."""
    with mpmath.workdps(40):
        A, B = mpmath.mpf(A), mpmath.mpf(B)

        def integrand(s):
            u = A * s + B
            q, e = mpmath.erfc(u) / 2, mpmath.exp(-u * u) / mpmath.sqrt(mpmath.pi)
            psi = (q * q, -2 * q * e, 2 * e * e + 4 * u * q * e)[i + j]
            return s**i * mpmath.exp(-s) * psi

        turns = [(u - B) / A for u in (-6, -3, -1, 0, 1, 3, 6)]
        inside = sorted(float(t) for t in turns if 0 < t < 100)
        return mpmath.quad(integrand, [0, *inside, 100])


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


NORMAL = lsgan.Game(lsgan.Normal(0.5, 1.0), lsgan.Normal(), lsgan.Minimax(), (lsgan.R1(strength=1.0),))
SIGMOID = lsgan.Players(lsgan.Sigmoid(w=0.5, b=0.0), lsgan.Shift(shift=0.0))


def test_the_one_stationary_point_of_a_normal_game():
    box = {"w": (-0.15, 0.1), "b": (-0.1, 0.12), "shift": (0.4, 0.65)}
    shown = proofs.stationary_point(NORMAL, SIGMOID, box)
    assert shown.verdict == "proved"
    found = proofs.point_of(shown)
    for name, expected in (("w", 0.0), ("b", 0.0), ("shift", 0.5)):
        low, high = found[name]
        assert low <= expected <= high
        assert high - low < 1e-14
    kind = proofs.kind(NORMAL, SIGMOID, found)
    assert kind.result["kind"] == "attracting"


@pytest.mark.parametrize(
    "box",
    [{"w": (0, 1), "shift": (-1, 1)}, {"w": (0.2, 1), "shift": (-1, 1)}],
    ids=["on the edge", "outside"],
)
def test_what_is_not_inside_is_not_counted(box):
    shown = proofs.stationary_point(dirac(lsgan.R1(0.3)), DIRAC, box, boxes=200)
    assert shown.verdict == "undecided"


def test_a_line_of_stationary_points_is_undecided():
    game = dirac(loss=lsgan.LeastSquares(-1, 1, 0))
    shown = proofs.stationary_point(game, DIRAC, {"w": (-0.5, 0.6), "shift": (-0.5, 0.6)}, boxes=60)
    assert shown.verdict == "undecided"
    assert shown.left
    with pytest.raises(ValueError, match="expected a proved stationary_point"):
        proofs.point_of(shown)


@pytest.mark.parametrize("loss", [lsgan.Minimax(), lsgan.NonSaturating(), lsgan.Wasserstein(), lsgan.Hinge()])
def test_the_dirac_equilibrium(loss):
    box = {"w": (-0.7, 0.8), "shift": (-0.7, 0.8)}
    assert proofs.stationary_point(dirac(loss=loss), DIRAC, box)
    assert proofs.kind(dirac(loss=loss), DIRAC, AT_ORIGIN).result["kind"] == "centre"
    damped = dirac(lsgan.R1(0.3), loss=loss)
    assert proofs.stationary_point(damped, DIRAC, box)
    assert proofs.kind(damped, DIRAC, AT_ORIGIN).result["kind"] == "attracting"


@pytest.mark.parametrize(
    ("parts", "rule", "kind"),
    [
        ((), lsgan.Simultaneous(0.01), "repelling"),  # |mu|^2 = 1 + h^2/4
        ((), lsgan.Alternating(1.0), "undecided"),  # on the circle
        ((), lsgan.Alternating(4.5), "saddle"),  # alpha > 2
        ((lsgan.R1(0.3),), lsgan.Simultaneous(1.1999), "attracting"),  # h < 2 (0.15)/(1/4) = 1.2
        ((lsgan.R1(0.3),), lsgan.Simultaneous(1.2001), "repelling"),
        ((lsgan.R1(0.3),), lsgan.Alternating(1.2), "attracting"),
        ((lsgan.InstanceNoise(0.7),), lsgan.Simultaneous(0.97), "attracting"),  # h < 2 (.49/4)/(1/4) = .98
        ((lsgan.InstanceNoise(0.7),), lsgan.Simultaneous(0.99), "repelling"),
    ],
)
def test_one_step_at_the_dirac_equilibrium(parts, rule, kind):
    shown = proofs.kind(dirac(*parts), DIRAC, AT_ORIGIN, rule)
    assert shown.result["kind"] == kind
    assert shown.verdict == ("undecided" if kind == "undecided" else "proved")


def reference_cost(b, h):
    """J of Case A by mpmath."""
    a, g, c = mpmath.mpf(2.2), mpmath.mpf(1.5), mpmath.mpf(0.5)
    return reference_k(-a / c, -b) + reference_k(a * g, a * h + b)


def test_the_extremes_of_case_a():
    shown = proofs.bounds(RSEE, CASE_A, {"b": (-8, 8), "h": (-8, 8)})
    assert shown.verdict == "proved"
    least, greatest = (from_text(shown.result[name]["value"]) for name in ("least", "greatest"))
    assert 2 * least.rad() < 1e-12
    assert abs(float(least) - float(reference_cost(-8, 8))) < 1e-12
    top = max((float(reference_cost(x, -8)), x) for x in (1.752, 1.7529, 1.753, 1.754))
    assert top[0] <= float(greatest) + 1e-12
    b = float.fromhex(shown.result["greatest"]["at"][0])
    assert abs(float(reference_cost(b, -8)) - float(greatest)) < 1e-12


def test_j_far_out():
    everywhere = {name: (-float("inf"), float("inf")) for name in ("b", "h")}
    shown = proofs.bounds(RSEE, CASE_A, everywhere)
    assert shown.verdict == "proved"
    assert from_text(shown.result["least"]["value"]).contains(0)
    assert from_text(shown.result["greatest"]["value"]).contains(2)
    with pytest.raises(ValueError, match="expected finite ends"):
        proofs.bounds(dirac(), DIRAC, {"w": (-float("inf"), 0)})


def test_bounds_that_are_not_reached_say_so():
    shown = proofs.bounds(RSEE, CASE_A, {"a": (1, 3), "b": (-4, 4)}, boxes=10)
    assert shown.verdict == "undecided"
    least, greatest = (from_text(shown.result[name]["value"]) for name in ("least", "greatest"))
    inside = proofs.enclose(RSEE, CASE_A, point(a=1.5, b=1.0)).cost
    assert not inside < least
    assert not inside > greatest


def test_the_first_steps():
    shown = proofs.path(RSEE, lsgan.Simultaneous(0.4), CASE_A, steps=3)
    assert shown.verdict == "proved"
    x = dict(zip("abgh", (2.2, -3.0, 1.5, -2.0), strict=True))
    for known in shown.result["points"]:
        for name, value in x.items():
            assert abs(float(from_text(known[name])) - value) < 1e-13
        force = proofs.enclose(RSEE, CASE_A, point(**x)).field
        x = {name: value + 0.4 * float(f) for (name, value), f in zip(x.items(), force, strict=True)}


@pytest.mark.slow
def test_all_steps_of_case_a():
    shown = proofs.path(RSEE, lsgan.Simultaneous(0.4), CASE_A, steps=249)
    assert shown.verdict == "proved"
    for name, expected in zip("abgh", (4.34074, 1.35151, 3.21956, 0.86069), strict=True):
        assert abs(float(from_text(shown.result["points"][-1][name])) - expected) < 1e-5


@pytest.mark.parametrize(("loss", "kind"), [(lsgan.SquaredMinimax(), "repelling"), (MAO, "attracting")])
@pytest.mark.parametrize("rate", [0.3, 1.0])
def test_the_truth_line(loss, kind, rate):
    game = lsgan.Game(lsgan.Exponential(rate=rate), lsgan.Rayleigh(), loss)
    shown = proofs.truth_line(game, g=(-3.0, 5.0))
    assert (shown.verdict, shown.result["kind"]) == ("proved", kind)


def test_a_certificate_is_saved_whole(tmp_path):
    box = {"w": (-0.7, 0.8), "shift": (-0.7, 0.8)}
    shown = proofs.stationary_point(dirac(lsgan.R1(0.3)), DIRAC, box)
    shown.save(tmp_path / "one.json")
    assert proofs.Certificate.load(tmp_path / "one.json") == shown


def test_where_the_game_is_not_defined_nothing_is_proved():
    players = lsgan.Players(lsgan.Logistic(a=1.0, b=0.5), lsgan.Square(g=1.0, h=0.0))
    box = {"a": (-0.5, 1.0), "b": (0.1, 0.5), "h": (-1.0, 1.0)}
    shown = proofs.no_stationary_point(RSEE, players, box, boxes=40)
    assert shown.verdict == "undecided"
    assert all(part["box"][0][0] > 0 for part in shown.parts)
    assert proofs.bounds(RSEE, players, {"a": (-0.5, 1.0)}, boxes=5).verdict == "undecided"
    assert (
        proofs.stationary_point(RSEE, players, {"a": (-0.5, 1.0), "b": (0.1, 0.5)}, boxes=5).verdict
        == "undecided"
    )
    assert proofs.kind(RSEE, players, {"a": (-0.5, 1.0), "b": (0.1, 0.5)}).verdict == "undecided"
    below = lsgan.Players(
        lsgan.Linear(w=1.0), lsgan.Shift(shift=-0.5)
    )  # max(0, 1 + w shift): a kink at w = 2
    assert proofs.no_stationary_point(dirac(loss=lsgan.Hinge()), below, {"w": (1, 1.9)})
    assert not proofs.no_stationary_point(dirac(loss=lsgan.Hinge()), below, {"w": (1, 3)}, boxes=9)


def test_bad_input():
    with pytest.raises(ValueError, match=r"disc: proofs know Erf, .* got Quadratic"):
        proofs.kind(RSEE, lsgan.Players(lsgan.Quadratic(w=1.0), CASE_A.gen), {"g": (0, 1)})
    with pytest.raises(ValueError, match="box: expected names out of"):
        proofs.no_stationary_point(RSEE, CASE_A, {"z": (0, 1)})
    with pytest.raises(ValueError, match="box: expected finite low <= high for 'b'"):
        proofs.no_stationary_point(RSEE, CASE_A, {"b": (1, 0)})
    with pytest.raises(ValueError, match="box: expected at least one parameter of the players"):
        proofs.no_stationary_point(RSEE, CASE_A, {"data.rate": (0.1, 1)})
    with pytest.raises(ValueError, match=r"box: expected positive numbers for 'data.rate'"):
        proofs.no_stationary_point(RSEE, CASE_A, {"b": (0, 1), "data.rate": (0, 1)})
    with pytest.raises(ValueError, match="free: expected names out of"):
        proofs.path(RSEE, lsgan.Simultaneous(0.1), CASE_A, 1, free=("z",))
    with pytest.raises(ValueError, match="rule: proofs know Simultaneous and Alternating"):
        proofs.kind(RSEE, CASE_A, {"b": (0, 1)}, lsgan.Extragradient(0.1))
    with pytest.raises(ValueError, match="Erf under losses on D"):
        proofs.kind(lsgan.Game(RSEE.data, RSEE.latent, lsgan.Minimax()), CASE_A, {"b": (0, 1)})


def test_the_library_needs_no_flint():
    code = (
        "import sys; sys.modules['flint'] = None\n"
        "import lsgan_analytic as lsgan\n"
        "try: lsgan.proofs\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "lsgan.proofs needs python-flint: pip install 'lsgan_analytic[proofs]'\n"
