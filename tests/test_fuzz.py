"""Fuzz: whatever one gives to a public call, the answer holds no NaN, or the refusal names the argument.

A plain run makes about 10^3 calls; ``LSGAN_FUZZ_CALLS=1000000`` makes so many. A number that goes through a
compiled program of many numbers counts as one call.
"""

import contextlib
import inspect
import os
import sys
from pathlib import Path
from typing import Any

import equinox as eqx
import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis.extra.numpy import arrays

import lsgan_analytic as lsgan
from lsgan_analytic import special
from lsgan_analytic.discriminators import AbstractDiscriminator
from lsgan_analytic.generators import AbstractGenerator
from lsgan_analytic.laws import AbstractLaw
from lsgan_analytic.losses import AbstractLoss
from lsgan_analytic.regularizers import AbstractRegularizer
from lsgan_analytic.updates import AbstractRule

sys.path.insert(0, str(Path(__file__).parent / "conformance"))
from game_checks import refused_by_name

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


def fuzz(share: float, each: int = 1):
    """About this share of the calls, of which every example makes ``each``: the same in every run."""
    return hypothesis.settings(
        max_examples=max(1, int(CALLS * share / each)),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )


TINY, HUGE = np.finfo(float).tiny, np.finfo(float).max
EXTREME = [0.0, -0.0, 5e-324, -5e-324, TINY, 1e-300, 1e-155, 1e-16, 1e16, 1e154, 1e300, HUGE, -HUGE, -1e154]
USUAL = st.floats(-30, 30) | st.floats(0, 2)
FINITE = USUAL | st.sampled_from(EXTREME) | st.floats(allow_nan=False, allow_infinity=False)
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
        if (inspect.isclass(value) and issubclass(value, PARTS) and not inspect.isabstract(value))
        or value in (lsgan.Game, lsgan.ring, lsgan.grid)
    ),
    key=lambda value: value.__name__,
)


def text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"


@contextlib.contextmanager
def named_refusals():
    """Lets pass what is refused by name, and nothing else."""
    try:
        yield
    except Exception as error:  # of any kind: which, is the question
        assert refused_by_name(error), text_of(error)


@st.composite
def constructions(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """A constructor and arguments for it, some of them left out."""
    make = draw(st.sampled_from(CONSTRUCTORS))
    given = {}
    for name, parameter in inspect.signature(make).parameters.items():
        if parameter.default is parameter.empty or draw(st.booleans()):
            given[name] = draw(ANYTHING)
    return make, given


@fuzz(0.5)
@hypothesis.given(constructions())
def test_constructors(call):
    make, given = call
    with named_refusals():
        part = make(**given)
        for leaf in jax.tree.leaves(part):
            if eqx.is_inexact_array(leaf):
                assert np.isfinite(leaf).all(), f"{make.__name__}({given}) holds {leaf}"


@eqx.filter_jit
def special_functions(a: jax.Array, b: jax.Array) -> dict[str, jax.Array]:
    return {
        "K": special.K(a, b),
        "log K": special.log_K(a, b),
        "dK/dA, dK/dB": jnp.stack(jax.vmap(jax.grad(special.K, argnums=(0, 1)))(a, b)),
        "erfcx": special.erfcx(a),
        "log_abs_K_derivatives": jnp.stack(special.log_abs_K_derivatives(a, b)),
    }


@fuzz(0.2, WIDTH)
@hypothesis.given(*[arrays(float, WIDTH, elements=FINITE)] * 2)
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
    lsgan.Laplace: ("any", "positive"),
}


@fuzz(0.15, WIDTH)
@hypothesis.given(
    st.sampled_from(list(DENSITIES)),
    st.lists(FINITE, min_size=2, max_size=2),
    arrays(float, WIDTH, elements=FINITE),
    arrays(float, WIDTH, elements=st.floats(0, 1)),
)
def test_laws(kind, numbers, x, q):
    numbers = [abs(v) if sign == "positive" else v for v, sign in zip(numbers, DENSITIES[kind], strict=False)]
    try:
        law = kind(*numbers)
    except ValueError as error:
        assert refused_by_name(error), text_of(error)
        return
    for name, values in of_law(law, x, q).items():
        at = q if name == "quantile" else x
        bad = np.isnan(values) | ((values < 0) if name in ("pdf", "cdf") else False)
        assert not bad.any(), f"{name} of {kind.__name__}{tuple(numbers)} is {values[bad][0]} at {at[bad][0]!r}"
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
    _, rebuild = jax.flatten_util.ravel_pytree(players)

    def one(theta: jax.Array) -> tuple[jax.Array, ...]:
        own = rebuild(theta)
        path = lsgan.trajectory(game, lsgan.Simultaneous(0.1), own, steps=2)
        ends = jax.flatten_util.ravel_pytree(path.players)[0]
        slope = jax.flatten_util.ravel_pytree(lsgan.field(game, own))[0]
        return jnp.stack(game.cost_terms(own)), slope, ends

    return jax.vmap(one)(numbers)


