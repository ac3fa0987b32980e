"""Borders of stability in two parameters: lines, parabolas and cusps that are known exactly."""

import time

import jax.numpy as jnp
import numpy as np
import pytest
from maps import brusselator, CENTRE, dirac, FREE, henon, Map, NOTHING, numbers, scalars

import lsgan_analytic as lsgan


def mapping(function):
    """(p, q) -> (game, rule) of a map (vector, p, q) -> vector."""
    return lambda p, q: (NOTHING, Map(lambda v, pq: function(v, pq[0], pq[1]), jnp.stack([p, q])))


def training(step, strength):
    """Simultaneous steps of the Dirac-GAN with R1: trace 2 - h gamma, determinant 1 - h gamma + h^2/4."""
    return dirac(strength), lsgan.Simultaneous(step)


RECTANGLE = {"p_range": (0.1, 6.0), "q_range": (0.05, 2.0), "free": FREE}


FACTOR = {"gamma": 1.0}


def scaled_training(step, strength):
    """Reads a variable that is no argument."""
    return dirac(FACTOR["gamma"] * strength), lsgan.Simultaneous(step)


def scaled_by_step(step):
    return scaled_training(step, 0.3)


def test_a_system_that_has_changed_is_followed_as_it_is_now(monkeypatch):
    """h = 4 gamma, then with the double of gamma: no program of the first border is used for the second."""
    for factor in (1.0, 2.0):
        monkeypatch.setitem(FACTOR, "gamma", factor)
        border = lsgan.continue_border(
            scaled_training, CENTRE, "neimark_sacker", (1.2 * factor, 0.3), **RECTANGLE, max_points=4
        )
        np.testing.assert_allclose(border.p, 4 * factor * border.q, rtol=1e-9)
        form = border.normal_form(0)
        assert form.criticality == "supercritical"
        branch = lsgan.continue_branch(scaled_by_step, CENTRE, 0.1, 6.0, free=FREE)
        found = [event.parameter for event in branch.bifurcations if event.kind == "neimark_sacker"]
        np.testing.assert_allclose(found, 1.2 * factor, rtol=1e-8)


def test_the_dirac_gan_with_r1():
    """h = 4 gamma, and the strong resonances at cos 2 pi/k = 1 - h gamma/2."""
    border = lsgan.continue_border(training, CENTRE, "neimark_sacker", (1.3, 0.3), **RECTANGLE)
    np.testing.assert_allclose(border.p, 4 * border.q, rtol=1e-10)
    np.testing.assert_allclose(border.cosine, 1 - border.p * border.q / 2, rtol=1e-9)
    named = {point.kind: (point.p, point.q) for point in border.special}
    expected = {"1:4": 0.5**0.5, "1:3": 0.75**0.5, "1:2": 1.0}
    assert named.keys() == expected.keys()
    for kind, strength in expected.items():
        np.testing.assert_allclose(named[kind], (4 * strength, strength), rtol=1e-8)
    assert sorted(border.ended) == ["p reached 6", "q reached 0.05"]
    # one curve of the two-parameter plane, crossed at its points as by one parameter alone
    index = int(np.argmin(np.abs(border.q - 0.3)))
    alone = lsgan.normal_form(
        lambda step: training(step, border.q[index]), CENTRE, float(border.p[index]), free=FREE
    )
    np.testing.assert_allclose(border.normal_form(index).coefficient, alone.coefficient, rtol=1e-6)
    assert border.criticality[index] == "supercritical"
    beyond = border.cosine < -1
    assert beyond.any()
    assert {border.criticality[i] for i in np.flatnonzero(beyond)} == {"undecided"}


def test_its_flips():
    """1 + trace + determinant = 0: gamma = 2/h + h/8, with its lowest point at h = 4."""
    border = lsgan.continue_border(training, CENTRE, "flip", (2.0, 1.2), **RECTANGLE)
    np.testing.assert_allclose(border.q, 2 / border.p + border.p / 8, rtol=1e-10)
    assert border.q.min() < 1.001
    assert border.p.min() < 1.7
    assert border.p.max() == 6.0


