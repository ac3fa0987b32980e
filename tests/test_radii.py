"""Radii of small orbits past the border of stability: predicted by the normal form and simulated."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from maps import POINT, scalars

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import indices, vector

R1 = (lsgan.R1(0.3),)
PAST = 0.004  # of the border
#: near a resonance, or d is small: the leading order holds nearer the border only
NEARER = {("asymmetric", "lola"): 1e-4, ("asymmetric", "alternating"): 1e-4, ("quartic", "lola"): 1e-3}
RULES = {
    "simultaneous": lsgan.Simultaneous,
    "alternating": lsgan.Alternating,
    "lola": lsgan.Lola,
    "consensus": lambda step: lsgan.Consensus(step, 0.1),
    "optimistic": lsgan.Optimistic,
    "rates 2:1": lambda step: lsgan.Simultaneous((2 * step, step)),
}


def dirac(loss, shift=0.0):
    """The Dirac-GAN with R1, its data at ``shift``."""
    players = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=shift))
    game = lsgan.Game(lsgan.PointMasses([shift]), POINT, loss, regularizers=R1)
    return game, players, ("w", "shift")


def sines():
    """A zero-sum game that bends slowly."""

    def payoff(x, y):
        return jnp.sin(x) * jnp.sin(y) - 0.12 * x**2 + 0.1 * y**2 + 0.05 * x**2 * y

    return lsgan.FunctionGame(payoff), scalars(0.0, 0.0), None


def quartic():
    """A general-sum game whose equilibrium is not the origin."""
    game = lsgan.FunctionGame(
        lambda x, y: (x - 1) * y - 0.1 * (x - 1) ** 2 - 0.1 * x**4 * y**2,
        lambda x, y: (x - 1) * y + 0.1 * y**2 + 0.1 * y**4 + 0.1 * (x - 1) * y**2,
    )
    return game, scalars(1.0, 0.0), None


def asymmetric():
    """A zero-sum game without symmetry."""

    def payoff(x, y):
        return x * y - 0.15 * x**2 + 0.2 * x**2 * y - 0.1 * x * y**2 - 0.05 * x**4 + 0.15 * y**3

    return lsgan.FunctionGame(payoff), scalars(0.0, 0.0), None


def general():
    """A general-sum game."""
    game = lsgan.FunctionGame(
        lambda x, y: jnp.sin(x) * y - 0.1 * x**2 - 0.2 * x**4, lambda x, y: x * jnp.tanh(y) + 0.1 * y**2
    )
    return game, scalars(0.0, 0.0), None


GAMES = {
    "minimax": lambda: dirac(lsgan.Minimax()),
    "non-saturating": lambda: dirac(lsgan.NonSaturating(), 0.3),
    "sines": sines,
    "quartic": quartic,
    "asymmetric": asymmetric,
    "general": general,
}


@functools.cache
def made(name):
    return GAMES[name]()


def first_border(game, family, players, free):
    """The first border along the step."""
    branch = lsgan.continue_branch(lambda h: (game, family(h)), players, 0.02, 5.0, free=free, max_step=0.1)
    events = [e for e in branch.bifurcations if e.kind in ("flip", "neimark_sacker")]
    return events[0] if events else None


def direction(game, rule, event, free):
    """The direction in which the small orbit is longest: that of the critical eigenvectors."""
    values, columns = np.linalg.eig(np.asarray(lsgan.step_jacobian(game, rule, event.players, free)))
    q = columns[: len(indices(event.players, free)), np.argmin(np.abs(values - event.normal_form.eigenvalue))]
    return np.linalg.svd(np.stack([q.real, q.imag], axis=1))[0][:, 0]


def run_from(game, rule, event, free, share, size, steps):
    """Distances from the fixed point along a run that starts ``share`` of ``size`` away from it."""
    positions = np.asarray(indices(event.players, free))
    flat, rebuild = jax.flatten_util.ravel_pytree(event.players)
    aside = np.zeros(len(flat))
    aside[positions] = share * size * direction(game, rule, event, free)
    path = lsgan.trajectory(game, rule, rebuild(flat + jnp.asarray(aside)), steps=steps, free=free)
    values = np.asarray(jax.vmap(vector)(path.players)) - np.asarray(flat)
    with np.errstate(over="ignore"):  # of a run that leaves
        return np.linalg.norm(values[:, positions], axis=1)


def held_against_simulation(game_name, rule_name):
    """The criticality, once the simulated runs agree with it."""
    game, players, free = made(game_name)
    family = RULES[rule_name]
    event = first_border(game, family, players, free)
    if event is None:
        return "no border"
    form, past = event.normal_form, NEARER.get((game_name, rule_name), PAST)
    if form.criticality in ("resonant", "undecided"):
        return form.criticality
    steps = int(6 / (abs(form.speed) * past * event.parameter))
    inside = np.sign(form.squared_amplitude)
    there = event.parameter * (1 + inside * past)
    size, rule = form.amplitude(there), family(there)
    if form.criticality == "supercritical":
        seen = run_from(game, rule, event, free, 0.7, size, 2 * steps)[-steps // 4 :].max()
        np.testing.assert_allclose(seen, size, rtol=0.06)
    else:
        assert run_from(game, rule, event, free, 0.3, size, steps)[-1] < 0.1 * size
        if not jax.tree.leaves(rule.init(players)):  # else where it starts depends on the memory
            assert run_from(game, rule, event, free, 2.0, size, steps).max() > 3 * size
        beyond = family(event.parameter * (1 - inside * past))
        assert run_from(game, beyond, event, free, 0.1, size, 2 * steps).max() > size
    return form.criticality


QUICK = [("minimax", "simultaneous"), ("general", "alternating")]


@pytest.mark.parametrize(("game", "rule"), QUICK)
def test_two_games(game, rule):
    assert held_against_simulation(game, rule) in ("supercritical", "subcritical")


@pytest.mark.slow
@pytest.mark.parametrize("game", GAMES)
def test_six_games_and_six_rules(game):
    """Every pair; one alone (alternating steps of the minimax Dirac-GAN) has a coefficient of 0."""
    verdicts = {rule: held_against_simulation(game, rule) for rule in RULES if (game, rule) not in QUICK}
    undecided = [rule for rule, said in verdicts.items() if said not in ("supercritical", "subcritical")]
    assert undecided == (["alternating"] if game == "minimax" else [])
