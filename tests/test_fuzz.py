"""Fuzz: whatever one gives to a public call, the answer holds no NaN, or the refusal names the argument.

A plain run makes about 10^3 calls; ``LSGAN_FUZZ_CALLS=1000000`` makes so many. A number that goes through a
compiled program of many numbers counts as one call.
"""

import inspect
import os
from typing import Any

import equinox as eqx
import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis.extra.numpy import arrays
from jax.flatten_util import ravel_pytree
from refusals import error_of, refused_by_name, text_of

import lsgan_analytic as lsgan
from lsgan_analytic import special
from lsgan_analytic.discriminators import AbstractDiscriminator
from lsgan_analytic.generators import AbstractGenerator
from lsgan_analytic.laws import AbstractLaw
from lsgan_analytic.losses import AbstractLoss
from lsgan_analytic.regularizers import AbstractRegularizer
from lsgan_analytic.updates import AbstractRule

# equinox warns of an array where an option is wanted; the refusal that follows is what is looked at
pytestmark = pytest.mark.filterwarnings("ignore:A JAX array is being set as static")
CALLS = int(os.environ.get("LSGAN_FUZZ_CALLS", "1000"))
WIDTH = 64  # numbers in one program
PARTS = (
    AbstractLaw,
    AbstractGenerator,
    AbstractDiscriminator,
    AbstractLoss,
    AbstractRegularizer,
    AbstractRule,
)


def fuzz(calls: float, each: int = 1):
    """So many calls, of which every example makes ``each``: the same in every run."""
    return hypothesis.settings(
        max_examples=max(1, int(calls / each)),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )


def vectors(
    shape: int | tuple[int, ...], elements: st.SearchStrategy[float]
) -> st.SearchStrategy[np.ndarray]:
    """Arrays in which every entry is drawn."""
    return arrays(float, shape, elements=elements, fill=st.nothing())


TINY, HUGE = np.finfo(float).tiny, np.finfo(float).max
EXTREME = [0.0, -0.0, 5e-324, -5e-324, TINY, 1e-300, 1e-155, 1e-16, 1e16, 1e154, 1e300, HUGE, -HUGE, -1e154]
USUAL = st.floats(-30, 30) | st.floats(0, 2)
FINITE = USUAL | st.sampled_from(EXTREME) | st.floats(allow_nan=False, allow_infinity=False)
#: products of two of these do not overflow: where one does, a cost that is no closed form may be NaN
PRODUCTS = USUAL | st.sampled_from([x for x in EXTREME if abs(x) <= 1e154]) | st.floats(-1e154, 1e154)
NUMBERS = FINITE | st.sampled_from([np.nan, np.inf, -np.inf])
ODD = st.sampled_from(
    [
        None,
        "1",
        True,
        1j,
        [],
        [[]],
        {},
        object(),
        3,
        -1,
        np.float32(2.5),
        np.float16(2.5),
        np.int8(3),
        np.array([1.0, 2.0]),
        np.ones((2, 2)),
        np.ones((0,)),
        np.ones((2, 3, 1)),
        np.array(["a"]),
        [1.0, "a"],
        [[1.0], [2.0, 3.0]],
        (0.1, 0.2),
        jnp.float32(0.5),
        jnp.arange(3),
        lsgan.Normal(),
        lsgan.Shift(0.5),
        lsgan.Simultaneous(0.1),
        jax.random.key(0),
    ]
)
ANYTHING = NUMBERS | USUAL | st.lists(NUMBERS, max_size=4) | st.lists(USUAL, min_size=1, max_size=3) | ODD
CONSTRUCTORS = sorted(
    (
        value
        for value in vars(lsgan).values()
        if (inspect.isclass(value) and issubclass(value, PARTS) and not value.__name__.startswith("Abstract"))
        or value in (lsgan.Game, lsgan.ring, lsgan.grid)
    ),
    key=lambda value: value.__name__,
)