def cubic(x, p, q):
    return jnp.stack([p + q * x[0] - x[0] ** 3, -x[1]])


@pytest.mark.parametrize("is_map", [False, True])
def test_folds_meet_in_a_cusp(is_map):
    """p + q x - x^3: p^2 = 4 q^3/27, followed through the cusp at 0."""
    if is_map:
        system = mapping(lambda v, p, q: v + 0.1 * cubic(v, p, q))
    else:
        system = lambda p, q: lsgan.FunctionGame(  # noqa: E731
            lambda x, y: p * x + q * x**2 / 2 - x**4 / 4 + 0 * jnp.sum(y), lambda x, y: -0.5 * jnp.sum(y**2)
        )
    players = numbers(0.6, 0.0)
    border = lsgan.continue_border(system, players, "fold", (-0.4, 1.1), (-0.5, 0.5), (-0.5, 1.5))
    np.testing.assert_allclose(border.p**2, 4 * border.q**3 / 27, atol=1e-9)
    assert border.p.min() == -0.5
    assert border.p.max() == 0.5
    (cusp,) = border.special
    assert cusp.kind == "cusp"
    np.testing.assert_allclose([cusp.p, cusp.q], 0, atol=1e-6)


def test_flips_of_the_henon_map():
    """a = 3 (1 - b)^2/4."""
    border = lsgan.continue_border(
        mapping(lambda v, a, b: henon(v, a, b)),
        numbers(0.7, 0.7),
        "flip",
        (0.4, 0.3),
        (0.0, 1.0),
        (-0.5, 0.9),
    )
    np.testing.assert_allclose(border.p, 0.75 * (1 - border.q) ** 2, atol=1e-10)


def test_hopf_curve_of_the_brusselator():
    """B = 1 + A^2, with omega = A."""
    border = lsgan.continue_border(brusselator, scalars(1.2, 2.0), "hopf", (2.4, 1.2), (1.2, 4.0), (0.3, 2.0))
    np.testing.assert_allclose(border.p, 1 + border.q**2, rtol=1e-9)
    np.testing.assert_allclose(border.cosine, border.q**2, rtol=1e-8)
    assert border.special == ()
    assert set(border.criticality) == {"supercritical"}


def test_where_more_eigenvalues_of_henon_meet():
    """Folds a = -(1 - b)^2/4, the other multiplier -b; flips a = 3 (1 - b)^2/4, the other one b."""
    box = {"p_range": (-2.0, 4.0), "q_range": (-1.5, 1.5), "step": 0.02}
    system = mapping(lambda v, a, b: henon(v, a, b))
    folds = lsgan.continue_border(system, numbers(-0.35, -0.35), "fold", (-0.12, 0.3), **box)
    np.testing.assert_allclose(folds.p, -0.25 * (1 - folds.q) ** 2, atol=1e-9)
    flips = lsgan.continue_border(system, numbers(0.35, 0.35), "flip", (0.37, 0.3), **box)
    for border, expected in (
        (folds, {"1:1": (-1.0, -1.0), "fold_flip": (0.0, 1.0)}),
        (flips, {"1:2": (3.0, -1.0), "fold_flip": (0.0, 1.0)}),
    ):
        named = {point.kind: (point.p, point.q) for point in border.special}
        assert named.keys() == expected.keys()
        for kind, place in expected.items():
            np.testing.assert_allclose(named[kind], place, atol=1e-6)


def test_bogdanov_takens_on_folds():
    """x' = y, y' = p + q x + x^2 + x y: folds 4 p = q^2 at x = -q/2, where the trace is x."""

    def system(p, q):
        def last(x, y):  # gen descends: y' = -d/dy
            return -(p * y + q * x * y + x**2 * y + x * y**2 / 2)

        return lsgan.FunctionGame(lambda x, y: x * y, last)

    border = lsgan.continue_border(system, scalars(0.2, 0.0), "fold", (0.04, -0.4), (-1.0, 1.0), (-1.0, 1.0))
    np.testing.assert_allclose(border.p, border.q**2 / 4, atol=1e-9)
    (point,) = border.special
    assert point.kind == "bogdanov_takens"
    np.testing.assert_allclose([point.p, point.q, point.players.disc], 0, atol=1e-6)