@pytest.mark.parametrize("name", ["paper", *(pytest.param(n, marks=pytest.mark.slow) for n in GAMES if n != "paper")])
def test_games(name):
    game, players = GAMES[name]
    size = jax.flatten_util.ravel_pytree(players)[0].size

    @fuzz(0.15, WIDTH)
    @hypothesis.given(arrays(float, (WIDTH, size), elements=FINITE))
    def calls(numbers):
        for what, values in zip(("cost", "field", "path"), played(game, players, numbers), strict=True):
            bad = np.isnan(values).any(axis=1)
            assert not bad.any(), f"{what} is {values[bad][0]} at {numbers[bad][0].tolist()}"

    calls()


RULE, START = lsgan.Simultaneous(0.1), GAMES["paper"][1]
KEY = jax.random.key(0)
PLAY = {"game": GAMES["paper"][0], "rule": RULE, "players": START, "steps": 2, "free": None}
SAMPLE = PLAY | {"samples": 3, "protocol": "fixed"}
FUNCTIONS = [
    (lsgan.trajectory, PLAY | {"tolerance": 1e-2}),
    (lsgan.predict, SAMPLE),
    (lsgan.simulate, SAMPLE | {"key": KEY, "runs": 2, "save_every": 1, "tile": None, "tolerance": 1e-2}),
    (lsgan.simulate_summary, SAMPLE | {"key": KEY, "runs": 2, "quantiles": (0.5,)}),
    (lsgan.jacobian, {"game": PLAY["game"], "players": START, "free": None}),
    (lsgan.step_jacobian, {"game": PLAY["game"], "rule": RULE, "players": START, "free": None}),
    (lsgan.gradient, {"game": PLAY["game"], "players": START}),
    (lsgan.hessian, {"game": PLAY["game"], "players": START}),
    (lsgan.field, {"game": PLAY["game"], "players": START}),
    (lsgan.log_gradient, {"game": PLAY["game"], "players": START}),
    (lsgan.stationary_points, {"game": PLAY["game"], "players": START, "box": {"b": (-1.0, 1.0)}}),
    (lsgan.classify, {"game": PLAY["game"], "rule": RULE, "players": START, "free": None}),
    (lsgan.expectation, {"law": DATA, "disc": START.disc, "phi": lsgan.Minimax().real}),
    (lsgan.expectation_error, {"law": DATA, "disc": START.disc, "phi": lsgan.Minimax().real}),
    (lsgan.parameter_names, {"players": START}),
    (lsgan.pushforward, {"latent": LATENT, "generator": START.gen}),
    (lsgan.divergences.kl, {"p": DATA, "q": LATENT}),
    (lsgan.divergences.w1, {"p": DATA, "q": LATENT}),
    (lsgan.PerPlayer, {"disc": optax.sgd(0.1), "gen": optax.sgd(0.1), "order": "disc"}),
]
SWAPPED = lsgan.Players(disc=START.gen, gen=START.disc)  # pyright: ignore
COUNTS = [0, -1, 2.5, True, "3", [1], np.nan, 1e300]
WRONG = {
    **dict.fromkeys(("steps", "samples", "runs", "save_every"), [*COUNTS, None]),
    "tile": COUNTS,
    "free": ["b", ("nope",), (), ("b", "b"), 5, [1], [None], object()],
    "tolerance": [0.0, -1.0, np.nan, np.inf, "x", None, [0.1, 0.2], True],
    **dict.fromkeys(("game", "rule", "law", "disc", "phi", "gen"), [None, "x", 3.0, START, KEY]),
    "players": [None, "x", 3.0, PLAY["game"], SWAPPED, (START.disc, START.gen)],
    **dict.fromkeys(("latent", "generator", "p", "q"), [None, "x", 3.0, START, RULE]),
    "key": [None, 0, "x", 1.5, np.zeros(3)],
    "protocol": [None, "x", 3, True],
    "quantiles": [(), (2.0,), ("x",), 0.5, None, (np.nan,)],
    "box": [{}, {"b": 1}, {"nope": (0, 1)}, {"b": (1.0, 0.0)}, {"b": (0.0, np.inf)}, None, 3],
    "order": [None, "x", 3],
}
BAD = [
    (function, given, name, wrong)
    for function, given in FUNCTIONS
    for name in given
    for wrong in WRONG[name]
    if not (name == "order" and wrong is None)
]


@hypothesis.settings(
    fuzz(1), max_examples=min(CALLS // 20, 10 * len(BAD)), phases=[hypothesis.Phase.generate]
)
@hypothesis.given(st.sampled_from(BAD))
def test_one_wrong_argument(call):
    function, given, name, wrong = call
    shown = f"{function.__name__}({name}={wrong!r})"
    try:
        function(**(given | {name: wrong}))
    except Exception as error:  # of any kind: which, is the question
        assert refused_by_name(error), f"{shown}: {text_of(error)}"
        assert str(error).startswith(name) or name in ("game", "players"), f"{shown}: {text_of(error)}"
    else:
        pytest.fail(f"{shown} was accepted")
