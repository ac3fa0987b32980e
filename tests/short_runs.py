"""A simulation of a fraction of a second."""

import jax
from problems import CASES

import lsgan_analytic as lsgan

PLAY = lsgan.Simultaneous(step=0.4)
SETTING = {"key": jax.random.key(0), "runs": 3, "samples": 20, "steps": 6, "tile": 3}


def short_run(rule=PLAY, **more):
    case = CASES["A"]
    return lsgan.simulate(case.game, rule, case.players, **(SETTING | more))
