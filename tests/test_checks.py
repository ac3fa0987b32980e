"""Bad input to the parts, eager and under jit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan

FINITE = {
    "a": lambda v: lsgan.Erf(a=v, b=0.0),
    "b": lambda v: lsgan.Erf(a=1.0, b=v),
    "g": lambda v: lsgan.Square(g=v, h=0.0),
    "h": lambda v: lsgan.Square(g=1.0, h=v),
    "loc": lambda v: lsgan.ShiftedExponential(loc=v, scale=1.0),
    "points": lambda v: lsgan.PointMasses(jnp.stack([jnp.asarray(v), jnp.asarray(1.0)])),
}
POSITIVE = {
    "rate": lambda v: lsgan.Exponential(rate=v),
    "scale": lambda v: lsgan.Rayleigh(scale=v),
    "step": lambda v: lsgan.Simultaneous(step=v),
}
BAD = [(name, make, value) for name, make in FINITE.items() for value in (np.nan, np.inf, -np.inf)] + [
    (name, make, value) for name, make in POSITIVE.items() for value in (np.nan, np.inf, 0.0, -1.0)
]


@pytest.mark.parametrize(("name", "make", "value"), BAD)
def test_bad_values_are_named(name, make, value):
    with pytest.raises(ValueError, match=rf"{name}: expected a finite number.*, got .*{value}"):
        make(value)
    with pytest.raises((RuntimeError, ValueError), match=f"{name}: expected a finite number"):
        jax.block_until_ready(jax.jit(make)(value))


def test_bad_rate_under_jit_stops_the_cost():
    def cost(rate):
        game = lsgan.Game(lsgan.Exponential(rate=rate), lsgan.Rayleigh(), lsgan.SquaredMinimax())
        return game.cost(CASES["A"].players)

    assert jnp.isfinite(jax.jit(cost)(0.5))
    # the exception of equinox.error_if reaches us through jax.jit under either type
    with pytest.raises((RuntimeError, ValueError), match="rate: expected a finite number > 0"):
        jax.block_until_ready(jax.jit(cost)(-0.5))


@pytest.mark.parametrize("bad", [np.float16(1.0), jnp.bfloat16(1.0), 1j, True])
def test_dtypes_that_are_refused(bad):
    for make in (FINITE["a"], FINITE["h"], POSITIVE["rate"]):
        with pytest.raises(TypeError, match="expected float32, float64 or integer values, got dtype"):
            make(bad)
    with pytest.raises(TypeError, match="a: expected float32, float64 or integer values, got dtype float16"):
        jax.jit(FINITE["a"])(np.float16(1.0))


def test_integers_are_promoted():
    disc = lsgan.Erf(a=2, b=jnp.arange(2)[1])
    assert disc.a.dtype == disc.b.dtype == np.float64
    assert disc.b == 1.0


def test_mismatched_shapes():
    with pytest.raises(ValueError, match=r"one shape .*'a': \(2,\), 'b': \(3,\)"):
        lsgan.Erf(a=np.ones(2), b=np.ones(3))
    with pytest.raises(ValueError, match=r"one shape .*'g': \(\), 'h': \(3,\)"):
        lsgan.Square(g=1.0, h=np.ones(3))
    case = CASES["A"]
    pair = lsgan.Players(disc=lsgan.Erf(a=np.ones(2), b=np.ones(2)), gen=case.players.gen)
    for function in (case.game.cost, jax.jit(case.game.cost), jax.grad(case.game.cost)):
        with pytest.raises(ValueError, match=r"players: expected one pair .*got shapes \[\(2,\), \(2,\)"):
            function(pair)


def test_parts_of_the_wrong_kind():
    law, loss = lsgan.Exponential(rate=1.0), lsgan.SquaredMinimax()
    with pytest.raises(ValueError, match="data: expected a law, got"):
        lsgan.Game(loss, law, loss)  # pyright: ignore
    with pytest.raises(ValueError, match="loss: expected a loss, got"):
        lsgan.Game(law, law, law)  # pyright: ignore


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0.5, 0.6], "weights: expected numbers >= 0 that sum to 1"),
        ([1.5, -0.5], "weights: expected numbers >= 0 that sum to 1"),
        ([1.0], r"weights: expected shape \(2,\) like points, got \(1,\)"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        lsgan.PointMasses([0.0, 1.0], weights=weights)


def test_bad_points_and_nodes():
    with pytest.raises(ValueError, match=r"points: expected shape \(n,\) or \(n, 2\), n >= 1, got \(0,\)"):
        lsgan.PointMasses(np.zeros(0))
    with pytest.raises(ValueError, match="n: these 2 points are the only rule, got n=5"):
        lsgan.PointMasses([0.0, 1.0]).nodes(5)


def test_surface_arguments():
    case = CASES["A"]
    with pytest.raises(ValueError, match="axes: expected distinct names"):
        lsgan.surface(case.game.cost, case.players, {"q": [1.0]})
    with pytest.raises(ValueError, match=r"axes: expected a non-empty vector for 'b', got shape \(\)"):
        lsgan.surface(case.game.cost, case.players, {"b": 1.0})
    with pytest.raises(ValueError, match="h: expected a finite number, got"):
        lsgan.surface(case.game.cost, case.players, {"h": [0.0, np.nan]})
    with pytest.raises(ValueError, match="chunk: expected an integer >= 1, got 0"):
        lsgan.surface(case.game.cost, case.players, {"b": [1.0]}, chunk=0)