def turning(v, p, q):
    """z -> e^i z (1 + p - 0.3 q + (q - 0.2) |z|^2 - |z|^4): border p = 0.3 q, coefficient ~ q - 0.2."""
    square = jnp.sum(v * v)
    growth = 1 + p - 0.3 * q + (q - 0.2) * square - square**2
    cos, sin = np.cos(1.0), np.sin(1.0)
    return growth * jnp.stack([cos * v[0] - sin * v[1], sin * v[0] + cos * v[1]])


def flipping(v, p, q):
    """x -> -(1 + p - 0.3 q) x + (q - 0.2) x^3, y -> y/2: the same."""
    return jnp.stack([-(1 + p - 0.3 * q) * v[0] + (q - 0.2) * v[0] ** 3, v[1] / 2])


@pytest.mark.parametrize(
    ("function", "kind", "name"),
    [(turning, "neimark_sacker", "chenciner"), (flipping, "flip", "generalized_flip")],
)
def test_soft_becomes_hard(function, kind, name):
    border = lsgan.continue_border(
        mapping(function), numbers(0.0, 0.0), kind, (0.0, 0.0), (-1.0, 1.0), (-1.0, 1.0)
    )
    np.testing.assert_allclose(border.p, 0.3 * border.q, atol=1e-12)
    assert border.special == ()
    (point,) = border.degenerate
    assert point.kind == name
    np.testing.assert_allclose((point.p, point.q), (0.06, 0.2), atol=1e-6)


def test_bautin():
    """x' = -y + x g, y' = x + y g, g = p - 0.3 q + (q - 0.2) r^2 - r^4: as for maps."""

    def system(p, q):
        def integral(x, y):
            s = x**2 + y**2
            return ((p - 0.3 * q) * s + (q - 0.2) * s**2 / 2 - s**3 / 3) / 2

        return lsgan.FunctionGame(lambda x, y: integral(x, y) - x * y, lambda x, y: -integral(x, y) - x * y)

    border = lsgan.continue_border(system, scalars(0.0, 0.0), "hopf", (0.0, 0.0), (-1.0, 1.0), (-1.0, 1.0))
    np.testing.assert_allclose(border.p, 0.3 * border.q, atol=1e-12)
    (point,) = border.degenerate
    assert point.kind == "bautin"
    np.testing.assert_allclose((point.p, point.q), (0.06, 0.2), atol=1e-6)


def test_a_pole_of_the_coefficient_is_no_zero():
    """Simultaneous steps of the Dirac-GAN stay soft through their strong resonances."""
    border = lsgan.continue_border(training, CENTRE, "neimark_sacker", (1.3, 0.3), **RECTANGLE)
    assert border.degenerate == ()


def test_a_border_takes_seconds():
    started = time.perf_counter()
    border = lsgan.continue_border(training, CENTRE, "neimark_sacker", (1.3, 0.3), **RECTANGLE)
    assert border.p.size > 40
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "hopf"},
            r"kind: expected one of \('fold', 'flip', 'neimark_sacker'\) for a rule, got 'hopf'",
        ),
        ({"start": (0.0, 0.3)}, "start: expected a finite number in"),
        ({"start": 1.0}, r"start: expected a pair \(p, q\), got 1.0"),
        ({"p_range": (2.0, 1.0)}, "p_range: expected low < high"),
        ({"q_range": 1.0}, r"q_range: expected a pair \(low, high\), got 1.0"),
        ({"kind": "fold"}, "start: expected a fold border nearby"),
        ({"system": 3.0}, "system: expected a function of two parameters"),
        ({"free": ("w",)}, "kind: expected two numbers that move at least"),
        ({"step": 0.0}, "step: expected"),
    ],
)
def test_bad_arguments(change, message):
    arguments = {"system": training, "players": CENTRE, "kind": "neimark_sacker", "start": (1.3, 0.3)}
    with pytest.raises(ValueError, match=message):
        lsgan.continue_border(**(arguments | RECTANGLE | change))
