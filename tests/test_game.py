"""The cost, its gradient and Hessian: known answers, certified values, signs, transformations, dtypes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from problems import CASES

import lsgan_analytic as lsgan

NAMES = ("a", "b", "g", "h")


def build(point):
    """Game and players at a row a, b, g, h, c."""
    a, b, g, h, c = point
    game = lsgan.Game(lsgan.Exponential(rate=c), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    return game, lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def vector(players):
    return np.stack([players.disc.a, players.disc.b, players.gen.g, players.gen.h], axis=-1)


def test_known_answers(case):
    np.testing.assert_allclose(case.game.cost(case.players), case.cost, rtol=1e-11)
    np.testing.assert_allclose(vector(lsgan.gradient(case.game, case.players)), case.gradient, rtol=1e-9)


def test_known_terms_of_case_a():
    case = CASES["A"]
    terms = case.game.cost_terms(case.players)
    np.testing.assert_allclose(terms, (0.465922211468332, 0.878246197996683), rtol=2e-15)
    assert case.game.cost(case.players) == terms[0] + terms[1]


@pytest.mark.parametrize("box", ["core", "wide"])
def test_certified_cost_gradient_and_hessian(box, certified):
    """200 points each. A derivative by the chain rule may cancel: errors are relative to its terms."""

    def at(point):
        game, players = build(point)
        return (
            jnp.stack(game.cost_terms(players)),
            jnp.stack(jax.tree.leaves(lsgan.gradient(game, players))),
            lsgan.hessian(game, players).ravel(),
        )

    points = certified[f"{box}_points"]
    terms, gradient, hessian = jax.jit(jax.vmap(at))(points)
    a, _, g, h, c = points.T
    _, ra, rb, raa, rab, rbb = np.abs(certified[f"{box}_real"].T)
    _, fa, fb, faa, fab, fbb = np.abs(certified[f"{box}_fake"].T)
    h = np.abs(h)
    sizes = np.stack([ra / c + g * fa + h * fb, rb + fb, a * fa, a * fb], axis=1)
    spread = np.array(  # the sizes of the terms of the Hessian, upper triangle by rows
        [
            raa / c**2 + g * g * faa + 2 * g * h * fab + h * h * fbb,
            rab / c + g * fab + h * fbb,
            fa + a * (g * faa + h * fab),
            fb + a * (g * fab + h * fbb),
            rbb + fbb,
            a * fab,
            a * fbb,
            a * a * faa,
            a * a * fab,
            a * a * fbb,
        ]
    )
    upper = np.triu_indices(4)
    full = np.zeros((len(points), 4, 4))
    full[:, upper[0], upper[1]] = full[:, upper[1], upper[0]] = spread.T
    for value, exact, size, promised in (
        (terms, certified[f"{box}_terms"], certified[f"{box}_terms"], 1e-12),
        (gradient, certified[f"{box}_gradient"], sizes, 1e-11),
        (hessian, certified[f"{box}_hessian"], full.reshape(-1, 16), 1e-10),
    ):
        visible = size > 1e-290
        assert visible.sum() > 150
        assert (np.abs(value - exact)[visible] / size[visible]).max() < promised


def test_signs_of_the_field(case):
    """D ascends J, G descends it."""
    slope = vector(lsgan.gradient(case.game, case.players))
    force = vector(lsgan.field(case.game, case.players))
    np.testing.assert_allclose(force, slope * [1.0, 1.0, -1.0, -1.0], rtol=1e-14)


def test_jacobian_is_the_signed_hessian(case):
    signs = np.array([1.0, 1.0, -1.0, -1.0])[:, None]
    full = np.asarray(lsgan.hessian(case.game, case.players))
    np.testing.assert_allclose(full, full.T, rtol=1e-14)
    np.testing.assert_allclose(lsgan.jacobian(case.game, case.players), signs * full, rtol=1e-13)
    some = lsgan.jacobian(case.game, case.players, free=("h", "b"))
    np.testing.assert_allclose(some, (signs * full)[np.ix_([3, 1], [3, 1])], rtol=1e-13)


def test_hessian_against_differences_of_the_gradient(case):
    step = 1e-5
    columns = []
    for owner, name in (("disc", "a"), ("disc", "b"), ("gen", "g"), ("gen", "h")):
        shifted = []
        for sign in (1, -1):
            players = case.players
            part = getattr(players, owner)
            values = {k: v + sign * step * (k == name) for k, v in vars(part).items()}
            moved = {"disc": players.disc, "gen": players.gen, owner: type(part)(**values)}
            shifted.append(vector(lsgan.gradient(case.game, lsgan.Players(**moved))))
        columns.append((shifted[0] - shifted[1]) / (2 * step))
    np.testing.assert_allclose(lsgan.hessian(case.game, case.players), np.stack(columns, 1), atol=2e-9)


def test_eager_jit_vmap_and_grad_agree(case):
    game, players = case.game, case.players
    eager = game.cost(players)
    np.testing.assert_allclose(jax.jit(game.cost)(players), eager, rtol=4e-16)
    batch = jax.tree.map(lambda x: jnp.stack([x, x + 0.1]), players)
    np.testing.assert_allclose(jax.vmap(game.cost)(batch)[0], eager, rtol=4e-16)
    slope = jax.grad(game.cost)(players)
    for other in (jax.jit(jax.grad(game.cost))(players), lsgan.gradient(game, players)):
        np.testing.assert_allclose(vector(other), vector(slope), rtol=1e-14)
    _, forward = jax.jvp(game.cost, (players,), (jax.tree.map(jnp.ones_like, players),))
    np.testing.assert_allclose(forward, vector(slope).sum(), rtol=1e-13)


def test_differentiable_in_the_data_law(case):
    def cost(rate):
        game = lsgan.Game(lsgan.Exponential(rate=rate), lsgan.Rayleigh(), lsgan.SquaredMinimax())
        return game.cost(case.players)

    step = 1e-6 * case.c
    difference = (cost(case.c + step) - cost(case.c - step)) / (2 * step)
    np.testing.assert_allclose(jax.grad(cost)(case.c), difference, rtol=1e-7)


def test_cost_falls_with_h_everywhere():
    """dJ/dh = -2a E[(1 - D(G)) D'(G)] < 0 for a > 0: no stationary point, whatever the parameters."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        a, g, c = np.exp(rng.uniform(-5, 5, 3))
        game, players = build((a, *rng.uniform(-20, 20, 1), g, *rng.uniform(-20, 20, 1), c))
        size, sign = lsgan.log_gradient(game, players)
        assert sign.gen.h == -1
        assert np.isfinite(size.gen.h)


def test_log_gradient_is_the_logarithm_of_the_gradient(case):
    size, sign = lsgan.log_gradient(case.game, case.players)
    slope = vector(lsgan.gradient(case.game, case.players))
    np.testing.assert_allclose(vector(sign) * np.exp(vector(size)), slope, rtol=1e-13)


def test_log_gradient_refuses_games_it_does_not_know(case):
    sampled = lsgan.Game(lsgan.PointMasses([1.0, 2.0]), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    with pytest.raises(ValueError, match=r"R/S/E/E integrals only, got .*PointMasses"):
        lsgan.log_gradient(sampled, case.players)


@pytest.mark.parametrize(
    ("b", "h", "level"),
    [(1e3, -2.0, 1.0), (-1e3, -2.0, 1.0), (-300.0, 900.0, 0.0), (900.0, -1e3, 2.0)],
    ids=["plateau above", "plateau below", "infimum", "supremum"],
)
def test_levels_at_infinity(b, h, level):
    """inf J = 0, sup J = 2 and the plateaus at 1 (Case A otherwise)."""
    game, players = build((2.2, b, 1.5, h, 0.5))
    np.testing.assert_allclose(game.cost(players), level, atol=3e-6)


@pytest.mark.parametrize("b", [-3.0, 0.5])
def test_levels_for_large_h(b):
    game, low = build((2.2, b, 1.5, -1e4, 0.5))
    _, high = build((2.2, b, 1.5, 1e4, 0.5))
    j1, _ = game.cost_terms(low)
    np.testing.assert_allclose([game.cost(high), game.cost(low)], [j1, 1 + j1], rtol=1e-15)


@pytest.mark.parametrize(("a", "g"), [(-2.2, 1.5), (2.2, -1.5), (0.0, 1.5), (2.2, 0.0), (0.0, 0.0)])
def test_any_real_a_and_g(a, g):
    """Negative and zero slopes and gains, against the fixed rule."""
    game, players = build((a, -0.4, g, 0.3, 0.5))
    generated = lsgan.pushforward(game.latent, players.gen)
    rule = (
        lsgan.quadrature(game.data, players.disc, game.loss.real),
        lsgan.quadrature(generated, players.disc, game.loss.fake),
    )
    np.testing.assert_allclose(game.cost_terms(players), rule, rtol=1e-12)
    assert np.isfinite(vector(lsgan.gradient(game, players))).all()
    assert np.isfinite(lsgan.hessian(game, players)).all()


def test_float32_throughout(case):
    single = jax.tree.map(lambda x: x.astype(jnp.float32), (case.game, case.players))
    game, players = single
    assert game.cost(players).dtype == np.float32
    np.testing.assert_allclose(game.cost(players), case.cost, rtol=1e-6)
    slope = vector(lsgan.gradient(game, players))
    assert slope.dtype == np.float32
    np.testing.assert_allclose(slope, case.gradient, rtol=2e-5)
    assert lsgan.hessian(game, players).dtype == np.float32
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=np.float32(0.4)), players, steps=249)
    assert path.cost_terms.dtype == np.float32
    np.testing.assert_allclose(path.cost[-1], 0.9985, atol=1e-3)


