"""E[phi(D(G(z)))] of every law, generator, discriminator and loss in pairs, against SciPy.

The difference must be within ``expectation_error`` and what SciPy says of its own.
"""

import adaptive
import conformance_parts as parts
import jax
import numpy as np
import pytest
from covering import covering, Row
from game_checks import build, compiled, LOOK_UP
from scipy import stats

import lsgan_analytic as lsgan

EVERY = 24  # of so many rows one is in the plain run
ALONE = "none"  # no generator: the law itself
SLOTS = {
    "latent": list(parts.LAWS),
    "gen": [ALONE, *parts.GENERATORS],
    "disc": list(parts.DISCRIMINATORS),
    "loss": list(parts.LOSSES),
}
_ROUNDING = 1e-13


def fits(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """As for games; of a law alone a table needs that law to be the counts."""
    chosen = dict([one, other])
    if chosen.get("gen") == ALONE:
        if str(chosen.get("disc")).startswith("Tabular"):
            return False
        return chosen.get("disc") != "AuthorsOptimalDiscriminator"
    return parts.fits(one, other)


ROWS, _ = covering(SLOTS, fits)


@pytest.fixture(autouse=True)
def _programs():
    yield
    jax.clear_caches()


def latent_reference(name: str) -> tuple[adaptive.Law, lsgan.Square | None]:
    """The law for SciPy, and a map that goes before everything."""
    if name == "Pushforward":
        return adaptive.LATENT_OF_PUSHFORWARD, lsgan.Square(0.5, -0.2)
    return adaptive.LAWS[name], None


def through(gen, f: adaptive.Integrand) -> adaptive.Integrand:
    """z -> f of the generated point, averaged over what the generator draws itself."""
    if isinstance(gen, lsgan.MixtureOfShifts):
        return lambda z: sum(w * f(z + s) for w, s in zip(gen.weights, np.asarray(gen.shifts), strict=True))  # pyright: ignore
    if isinstance(gen, lsgan.Categorical):
        share = np.asarray(gen.probabilities)
        return lambda z: np.full(z.shape, float(share @ f(np.arange(share.size, dtype=float))))
    return (lambda z: f(np.asarray(gen(z)))) if gen is not None else f


def name(row: Row) -> str:
    return "-".join(row.values()).replace(": ", "=")


@pytest.mark.parametrize(
    ("row", "real"),
    [
        pytest.param(row, k % 2 == 1, id=name(row), marks=[pytest.mark.slow] * bool(k % EVERY))
        for k, row in enumerate(ROWS)
    ],
)
def test_expectations_on_the_line(row, real):
    wrong = differing(row, real)
    assert not wrong, wrong


def differing(row: Row, real: bool) -> str:
    """What is wrong with the expectation of a row, of the loss's ``real`` or ``fake``."""
    # data: where the discriminator answers laws, another than the latent one
    data = "Exponential" if row["disc"] == "AuthorsOptimalDiscriminator" else "Normal"
    gen = None if row["gen"] == ALONE else LOOK_UP["gen"][row["gen"]]()
    game, players = build(row | {"data": data, "reg": "none", "gen": "Shift" if gen is None else row["gen"]})
    law = game.latent if gen is None else lsgan.pushforward(game.latent, gen)
    disc = players.disc.resolve(players.gen)
    phi = game.loss.real if real else game.loss.fake
    value, error = (
        float(v)
        for v in compiled(
            lambda law, disc: (lsgan.expectation(law, disc, phi), lsgan.expectation_error(law, disc, phi)),
            law,
            disc,
        )
    )
    integrand = jax.jit(lambda x: phi.of(disc, x))
    base, first = latent_reference(row["latent"])
    function = through(gen, lambda x: np.asarray(integrand(x)))
    exact = adaptive.expect(base, through(first, function))
    # the weights of a rule sum to 1 within rounding, however little of the law the integrand sees
    allowed = error + exact.error + _ROUNDING * (0.1 + exact.size)
    if np.isinf(value) and disc.stands_for_infinity is not None and exact.size > disc.stands_for_infinity:
        return ""  # infinite on some mass
    if not (np.isfinite(value) and abs(value - exact.value) <= allowed):
        return f"{value!r}, SciPy {exact.value!r}: {value - exact.value:.2g} for at most {allowed:.2g}"
    # where a score may be infinite the estimate counts that it might be, and is large, not wrong
    if disc.stands_for_infinity is None and not error <= 1e-6 * (1 + exact.size):
        return f"expectation_error says {error:.2g}, the error is {value - exact.value:.2g}"
    return ""


NORMAL = stats.multivariate_normal([0.3, -0.2], [[1.0, 0.3], [0.3, 0.7]])
PLANE = {
    "Product": (
        lambda x: stats.expon.pdf(x[:, 0]) * stats.norm(0.2, 0.9).pdf(x[:, 1]),
        (0.0, -7.0),
        (40.0, 7.4),
    ),
    "MultivariateNormal": (NORMAL.pdf, (-8.0, -7.5), (8.6, 7.1)),
}
ON_PLANE = [
    (law, disc, list(parts.LOSSES)[(k + 3 * n) % len(parts.LOSSES)])
    for n, law in enumerate(PLANE)
    for k, disc in enumerate(parts.PLANE_DISCRIMINATORS)
]


@pytest.mark.slow
@pytest.mark.parametrize(("law", "disc", "loss"), ON_PLANE)
def test_expectations_on_the_plane(law, disc, loss):
    own, judge, phi = LOOK_UP["data"][law](), LOOK_UP["disc"][disc](), LOOK_UP["loss"][loss]().fake
    value, error = compiled(
        lambda own: (lsgan.expectation(own, judge, phi), lsgan.expectation_error(own, judge, phi)), own
    )
    integrand = jax.jit(lambda x: phi.of(judge, x))
    pdf, low, high = PLANE[law]
    exact = adaptive.expect_plane(pdf, low, high, lambda x: np.asarray(integrand(x)))
    assert abs(value - exact.value) <= error + exact.error + 1e-11 * exact.size
