"""Stationary points, their kinds, bounds, paths and the truth line: against what is known of them."""

import subprocess
import sys

import equinox as eqx
import pytest
from proof_games import AT_ORIGIN, CASE_A, DIRAC, dirac, MAO, NORMAL, point, reference_cost, RSEE, SIGMOID

import lsgan_analytic as lsgan
from lsgan_analytic import proofs
from lsgan_analytic.proofs import from_text


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
    assert done.stdout == 'lsgan.proofs needs python-flint: python -m pip install "lsgan_analytic[proofs]"\n'


@pytest.mark.parametrize("given", ["by the constructor", "by tree_at"])
def test_a_loss_with_other_integrands_is_another_game(given):
    """Its class is known, and what it integrates is not: a theorem would be about another game."""
    other = lsgan.SquaredMinimax().real
    loss = lsgan.SquaredMinimax(fake=other)
    if given == "by tree_at":
        loss = eqx.tree_at(lambda own: own.fake, lsgan.SquaredMinimax(), other)
    game = lsgan.Game(lsgan.Exponential(0.5), lsgan.Rayleigh(), loss)
    players = lsgan.Players(lsgan.Erf(2.2, -3.0), lsgan.Square(1.5, -2.0))
    with pytest.raises(ValueError, match="loss: proofs know SquaredMinimax with its own integrands"):
        lsgan.proofs.no_stationary_point(game, players, {"b": (-1, 1), "h": (-1, 1)})


def test_batches_of_players_are_refused():
    game = lsgan.Game(lsgan.Exponential(0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Erf([2.2, 1.0], [-3.0, 0.0]), lsgan.Square(1.5, -2.0))
    with pytest.raises(ValueError, match="disc: expected finite numbers, one for each parameter"):
        lsgan.proofs.bounds(game, players, {"h": (-1, 1)})
