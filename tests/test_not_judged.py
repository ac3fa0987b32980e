"""Ensembles whose ends are not asked for, and what it costs to ask where the players are networks."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import pair, Toy
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic.outcome import evidence
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import Restriction
from lsgan_analytic.stochastic._setup import default_tile


def simulate(case, tolerance):
    common = {"key": jax.random.key(0), "runs": 6, "samples": 20, "steps": 4}
    return lsgan.simulate(case.game, lsgan.Simultaneous(0.4), case.players, tolerance=tolerance, **common)


def test_paths_are_those_of_judged_runs():
    judged, other = (simulate(CASES["A"], tolerance) for tolerance in (1e-2, None))
    np.testing.assert_array_equal(other.values, judged.values)
    assert bool((other.outcome == lsgan.Outcome.not_judged).all())
    assert bool(other.completed.all())
    assert "6 not_judged" in repr(other)
    for numbers in jax.tree.leaves(other.evidence):
        assert numbers.shape == (6,)
        assert bool(jnp.isnan(numbers).all())


def test_runs_that_were_stopped_say_so():
    """The Dirac-GAN with a square generator leaves every bound; the runs are stopped where that happens."""
    runs = lsgan.simulate_summary(
        lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.Wasserstein()),
        lsgan.Simultaneous(step=1e100),
        lsgan.Players(lsgan.Linear(w=1.0), lsgan.Square(g=1.0, h=0.0)),
        key=jax.random.key(0),
        runs=6,
        samples=20,
        steps=10,
        tolerance=None,
    )
    assert bool((runs.steps_taken < 10).all())
    assert bool((runs.outcome == lsgan.Outcome.overflowed).all())


def test_files_keep_it(tmp_path):
    runs = simulate(CASES["A"], None)
    runs.save(tmp_path / "runs.nc")
    read = lsgan.load(tmp_path / "runs.nc", players=CASES["A"].players)
    assert bool((read.outcome == lsgan.Outcome.not_judged).all())


def test_runs_side_by_side():
    """20 on a CPU; elsewhere what fills a device, whatever the number of runs."""
    assert default_tile(1000, False, "cpu") == 20
    sizes = ((1000, False), ((10, 10**5), False), (10**8, False), (10**8, True))
    assert [default_tile(*one, "gpu") for one in sizes] == [1024, 83, 20, 1024]


@pytest.mark.slow
def test_the_evidence_of_networks_fits_into_memory():
    """98 parameters: all directions at once took 2.5 GB a run."""
    keys = jax.random.split(jax.random.key(0), 2)
    data = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5)))
    game = lsgan.Game(data, lsgan.Normal(), lsgan.NonSaturating())
    networks = lsgan.Players(*(lsgan.ReLUNetwork.random(key, 16) for key in keys))
    rule = lsgan.Simultaneous(step=0.05)

    def found(players):
        part = Restriction(game, players, tuple(range(98)))
        return evidence(part, rule, rule.init(players), jnp.asarray(100))

    memory = jax.jit(found).lower(networks).compile().memory_analysis()
    assert memory.temp_size_in_bytes < 1e8


def test_the_jacobian_of_many_parameters():
    """Of a quadratic game of 20 parameters the Newton step ends at its root, 0, whose distance is known."""
    rng = np.random.default_rng(0)
    coupling, curvature = jnp.asarray(rng.normal(size=(10, 10))), jnp.asarray(rng.uniform(1, 2, 10))

    def value(x, y):
        return x @ coupling @ y + (jnp.sum(curvature * y**2) - jnp.sum(curvature * x**2)) / 2

    players = pair(*rng.normal(size=(2, 10)))
    rule = lsgan.Simultaneous(step=0.1)
    part = Restriction(Toy(value, value), players, tuple(range(20)))
    found = evidence(part, rule, rule.init(players), jnp.asarray(100))
    np.testing.assert_allclose(found.newton_distance, np.linalg.norm(vector(players)), rtol=1e-12)
    assert found.newton_ratio < 1e-12
