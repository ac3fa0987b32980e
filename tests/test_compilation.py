"""Nothing is compiled twice."""

import jax
import pytest
from problems import CASES

import lsgan_analytic as lsgan


class Counter:
    """Counts how often JAX compiles."""

    def __init__(self):
        self.count = 0

    def __call__(self, event, _duration, **_):
        self.count += event == "/jax/core/compile/backend_compile_duration"


@pytest.fixture
def compilations():
    counter = Counter()
    jax.monitoring.register_event_duration_secs_listener(counter)
    yield counter
    jax.monitoring.unregister_event_duration_listener(counter)


def play(case, step, steps=7):
    path = lsgan.trajectory(case.game, lsgan.Simultaneous(step=step), case.players, steps=steps)
    lsgan.gradient(case.game, case.players)
    lsgan.hessian(case.game, case.players)
    case.game.cost(case.players)
    return jax.block_until_ready(path)


def test_new_numbers_compile_nothing(compilations):
    play(CASES["A"], 0.4)
    assert compilations.count > 0
    before = compilations.count
    play(CASES["B"], 0.3)
    play(CASES["A"], (0.1, 0.2))
    assert compilations.count == before
    play(CASES["A"], 0.4, steps=53)  # a new length is a new program: the counter does count
    assert compilations.count > before


def _dirac(step, strength):
    point = lsgan.PointMasses([0.0])
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
    return game, lsgan.Simultaneous(step)


def test_a_border_of_the_same_system_compiles_nothing(compilations):
    """Another start, another rectangle: the equations, their derivatives and the normal form are there."""
    players = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))

    def border(start, ranges, strength):
        # at most so many points: what is compiled for their number is alike
        found = lsgan.continue_border(
            _dirac, players, "neimark_sacker", start, ranges, (0.05, strength), ("w", "shift"), max_points=9
        )
        return found.normal_form(3).coefficient

    border((1.3, 0.3), (0.1, 6.0), 2.0)
    before = compilations.count
    border((1.2, 0.32), (0.1, 5.0), 1.5)
    assert compilations.count == before
