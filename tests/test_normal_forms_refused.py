"""Normal forms: what has none is refused, what only looks so is not."""

import time

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from maps import CENTRE, dirac, FREE, numbers, POINT, system

import lsgan_analytic as lsgan

MINIMAX = dirac()


def minimax(step):
    """Simultaneous steps of the Dirac-GAN, compiled once for all tests."""
    return MINIMAX, lsgan.Simultaneous(step)


def clipped(bound):
    return lsgan.Game(POINT, POINT, lsgan.Minimax(), regularizers=(lsgan.R1(0.3), lsgan.Clip(bound)))


def absolute(v, p):
    return jnp.stack([-(1 + p) * v[0] + jnp.abs(v[0]) * v[0] ** 2, 0.5 * v[1]])


BAD = {
    "no root": ((minimax, 1.2, (0.3, 0.1)), "players: expected an equilibrium at parameter=1.2, but there"),
    "inside": ((minimax, 1.1, (0, 0)), "parameter: expected a border of stability, where .mu. = 1"),
    "flow": ((lambda g: dirac(g), 1.0, (0, 0)), "parameter: expected a border of stability, where Re lambda"),
    "clip of a flow": ((lambda p: clipped(0.1), 1.0, (0, 0)), "system: expected a game without projection"),
    "clip at 0": (
        (lambda h: (clipped(1e-30), lsgan.Simultaneous(h)), 1.2, (0, 0)),
        "system: expected a motio",
    ),
    "no function": ((3.0, 1.0, (0, 0)), "system: expected a function of the parameter"),
    "not finite": ((minimax, np.nan, (0, 0)), "parameter: expected a finite"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    (family, parameter, (w, shift)), message = BAD[name]
    players = lsgan.Players(disc=lsgan.Linear(w=float(w)), gen=lsgan.Shift(shift=float(shift)))
    with pytest.raises(ValueError, match=message):
        lsgan.normal_form(family, players, parameter, free=FREE)


def test_a_jump_in_the_third_derivative_is_refused():
    with pytest.raises(ValueError, match="system: expected a motion with three continuous derivatives"):
        lsgan.normal_form(system(absolute), numbers(0.0, 0.0), 0.0)


def test_clipping_that_is_active_is_refused():
    """w rests at its bound 0.1 because the step is cut there, wherever the generator is held."""
    game = lsgan.Game(POINT, POINT, lsgan.Wasserstein(), regularizers=(lsgan.Clip(0.1),))
    players = lsgan.Players(disc=lsgan.Linear(w=0.1), gen=lsgan.Shift(shift=-2.0))
    with pytest.raises(ValueError, match=r"system: expected a step that is smooth .* projection"):
        lsgan.normal_form(lambda h: (game, lsgan.Simultaneous(h)), players, 0.5, free=("w",))


def test_clipping_that_is_far_changes_nothing():
    far = lsgan.normal_form(lambda h: (clipped(5.0), lsgan.Simultaneous(h)), CENTRE, 1.2, free=FREE)
    form = lsgan.normal_form(minimax, CENTRE, 1.2, free=FREE)
    np.testing.assert_allclose(far.coefficient, form.coefficient, rtol=1e-12)


def test_a_root_without_a_derivative_is_refused():
    game, rate = dirac(), optax.rmsprop(0.1, eps_in_sqrt=False)
    with pytest.raises(ValueError, match="system: expected a rule whose step has a derivative"):
        lsgan.normal_form(lambda h: (game, lsgan.PerPlayer(rate, rate)), CENTRE, 0.1, free=FREE)


STEP = lsgan.Simultaneous(1.2)
CHANGING = {
    "schedule": lsgan.Simultaneous(lambda k: 1 / (k + 1)),
    "schedule inside an average": lsgan.Averaged(lsgan.Simultaneous(lambda k: 1 / (k + 1)), decay=0.5),
    "uniform average": lsgan.Averaged(STEP),
    "Adam": lsgan.PerPlayer(optax.adam(0.1, eps_root=1e-8), optax.adam(0.1, eps_root=1e-8)),
}


@pytest.mark.parametrize("name", CHANGING)
def test_steps_that_change_with_their_number_are_refused(name):
    """What they do beside a point at step 0 says nothing of the run."""
    game = dirac()
    for follow in (
        lambda family: lsgan.normal_form(family, CENTRE, 1.2, free=FREE),
        lambda family: lsgan.continue_branch(family, CENTRE, 1.2, 1.3, free=FREE),
    ):
        with pytest.raises(ValueError, match="rule: expected one whose step does not change with its number"):
            follow(lambda h: (game, CHANGING[name]))


def test_averages_that_forget_are_followed():
    """The average adds the multiplier ``decay`` and moves no border: |mu| = 1 at the same step."""
    game = lsgan.Game(POINT, POINT, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    plain, averaged = (
        lsgan.continue_branch(lambda h, wrap=wrap: (game, wrap(h)), CENTRE, 0.5, 2.0, free=FREE)
        for wrap in (lsgan.Simultaneous, lambda h: lsgan.Averaged(lsgan.Simultaneous(h), decay=0.5))
    )
    assert len(plain.bifurcations) > 0
    np.testing.assert_allclose(
        [event.parameter for event in averaged.bifurcations],
        [event.parameter for event in plain.bifurcations],
        rtol=1e-9,
    )


def test_a_normal_form_takes_milliseconds():
    lsgan.normal_form(minimax, CENTRE, 1.2, free=FREE)
    taken = []
    for _ in range(5):
        start = time.process_time()
        lsgan.normal_form(minimax, CENTRE, 1.2, free=FREE)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.05