@st.composite
def constructions(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A constructor and arguments for it, some of them left out."""
    make = draw(st.sampled_from(CONSTRUCTORS))
    given = {}
    for name, parameter in inspect.signature(make).parameters.items():
        if parameter.default is parameter.empty or draw(st.booleans()):
            given[name] = draw(ANYTHING)
    return make, given


def made(make: Any, given: dict[str, Any]) -> None:
    """AssertionError for a part that holds what is not finite."""
    for leaf in jax.tree.leaves(make(**given)):
        if eqx.is_inexact_array(leaf) and not np.isfinite(leaf).all():
            raise AssertionError(f"{make.__name__}({given}) holds {leaf}")


@fuzz(400 + CALLS / 50)  # they are the slowest
@hypothesis.given(constructions())
def test_constructors(call):
    error = error_of(made, *call)
    assert error is None or refused_by_name(error), f"{call[0].__name__}({call[1]}): {text_of(error)}"


@eqx.filter_jit
def special_functions(a: jax.Array, b: jax.Array) -> dict[str, jax.Array]:
    return {
        "K": special.K(a, b),
        "log K": special.log_K(a, b),
        "dK/dA, dK/dB": jnp.stack(jax.vmap(jax.grad(special.K, argnums=(0, 1)))(a, b)),
        "erfcx": special.erfcx(a),
        "log_abs_K_derivatives": jnp.stack(special.log_abs_K_derivatives(a, b)),
    }


@fuzz(0.4 * CALLS, WIDTH)
@hypothesis.given(vectors(WIDTH, FINITE), vectors(WIDTH, FINITE))
def test_special_functions(a, b):
    for name, values in special_functions(a, b).items():
        bad = np.isnan(np.atleast_2d(values)).any(axis=0)
        assert not bad.any(), f"{name} is NaN at A = {a[bad][0]!r}, B = {b[bad][0]!r}"


@eqx.filter_jit
def of_law(law: AbstractLaw, x: jax.Array, q: jax.Array) -> dict[str, jax.Array]:
    return {"log_pdf": law.log_pdf(x), "pdf": law.pdf(x), "cdf": law.cdf(x), "quantile": law.quantile(q)}


DENSITIES = {
    lsgan.Exponential: ("positive",),
    lsgan.ShiftedExponential: ("any", "any"),
    lsgan.Rayleigh: ("positive",),
    lsgan.Normal: ("any", "positive"),
    lsgan.Uniform: ("any", "any"),
    lsgan.Gamma: ("positive", "positive"),
    lsgan.Beta: ("positive", "positive"),
    lsgan.Laplace: ("any", "positive"),
    lsgan.Weibull: ("positive", "positive"),
    lsgan.Pareto: ("positive", "positive"),
    lsgan.StudentT: ("positive", "any"),
}


@fuzz(0.3 * CALLS, WIDTH)
@hypothesis.given(
    st.sampled_from(list(DENSITIES)),
    st.lists(FINITE, min_size=2, max_size=2),
    vectors(WIDTH, FINITE),
    vectors(WIDTH, st.floats(0, 1)),
)
def test_laws(kind, numbers, x, q):
    numbers = [abs(v) if sign == "positive" else v for v, sign in zip(numbers, DENSITIES[kind], strict=False)]
    error = error_of(kind, *numbers)
    if error is not None:
        assert refused_by_name(error), text_of(error)
        return
    law = kind(*numbers)
    for name, values in of_law(law, x, q).items():
        at = q if name == "quantile" else x
        bad = np.isnan(values) | ((values < 0) if name in ("pdf", "cdf") else False)
        assert not bad.any(), (
            f"{name} of {kind.__name__}{tuple(numbers)} is {values[bad][0]} at {at[bad][0]!r}"
        )
        assert name != "cdf" or (values <= 1).all()


DATA, LATENT = lsgan.Exponential(0.5), lsgan.Rayleigh()
GAMES = {
    "paper": (
        lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax()),
        lsgan.Players(lsgan.Erf(1.0, 0.0), lsgan.Square(1.0, 0.0)),
    ),
    "dirac": (
        lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Minimax(), (lsgan.R1(0.3),)),
        lsgan.Players(lsgan.Sigmoid(1.0, 0.0), lsgan.Shift(1.0)),
    ),
    "normal": (
        lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.NonSaturating()),
        lsgan.Players(lsgan.Sigmoid(1.0, 0.0), lsgan.Affine(1.0, 0.0)),
    ),
}


@eqx.filter_jit
def played(game: lsgan.Game, players: lsgan.Players, numbers: jax.Array) -> tuple[jax.Array, ...]:
    _, rebuild = ravel_pytree(players)

    def one(theta: jax.Array) -> tuple[jax.Array, ...]:
        own = rebuild(theta)
        path = lsgan.trajectory(game, lsgan.Simultaneous(0.1), own, steps=2)
        ends = ravel_pytree(path.players)[0]
        slope = ravel_pytree(lsgan.field(game, own))[0]
        return jnp.stack(game.cost_terms(own)), slope, ends

    return jax.vmap(one)(numbers)


@pytest.mark.parametrize(
    "name", ["paper", *(pytest.param(n, marks=pytest.mark.slow) for n in GAMES if n != "paper")]
)
def test_games(name):
    game, players = GAMES[name]
    size = ravel_pytree(players)[0].size

    @fuzz(0.15 * CALLS, WIDTH)
    @hypothesis.given(vectors((WIDTH, size), FINITE if name == "paper" else PRODUCTS))
    def calls(numbers):
        for what, values in zip(("cost", "field", "path"), played(game, players, numbers), strict=True):
            bad = np.isnan(values).any(axis=1)
            assert not bad.any(), f"{what} is {values[bad][0]} at {numbers[bad][0].tolist()}"

    calls()
