"""Certificates are checked by a program that shares nothing with the prover but Arb."""

import ast
import json
import random
from pathlib import Path

import pytest
from check_certificate import check
from proof_games import AT_ORIGIN, CASE_A, CASE_B, DIRAC, dirac, MAO, NORMAL, RSEE, RSEE_B, SIGMOID

import lsgan_analytic as lsgan
from lsgan_analytic import proofs

INFINITE = (-float("inf"), float("inf"))
STEP = lsgan.Simultaneous(step=0.4)
BOX = {"w": (-0.7, 0.8), "shift": (-0.7, 0.8)}
CLAIMS = {
    "any a > 0": lambda: proofs.no_stationary_point(
        RSEE, CASE_A, {"a": (0.01, 5), "b": (-8, 8), "g": (-3, 3), "h": (-8, 8), "data.rate": (0.1, 9)}
    ),
    "A": lambda: proofs.no_stationary_point(RSEE, CASE_A, {"b": (-8, 8), "h": (-8, 8)}),
    "B": lambda: proofs.no_stationary_point(RSEE_B, CASE_B, {"b": (-8, 8), "h": (-8, 8)}),
    "Dirac, outside": lambda: proofs.no_stationary_point(dirac(), DIRAC, {"w": (0.05, 8), "shift": (-8, 8)}),
    "Dirac": lambda: proofs.stationary_point(dirac(lsgan.R1(0.3)), DIRAC, BOX),
    "Dirac, hinge": lambda: proofs.stationary_point(dirac(loss=lsgan.Hinge()), DIRAC, BOX),
    "centre": lambda: proofs.kind(dirac(), DIRAC, AT_ORIGIN),
    "a step": lambda: proofs.kind(dirac(lsgan.R1(0.3)), DIRAC, AT_ORIGIN, lsgan.Alternating(1.2)),
    "a saddle": lambda: proofs.kind(dirac(), DIRAC, AT_ORIGIN, lsgan.Alternating(4.5)),
    "J far out": lambda: proofs.bounds(RSEE, CASE_A, {"b": INFINITE, "h": INFINITE}),
    "J on a line": lambda: proofs.bounds(RSEE, CASE_A, {"h": (-1, 2)}),
    "two steps": lambda: proofs.path(RSEE, STEP, CASE_A, steps=2, free=("b", "h")),
    "truth": lambda: proofs.truth_line(lsgan.Game(RSEE.data, RSEE.latent, MAO), g=(0.0, 3.0)),
    "truth, paper": lambda: proofs.truth_line(RSEE, g=(0.0, 3.0)),
}
SLOW = {
    "by balls": lambda: proofs.no_stationary_point(RSEE, CASE_A, {"a": (2.1, 2.3), "b": (-3.1, -2.9)}),
    "normal": lambda: proofs.stationary_point(
        NORMAL, SIGMOID, {"w": (-0.02, 0.025), "b": (-0.02, 0.025), "shift": (0.48, 0.525)}
    ),
    "normal, kind": lambda: proofs.kind(NORMAL, SIGMOID, {"w": (0, 0), "b": (0, 0), "shift": (0.5, 0.5)}),
    "extremes of A": lambda: proofs.bounds(RSEE, CASE_A, {"b": (-8, 8), "h": (-8, 8)}),
}


@pytest.mark.parametrize("name", [*CLAIMS, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_a_certificate_is_checked(tmp_path, name):
    shown = (CLAIMS | SLOW)[name]()
    assert shown.verdict == "proved"
    shown.save(tmp_path / "one.json")
    assert check(tmp_path / "one.json") is None


def forged(name, change, tmp_path):
    """What the checker says of a certificate that was changed."""
    CLAIMS[name]().save(tmp_path / "one.json")
    told = json.loads((tmp_path / "one.json").read_text())
    change(told)
    (tmp_path / "two.json").write_text(json.dumps(told))
    return check(tmp_path / "two.json")


def wider(told):
    told["box"][0] = [(-0.5).hex(), (8.0).hex()]


def fewer(told):
    told["parts"].pop(random.Random(1).randrange(len(told["parts"])))


def elsewhere(told):
    for point in told["result"]["points"]:
        point["w"] = "1 -4 1 -60"


def other_kind(told):
    told["result"] |= {"kind": "repelling", "unstable": 2}


def other_loss(told):
    told["game"]["loss"] = {"kind": "LeastSquares", "fake": "0x0p+0", "real": "0x1p+0", "target": "0x1p+0"}


def moved(told):
    point = told["result"]["points"][-1]
    m, e, r, f = map(int, point["b"].split())
    point["b"] = f"{m + (1 << 60)} {e} {r} {f}"


def sharper(told):
    m, e, r, f = map(int, told["result"]["least"]["value"].split())
    told["result"]["least"]["value"] = f"{m + (m >> 30)} {e} {r} {f}"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Dirac, outside", wider),
        ("Dirac, outside", fewer),
        ("Dirac", fewer),
        ("Dirac", elsewhere),
        ("a step", other_kind),
        ("centre", other_kind),
        ("truth, paper", other_loss),
        ("two steps", moved),
        ("J on a line", sharper),
    ],
)
def test_what_was_changed_is_found(tmp_path, name, change):
    assert forged(name, change, tmp_path) is not None


def test_an_undecided_certificate_is_no_proof(tmp_path):
    proofs.no_stationary_point(dirac(), DIRAC, BOX, boxes=10).save(tmp_path / "one.json")
    assert "does not claim a proof" in check(tmp_path / "one.json")


CHECKER = [
    f"check_{name}" for name in ("certificate", "bounds", "stationary", "game", "expectations", "duals")
]


@pytest.mark.parametrize("name", CHECKER)
def test_the_checker_imports_arb_alone(name):
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules <= {*CHECKER, "flint", "itertools", "json", "sys"}
