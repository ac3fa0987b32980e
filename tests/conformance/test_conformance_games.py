"""Every law, generator, discriminator, loss and regulariser with every other, in pairs; and every rule.

The full product has 10^7 games. Here every *pair* of parts of two different slots plays in at least one game
(covering designs): of laws, generator, discriminator, loss and regulariser, on the line and on the plane;
and of rule, discriminator, loss and regulariser, in games that take two steps. Parts that do not fit together
(``fits``) must be refused by name. A sample runs always, all of it under ``-m slow``.
"""

import itertools

import conformance_parts as parts
import jax
import pytest
from covering import Choice, covering, Row
from game_checks import build, faults, looked_at, not_finite, stepped
from refusals import refused_by_name, text_of

LINE = {
    "data": list(parts.LAWS),
    "latent": list(parts.LAWS),
    "gen": list(parts.GENERATORS),
    "disc": list(parts.DISCRIMINATORS),
    "loss": list(parts.LOSSES),
    "reg": list(parts.REGULARIZERS),
}
PLANE = {
    "data": list(parts.PLANE_LAWS),
    "latent": list(parts.PLANE_LAWS),
    "gen": list(parts.PLANE_GENERATORS),
    "disc": list(parts.PLANE_DISCRIMINATORS),
    "loss": list(parts.LOSSES),
    "reg": list(parts.REGULARIZERS),
}
CURVE = PLANE | {
    "latent": ["Normal", "Uniform", "PointMasses"],
    "gen": list(parts.CURVES),
    "reg": ["none", "R1", "GradientPenalty", "Diversity"],
}
RULED = {
    "rule": list(parts.RULES),
    "disc": ["Erf", "Sigmoid", "Linear", "Quadratic", "Interval", "AuthorsOptimalDiscriminator"],
    "loss": list(parts.LOSSES),
    "reg": list(parts.REGULARIZERS),
}
WITH_RULES = {"data": "Exponential", "latent": "Rayleigh", "gen": "Square"}
SLOTS = ("data", "latent", "gen", "disc", "loss", "reg", "rule")
EVERY = 48  # of so many rows one is in the plain run

LINE_ROWS, LINE_REFUSED = covering(LINE, parts.fits)
PLANE_ROWS, PLANE_REFUSED = covering(PLANE, parts.fits)
CURVE_ROWS, _ = covering(CURVE, parts.fits)
RULED_ROWS = [WITH_RULES | row for row in covering(RULED, parts.fits)[0]]


def name(row: Row) -> str:
    return "-".join(row[slot] for slot in SLOTS if slot in row).replace(": ", "=")


def rows(every: list[Row]) -> list:
    return [
        pytest.param(
            row, number % 8 == 0, id=name(row), marks=() if number % EVERY == 0 else pytest.mark.slow
        )
        for number, row in enumerate(every)
    ]


@pytest.fixture(autouse=True)
def _programs():
    yield
    jax.clear_caches()  # hundreds of programs that are not used again


@pytest.mark.parametrize("kind", parts.KINDS, ids=lambda kind: kind.__name__)
def test_every_public_part_has_an_example(kind):
    examples = {key.split(":")[0] for group in parts.KINDS[kind] for key in group} - {"none"}
    assert sorted(examples) == parts.public_parts(kind)


@pytest.mark.parametrize("slots", [LINE, PLANE, CURVE, RULED], ids=["line", "plane", "curve", "rules"])
def test_the_designs_have_every_pair(slots):
    made, refused = covering(slots, parts.fits)
    seen = set(refused)
    for row, (one, other) in itertools.product(made, itertools.combinations(slots, 2)):
        seen.add(((one, row[one]), (other, row[other])))
    assert len(seen) == sum(len(slots[a]) * len(slots[b]) for a, b in itertools.combinations(slots, 2))
    assert not any(parts.fits(*pair) for pair in refused)


@pytest.mark.parametrize(("row", "with_float32"), rows(LINE_ROWS))
def test_games_on_the_line(row, with_float32):
    assert faults(row, with_float32) == []


@pytest.mark.parametrize(("row", "with_float32"), rows(PLANE_ROWS + CURVE_ROWS))
def test_games_on_the_plane(row, with_float32):
    assert faults(row, with_float32) == []


@pytest.mark.parametrize(("row", "_"), rows(RULED_ROWS))
def test_two_steps_of_every_rule(row, _):
    assert stepped(*build(row), row["rule"]) == []


def misfits() -> list[tuple[Choice, Choice, dict]]:
    on_line = {"data": "Exponential", "latent": "Rayleigh", "gen": "Square", "disc": "Erf"}
    on_plane = {"data": "Product", "latent": "Product", "gen": "AffineMap", "disc": "HalfPlane"}
    rest = {"loss": "SquaredMinimax", "reg": "none"}
    made = [
        (*pair, usual | rest | dict(pair))
        for refused, usual in ((LINE_REFUSED, on_line), (PLANE_REFUSED, on_plane))
        for pair in refused
    ]
    for slot, key in itertools.chain(on_plane.items(), [("gen", "Curve"), ("latent", "MultivariateNormal")]):
        made.append((("gen", "Square"), (slot, key), on_line | rest | {slot: key}))
    for slot, key in on_line.items():
        made.append((("gen", "AffineMap"), (slot, key), on_plane | rest | {slot: key}))
    return made


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row, id=f"{one[1]}-{other[1]}".replace(": ", "="), marks=[pytest.mark.slow] * bool(k % 12)
        )
        for k, (one, other, row) in enumerate(misfits())
    ],
)
def test_parts_that_do_not_fit_are_refused_by_name(row):
    try:
        found = looked_at(*build(row), 1e-4)
    except Exception as raised:  # of any kind: which, is the question
        error = raised
    else:
        assert not_finite(found) == []
        return
    assert refused_by_name(error), text_of(error)