@jax.jit
def everything(point):
    # the Rayleigh scale of build() takes the default dtype
    game, players = jax.tree.map(lambda x: x.astype(point.dtype), build(point))
    return game.cost(players), lsgan.gradient(game, players), lsgan.hessian(game, players)


decades = st.floats(-8, 8).map(lambda exponent: 10.0**exponent)
signed = st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), decades).map(lambda pair: pair[0] * pair[1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@settings(max_examples=200, deadline=None, derandomize=True)
@given(a=signed, c=decades, g=signed, b=st.floats(-1e3, 1e3), h=st.floats(-1e3, 1e3))
def test_finite_on_the_whole_range(dtype, a, c, g, b, h):
    for value in jax.tree.leaves(everything(np.array([a, b, g, h, c], dtype))):
        assert value.dtype == dtype
        assert np.isfinite(value).all()


def test_import_touches_no_global_configuration(tmp_path):
    import subprocess
    import sys

    code = (
        "import warnings, jax, lsgan_analytic as lsgan\n"
        "assert not jax.config.jax_enable_x64\n"
        "parts = lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax()\n"
        "with warnings.catch_warnings(record=True) as said:\n"
        "    warnings.simplefilter('default')\n"
        "    game = lsgan.Game(*parts)\n"
        "assert [warning.category for warning in said] == [lsgan.PrecisionWarning], said\n"
        "warnings.simplefilter('ignore', lsgan.PrecisionWarning)\n"
        "game = lsgan.Game(*parts)\n"
        "players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))\n"
        "cost = game.cost(players)\n"
        "assert cost.dtype == 'float32' and abs(cost - 1.3441684) < 1e-6, cost\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=tmp_path)
