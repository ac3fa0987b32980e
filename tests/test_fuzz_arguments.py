"""One wrong argument at a time, to the public functions: refused by a message that names it, at once."""

import hypothesis
import hypothesis.strategies as st
import jax
import numpy as np
import optax
import pytest
from refusals import error_of, refused_by_name, text_of

import lsgan_analytic as lsgan

DATA, LATENT = lsgan.Exponential(0.5), lsgan.Rayleigh()
GAME = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax())
START = lsgan.Players(lsgan.Erf(1.0, 0.0), lsgan.Square(1.0, 0.0))
RULE = lsgan.Simultaneous(0.1)
KEY = jax.random.key(0)
PLAY = {"game": GAME, "rule": RULE, "players": START, "steps": 2, "free": None}
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
    (lsgan.pushforward, {"latent": LATENT, "generator": START.gen}),
    (lsgan.divergences.kl, {"p": DATA, "q": LATENT}),
    (lsgan.divergences.w1, {"p": DATA, "q": LATENT}),
    (lsgan.PerPlayer, {"disc": optax.sgd(0.1), "gen": optax.sgd(0.1), "order": "disc"}),
]
SWAPPED = lsgan.Players(disc=START.gen, gen=START.disc)  # pyright: ignore
COUNTS = [0, -1, 2.5, True, "3", [1], np.nan, 1e300]
WRONG = {
    **{name: [*COUNTS, None] for name in ("steps", "samples", "runs", "save_every")},
    "tile": COUNTS,
    "free": ["b", ("nope",), (), ("b", "b"), 5, [1], [None], object()],
    "tolerance": [0.0, -1.0, np.nan, np.inf, "x", None, [0.1, 0.2], True],
    **{name: [None, "x", 3.0, START, KEY] for name in ("game", "rule", "law", "disc", "phi", "gen")},
    "players": [None, "x", 3.0, GAME, SWAPPED, (START.disc, START.gen)],
    **{name: [None, "x", 3.0, START, RULE] for name in ("latent", "generator", "p", "q")},
    "key": [None, 0, "x", 1.5, np.zeros(3)],
    "protocol": [None, "x", 3, True],
    "quantiles": [(2.0,), ("x",), 0.5, None, (np.nan,)],
    "box": [{}, {"b": 1}, {"nope": (0, 1)}, {"b": (1.0, 0.0)}, {"b": (0.0, np.inf)}, None, 3],
    "order": [None, "x", 3],
}
BAD = [
    (function, given, name, wrong)
    for function, given in FUNCTIONS
    for name in given
    for wrong in WRONG[name]
    if not (function is lsgan.classify and name == "rule" and wrong is None)
]


@hypothesis.settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate],
)
@hypothesis.given(st.sampled_from(BAD))
def test_one_wrong_argument(call):
    refused(*call)


@pytest.mark.slow
def test_every_wrong_argument():
    for call in BAD:
        refused(*call)


def refused(function, given, name, wrong):
    shown = f"{function.__name__}({name}={wrong!r})"
    error = error_of(function, **(given | {name: wrong}))
    assert error is not None, f"{shown} was accepted"
    assert refused_by_name(error), f"{shown}: {text_of(error)}"
    # players of the wrong kind may show as a part, or as one that does not fit another
    assert name == "players" or str(error).startswith(name), f"{shown}: {text_of(error)}"
